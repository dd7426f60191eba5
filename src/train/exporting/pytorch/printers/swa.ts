// Sliding-window attention as PyTorch: the window is a mask, so that any PyTorch runs it.
import { numberOf, textOf } from '../../../../operators/config.ts';
import type { PytorchPrinter } from './printer.ts';

export const swaPrinter: PytorchPrinter = {
  operator: 'swa',
  className: 'SlidingWindowAttention',
  needs: [],
  source: `class SlidingWindowAttention(nn.Module):
    """Softmax attention in which a token sees the tokens at most \`window\` away.

    Distance is counted along the raster order where columns is None, else in rows and columns of the grid.
    The window is a mask here; flash_attn's window_size computes the raster window without the masked part.
    """

    def __init__(self, width, heads, tokens, window, columns=None):
        super().__init__()
        self.heads = heads
        self.Wqkv = nn.Linear(width, 3 * width)  # rows: q, k, v, each head by head
        self.out_proj = nn.Linear(width, width)
        i = torch.arange(tokens)
        if columns is None:
            sees = (i[:, None] - i[None, :]).abs() <= window
        else:
            row, column = i // columns, i % columns
            sees = (row[:, None] - row[None, :]).abs() <= window
            sees &= (column[:, None] - column[None, :]).abs() <= window
        self.register_buffer("sees", sees, persistent=False)  # [N, N]

    def forward(self, x):  # [B, N, D]
        b, n, d = x.shape
        q, k, v = self.Wqkv(x).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=self.sees)  # [B, H, N, D/H]
        return self.out_proj(y.transpose(1, 2).reshape(b, n, d))
`,
  arguments: (config, { width, heads, tokens, grid }) => {
    const columns = textOf(config, 'shape') === 'grid' ? `, columns=${grid[1]}` : '';
    return `${width}, heads=${heads}, tokens=${tokens}, window=${numberOf(config, 'window')}${columns}`;
  },
};
