// Full attention as PyTorch.
import type { PytorchPrinter } from './printer.ts';

export const mhaPrinter: PytorchPrinter = {
  operator: 'mha',
  className: 'Attention',
  needs: [],
  source: `class Attention(nn.Module):
    """Multi-head softmax attention; every token sees every other."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)  # rows: q, k, v, each head by head
        self.proj = nn.Linear(width, width)

    def forward(self, x):  # [B, N, D]
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v)  # [B, H, N, D/H]
        return self.proj(y.transpose(1, 2).reshape(b, n, d))
`,
  arguments: (_, { width, heads }) => `${width}, heads=${heads}`,
};
