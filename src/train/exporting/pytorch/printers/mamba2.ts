// Mamba-2 as PyTorch: the recurrence as it is written down, token by token.
import { numberOf } from '../../../../operators/config.ts';
import { causalFilter } from './causalFilter.ts';
import type { PytorchPrinter } from './printer.ts';

export const mamba2Printer: PytorchPrinter = {
  operator: 'mamba2',
  className: 'Mamba2',
  needs: [causalFilter],
  source: `class Mamba2(nn.Module):
    """Selective state space (arXiv 2405.21060), scanned in raster order:
    H_t = a_t H_(t-1) + dt_t x_t B_t^T, y_t = H_t C_t + D x_t, out = W_out(norm * RMS(y * SiLU(z))).

    The scan is the plain recurrence. The tensors have mamba_ssm's names and shapes, so mamba_ssm.Mamba2 of the same
    sizes loads them and is faster on a GPU.
    """

    def __init__(self, width, state, expand, head_width, taps):
        super().__init__()
        self.inner, self.state = expand * width, state
        self.heads = self.inner // head_width
        self.in_proj = nn.Linear(width, 2 * self.inner + 2 * state + self.heads, bias=False)  # z, x, B, C, dt
        self.conv1d = CausalFilter(self.inner + 2 * state, taps)
        self.dt_bias = nn.Parameter(torch.zeros(self.heads))
        self.A_log = nn.Parameter(torch.zeros(self.heads))
        self.D = nn.Parameter(torch.ones(self.heads))
        self.norm = nn.Module()
        self.norm.weight = nn.Parameter(torch.ones(self.inner))
        self.out_proj = nn.Linear(self.inner, width, bias=False)

    def forward(self, x):  # [B, N, width]
        b, n, _ = x.shape
        z, mixed, dt = self.in_proj(x).split([self.inner, self.inner + 2 * self.state, self.heads], dim=-1)
        mixed = F.silu(self.conv1d(mixed.transpose(1, 2)).transpose(1, 2))
        x, B, C = mixed.split([self.inner, self.state, self.state], dim=-1)
        x = x.reshape(b, n, self.heads, -1)  # [B, N, H, P]
        dt = F.softplus(dt + self.dt_bias)  # [B, N, H]
        decay = torch.exp(-torch.exp(self.A_log) * dt)  # [B, N, H]
        driven = dt[..., None] * x
        H = x.new_zeros(b, self.heads, x.shape[-1], self.state)
        y = []
        for t in range(n):
            H = decay[:, t, :, None, None] * H + driven[:, t, :, :, None] * B[:, t, None, None, :]
            y.append(torch.einsum("bhps,bs->bhp", H, C[:, t]))
        y = torch.stack(y, dim=1) + self.D[:, None] * x
        y = y.reshape(b, n, self.inner) * F.silu(z)
        y = y * torch.rsqrt(y.square().mean(-1, keepdim=True) + 1e-5) * self.norm.weight
        return self.out_proj(y)
`,
  arguments: (config, { width }) => {
    const [state, expand, headWidth, taps] = ['state', 'expand', 'headWidth', 'taps'].map((name) =>
      numberOf(config, name),
    );
    return `${width}, state=${state}, expand=${expand}, head_width=${headWidth}, taps=${taps}`;
  },
};
