// Hyena-X as a channel mixer, as PyTorch.
import { numberOf } from '../../../../operators/config.ts';
import { causalFilter } from './causalFilter.ts';
import type { PytorchPrinter } from './printer.ts';

export const mlpHyenaXPrinter: PytorchPrinter = {
  operator: 'mlp_hyena_x',
  className: 'HyenaXMLP',
  needs: [causalFilter],
  source: `class HyenaXMLP(nn.Module):
    """Gated channel mixer: q, k, v = conv(W_in x), then W_out(q * k * v).

    The filter slides along the features, over q, k and v joined, and every token position has its own: the weights
    fit this number of tokens only.
    """

    def __init__(self, width, inner, tokens, taps):
        super().__init__()
        self.in_proj = nn.Linear(width, 3 * inner)
        self.short_filter = CausalFilter(tokens, taps)
        self.out_proj = nn.Linear(inner, width)

    def forward(self, x):  # [B, N, D]
        q, k, v = self.short_filter(self.in_proj(x)).chunk(3, dim=-1)
        return self.out_proj(q * (k * v))
`,
  arguments: (config, { width, tokens }) => {
    const inner = Math.floor(numberOf(config, 'ratio') * width);
    return `${width}, inner=${inner}, tokens=${tokens}, taps=${numberOf(config, 'taps')}`;
  },
};
