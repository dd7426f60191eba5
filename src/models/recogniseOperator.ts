// Which operator stands in a slot, read off the names and shapes of its tensors (spec/grafting §2.2).
import { FileError } from '../lib/errors.ts';
import type { Shape } from '../lib/tensor.ts';
import { operatorById, type SlotSite } from '../operators/index.ts';
import type { OperatorConfig } from '../plan/plan.ts';
import type { SlotOperator } from './dit.ts';

/** Shapes by the name below the slot: `in_proj.weight`. */
export type SlotTensors = ReadonlyMap<string, Shape>;

/** What no tensor tells. */
export interface Untold {
  /** Tokens that a sliding window sees on each side. */
  readonly window: number;
}

interface Rule {
  readonly operator: string;
  readonly kind: SlotSite['kind'];
  /** Tensors that all must be there, and ones that must not. */
  readonly has: readonly string[];
  readonly lacks?: readonly string[];
  readonly config: (
    extent: (name: string, axis: number) => number,
    width: number,
    untold: Untold,
  ) => OperatorConfig;
}

const taps =
  (filter: string): Rule['config'] =>
  (extent) => ({ taps: extent(`${filter}.weight`, 2) });

/** The ratio whose ⌊ratio · width⌋ is the hidden width, which the bare quotient misses by a rounding now and then. */
function ratioOf(hidden: number, width: number): number {
  const ratio = hidden / width;
  return Math.floor(ratio * width) === hidden ? ratio : ratio * (1 + Number.EPSILON);
}

const rules: readonly Rule[] = [
  { operator: 'mha', kind: 'sequence', has: ['qkv.weight', 'proj.weight'], config: () => ({}) },
  {
    operator: 'swa',
    kind: 'sequence',
    has: ['Wqkv.weight', 'out_proj.weight'],
    config: (_extent, _width, { window }) => ({ window, shape: 'raster' }),
  },
  {
    operator: 'mamba2',
    kind: 'sequence',
    has: ['in_proj.weight', 'A_log', 'conv1d.weight', 'norm.weight'],
    config: (extent, width) => ({
      // conv1d runs over x, B and C together: inner + 2·state channels.
      state: (extent('conv1d.weight', 0) - extent('norm.weight', 0)) / 2,
      expand: extent('norm.weight', 0) / width,
      headWidth: extent('norm.weight', 0) / extent('A_log', 0),
      taps: extent('conv1d.weight', 2),
    }),
  },
  {
    operator: 'hyena_se',
    kind: 'sequence',
    has: ['in_proj.weight', 'short_filter.weight', 'inner_filter.weight'],
    config: taps('short_filter'),
  },
  {
    operator: 'hyena_x',
    kind: 'sequence',
    has: ['in_proj.weight', 'short_filter.weight'],
    lacks: ['inner_filter.weight'],
    config: taps('short_filter'),
  },
  {
    operator: 'hyena_y',
    kind: 'sequence',
    has: ['in_proj.weight', 'inner_filter.weight'],
    lacks: ['short_filter.weight'],
    config: taps('inner_filter'),
  },
  {
    operator: 'mlp',
    kind: 'channel',
    has: ['fc1.weight', 'fc2.weight'],
    config: (extent, width) => ({ ratio: ratioOf(extent('fc1.weight', 0), width) }),
  },
  {
    operator: 'mlp_hyena_x',
    kind: 'channel',
    has: ['in_proj.weight', 'short_filter.weight', 'out_proj.weight'],
    config: (extent, width) => ({
      ratio: ratioOf(extent('out_proj.weight', 1), width),
      taps: extent('short_filter.weight', 2),
    }),
  },
];

/** @param where the slot, for the error text */
export function recogniseOperator(
  tensors: SlotTensors,
  slot: { readonly where: string; readonly kind: SlotSite['kind']; readonly width: number },
  untold: Untold,
): SlotOperator {
  const rule = rules.find(
    ({ kind, has, lacks = [] }) =>
      kind === slot.kind &&
      has.every((name) => tensors.has(name)) &&
      !lacks.some((name) => tensors.has(name)),
  );
  if (!rule) {
    const names = [...tensors.keys()].slice(0, 6).join(', ') || 'none';
    throw new FileError(
      `${slot.where} holds no operator that Scion knows: its tensors are ${names}; see the operators in the palette.`,
    );
  }
  const extent = (name: string, axis: number) => tensors.get(name)?.[axis] ?? 0;
  return { operator: operatorById(rule.operator), config: rule.config(extent, slot.width, untold) };
}
