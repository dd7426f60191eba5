// Which stage-1 runs the operators' data set is made of, and which of them are held out.
import { randomStream } from '../../lib/random.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import { type DataSlice, layerOf, type OperatorCondition } from './condition.ts';

/** One run fits the operator in every layer at once, since stage 1 trains slots side by side. */
export interface OperatorRun {
  readonly operator: string;
  readonly config: OperatorConfig;
  readonly slice: DataSlice;
  readonly seed: number;
}

export interface RunGrid {
  readonly operators: readonly { readonly operator: string; readonly configs: readonly OperatorConfig[] }[];
  readonly slices: readonly DataSlice[];
  readonly seeds: readonly number[];
}

export function operatorRuns({ operators, slices, seeds }: RunGrid): OperatorRun[] {
  return operators.flatMap(({ operator, configs }) =>
    configs.flatMap((config) =>
      slices.flatMap((slice) => seeds.map((seed): OperatorRun => ({ operator, config, slice, seed }))),
    ),
  );
}

/** The whole set, every class alone, and up to `mixed` random halves of the classes, all different. */
export function dataSlices(classNames: readonly string[], mixed: number, seed = 0): DataSlice[] {
  const all = classNames.map((_, n) => n);
  const half = Math.ceil(classNames.length / 2);
  const halves = new Map<string, DataSlice>();
  // A half that is drawn twice would be held out and trained on; draws are ended where few halves exist.
  for (let i = 0; halves.size < mixed && i < 16 * mixed; i++) {
    const order = randomStream(seed, 'operator slices', i).permutation(classNames.length);
    const classes = Array.from(order.subarray(0, half)).sort((a, b) => a - b);
    const name = classes.map((n) => classNames[n]).join(' and ');
    halves.set(name, { name, classes });
  }
  return [
    { name: 'all classes', classes: all },
    ...classNames.map((name, n) => ({ name, classes: [n] })),
    ...halves.values(),
  ];
}

export type OperatorPart = 'train' | 'layer' | 'slice' | 'config';

/** What is held out whole: interpolating between seeds of one layer and slice would be no evidence. */
export interface HeldOutConditions {
  readonly layers: readonly number[];
  readonly slices: readonly string[];
  readonly configs: readonly string[];
}

export const configKey = (operator: string, config: OperatorConfig): string =>
  `${operator} ${Object.keys(config)
    .sort()
    .map((name) => `${name}=${config[name]}`)
    .join(' ')}`;

export function operatorPart(
  { slot, operator, config, slice }: OperatorCondition,
  { layers, slices, configs }: HeldOutConditions,
): OperatorPart {
  if (configs.includes(configKey(operator, config))) return 'config';
  if (layers.includes(layerOf(slot))) return 'layer';
  if (slices.includes(slice.name)) return 'slice';
  return 'train';
}

/** `swa shape=raster window=2 on all classes, seed 0`. */
export function runName({ operator, config, slice, seed }: OperatorRun): string {
  return `${configKey(operator, config)} on ${slice.name}, seed ${seed}`;
}
