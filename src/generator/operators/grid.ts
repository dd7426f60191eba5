// The stage-1 runs that this project's operators' data set is made of, and what of them is held out. Small, because one
// run fits an operator in all layers of the bundled base.
import type { HeldOutConditions, OperatorRun, RunGrid } from './runs.ts';
import { configKey, dataSlices, operatorRuns } from './runs.ts';

const window = (size: number) => ({ window: size, shape: 'raster' });
const taps = { taps: 4 };

/** Lies between windows that are trained on. */
const heldOutConfig = window(6);
const heldOutLayer = 3;

export interface OperatorPlan {
  readonly training: readonly OperatorRun[];
  /** Runs that the study races on; all of their layers but the held-out one tell about their config or slice. */
  readonly study: readonly OperatorRun[];
  readonly heldOut: HeldOutConditions;
}

/** @param halves random halves of the classes; the last one is held out */
export function operatorPlan(classNames: readonly string[], halves = 4): OperatorPlan {
  const slices = dataSlices(classNames, halves).filter(({ classes }) => classes.length > 1);
  const held = slices.at(-1);
  const trained = slices.slice(0, -1);
  const operators: RunGrid['operators'] = [
    { operator: 'swa', configs: [1, 2, 4, 8, 16].map(window) },
    { operator: 'hyena_x', configs: [taps] },
  ];
  const [whole] = trained;
  const study: OperatorRun[] = [];
  if (whole) study.push({ operator: 'swa', config: heldOutConfig, slice: whole, seed: 1 });
  if (held) {
    study.push({ operator: 'swa', config: window(2), slice: held, seed: 1 });
    study.push({ operator: 'hyena_x', config: taps, slice: held, seed: 1 });
  }
  return {
    training: operatorRuns({ operators, slices: trained, seeds: [0] }),
    study,
    heldOut: {
      layers: [heldOutLayer],
      slices: held ? [held.name] : [],
      configs: [configKey('swa', heldOutConfig)],
    },
  };
}
