// The short causal filter that Hyena and Mamba-2 share, as PyTorch.
import type { PytorchHelper } from './printer.ts';

export const causalFilter: PytorchHelper = {
  name: 'CausalFilter',
  source: `class CausalFilter(nn.Conv1d):
    """One short filter per channel that looks back only: y[t] = b + sum_j w[j] x[t - K + 1 + j]."""

    def __init__(self, channels, taps):
        super().__init__(channels, channels, taps, groups=channels, padding=taps - 1)

    def forward(self, x):  # [B, channels, length]
        return super().forward(x)[..., : x.shape[-1]]
`,
};
