// The MLP as PyTorch.
import { hiddenWidth } from '../../../../operators/mlp/mlp.ts';
import type { PytorchPrinter } from './printer.ts';

export const mlpPrinter: PytorchPrinter = {
  operator: 'mlp',
  className: 'MLP',
  needs: [],
  source: `class MLP(nn.Module):
    """Two linear layers with a GELU (its tanh form) between them."""

    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):  # [B, N, D]
        return self.fc2(F.gelu(self.fc1(x), approximate="tanh"))
`,
  arguments: (config, site) => `${site.width}, hidden=${hiddenWidth(config, site)}`,
};
