// The three Hyena variants as PyTorch, one class each, as the paper names them.
import { numberOf } from '../../../../operators/config.ts';
import { causalFilter } from './causalFilter.ts';
import type { PytorchPrinter } from './printer.ts';

const forward = {
  filtered: 'u = self.short_filter(self.in_proj(x).transpose(1, 2))  # [B, 3D, N]',
  plain: 'u = self.in_proj(x).transpose(1, 2)  # [B, 3D, N]',
} as const;

function printer(variant: {
  readonly operator: string;
  readonly className: string;
  readonly words: string;
  readonly filters: readonly ('short_filter' | 'inner_filter')[];
}): PytorchPrinter {
  const { operator, className, words, filters } = variant;
  const has = (filter: 'short_filter' | 'inner_filter') => filters.includes(filter);
  const lines = [
    `class ${className}(nn.Module):`,
    `    """${words}`,
    '',
    '    Filters run along the raster order of the tokens and look back only.',
    '    """',
    '',
    '    def __init__(self, width, taps):',
    '        super().__init__()',
    '        self.in_proj = nn.Linear(width, 3 * width)',
    ...(has('short_filter') ? ['        self.short_filter = CausalFilter(3 * width, taps)'] : []),
    ...(has('inner_filter') ? ['        self.inner_filter = CausalFilter(width, taps)'] : []),
    '        self.out_proj = nn.Linear(width, width)',
    '',
    '    def forward(self, x):  # [B, N, D]',
    `        ${has('short_filter') ? forward.filtered : forward.plain}`,
    '        q, k, v = u.chunk(3, dim=1)',
    `        y = q * ${has('inner_filter') ? 'self.inner_filter(k * v)' : '(k * v)'}`,
    '        return self.out_proj(y.transpose(1, 2))',
    '',
  ];
  return {
    operator,
    className,
    needs: [causalFilter],
    source: lines.join('\n'),
    arguments: (config, { width }) => `${width}, taps=${numberOf(config, 'taps')}`,
  };
}

export const hyenaPrinters: readonly PytorchPrinter[] = [
  printer({
    operator: 'hyena_se',
    className: 'HyenaSE',
    words: 'Short explicit Hyena: q, k, v = conv(W_in x), then q * conv(k * v), then W_out.',
    filters: ['short_filter', 'inner_filter'],
  }),
  printer({
    operator: 'hyena_x',
    className: 'HyenaX',
    words: 'Hyena without the inner filter: q, k, v = conv(W_in x), then q * k * v, then W_out.',
    filters: ['short_filter'],
  }),
  printer({
    operator: 'hyena_y',
    className: 'HyenaY',
    words: 'Hyena without the outer filter: q, k, v = W_in x, then q * conv(k * v), then W_out.',
    filters: ['inner_filter'],
  }),
];
