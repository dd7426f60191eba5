// Starts from operators that were fitted before: mean and nearest, their records, the runs, and what a race says.
import { describe, expect, it } from 'vitest';
import type { SlotId } from '../../plan/plan.ts';
import type { FittedOperator } from './collect.ts';
import type { OperatorCondition } from './condition.ts';
import { operatorPlan } from './grid.ts';
import { measuredSteps, stepsTo } from './race.ts';
import { type OperatorOutcome, operatorReport } from './raceReport.ts';
import { decodeOperators, encodeOperators } from './record.ts';
import { operatorPart, runName } from './runs.ts';
import { conditionDistance, meanDeviation, nearestOperator } from './starts.ts';

const all = { name: 'all classes', classes: [0, 1, 2, 3] };
const half = { name: 'shirt and bag', classes: [0, 1] };

const condition = (slot: SlotId, window: number, slice = all): OperatorCondition => ({
  ...{ slot, operator: 'swa', slice },
  config: { window, shape: 'raster' },
});

const fitted = (own: OperatorCondition, ...last: number[]): FittedOperator => ({
  condition: own,
  ...{ seed: 0, initialError: 0.5, finalError: 0.25 },
  deviations: [Float32Array.from(last, () => 9), Float32Array.from(last)],
});

const training = [
  fitted(condition('blocks.0.attn', 2), 1, 1),
  fitted(condition('blocks.0.attn', 8), 3, 5),
  fitted(condition('blocks.1.attn', 2), 10, 20),
];

describe('starts from fitted operators', () => {
  it('the mean is of last checkpoints in the same slot', () => {
    expect([...meanDeviation(condition('blocks.0.attn', 4), 2, training)]).toEqual([2, 3]);
  });

  it('the mean is over all slots where the slot was never fitted', () => {
    const mean = meanDeviation(condition('blocks.3.attn', 4), 2, training);
    expect(mean[0]).toBeCloseTo(14 / 3, 5);
  });

  it('the nearest shares the layer first, then the setting, then the slice', () => {
    const near = (own: OperatorCondition) => nearestOperator(own, 2, training).condition;
    expect(near(condition('blocks.0.attn', 9))).toEqual(condition('blocks.0.attn', 8));
    expect(near(condition('blocks.2.attn', 8))).toEqual(condition('blocks.1.attn', 2));
    const own = condition('blocks.0.attn', 2);
    const bySlice = conditionDistance(own, condition('blocks.0.attn', 2, half));
    expect(bySlice).toBeGreaterThan(0);
    expect(bySlice).toBeLessThan(conditionDistance(own, condition('blocks.0.attn', 4)));
  });

  it('an operator that was never fitted is refused', () => {
    expect(() =>
      meanDeviation({ ...condition('blocks.0.attn', 4), operator: 'mamba2' }, 2, training),
    ).toThrow('No fitted mamba2 has 2 numbers; run generator:operators with this operator.');
  });
});

describe('records of fitted operators', () => {
  const [first, , third] = training;
  const run = [first, third].filter((one) => one !== undefined);

  it('read back, unless another recipe made them', async () => {
    const bytes = encodeOperators(run, 'r');
    expect(await decodeOperators(bytes, 'run', 'r')).toEqual(run);
    expect(await decodeOperators(bytes, 'run', 's')).toBeUndefined();
  });

  it('are refused when they were cut short', async () => {
    const bytes = encodeOperators(run, 'r');
    await expect(decodeOperators(bytes.subarray(0, bytes.length - 2), 'run', 'r')).rejects.toThrow();
    const renamed = new TextDecoder('latin1').decode(bytes).replace('"blocks.1.attn":', '"blocks.7.attn":');
    const lacking = Uint8Array.from(renamed, (c) => c.charCodeAt(0));
    await expect(decodeOperators(lacking, 'run', 'r')).rejects.toThrow(
      'run lacks the checkpoints of blocks.1.attn; delete it and run it again.',
    );
  });
});

describe('the planned runs', () => {
  const plan = operatorPlan(['shirt', 'bag', 'boot', 'coat'], 3);

  it('train on nothing that is held out but a layer, which they fit on the way', () => {
    const parts = plan.training.map(({ operator, config, slice }) =>
      operatorPart({ slot: 'blocks.0.attn', operator, config, slice }, plan.heldOut),
    );
    expect(new Set(parts)).toEqual(new Set(['train']));
    expect(new Set(plan.training.map(runName)).size).toBe(plan.training.length);
  });

  it('race on a held-out setting and a held-out slice', () => {
    const parts = plan.study.map(({ operator, config, slice }) =>
      operatorPart({ slot: 'blocks.0.attn', operator, config, slice }, plan.heldOut),
    );
    expect(parts).toEqual(['config', 'slice', 'slice']);
  });
});

describe('a race', () => {
  it('is measured every twentieth, and at its end', () => {
    expect(measuredSteps({ steps: 12 })).toEqual([5, 10, 12]);
    expect(measuredSteps({ steps: 200 })).toHaveLength(20);
  });

  it('tells when an error was reached', () => {
    const result = { before: 1, errors: [0.5, 0.3] };
    expect(stepsTo(result, [5, 10], 0.75)).toBeCloseTo(2.5, 6);
    expect(stepsTo(result, [5, 10], 1)).toBe(0);
    expect(stepsTo(result, [5, 10], 0.1)).toBeUndefined();
  });

  it('is reported with the best start first', () => {
    const result = (before: number, steps: number | undefined) => ({ before, after: before / 2, steps });
    const outcome: OperatorOutcome = {
      ...{ operator: 'swa', part: 'config', slot: 'blocks.0.attn' },
      results: {
        inherit: result(0.5, undefined),
        ridge: result(0.25, 0),
        mean: result(0.3, 4),
        nearest: result(0.35, 8),
        generated: result(0.4, 9),
      },
    };
    const text = operatorReport([outcome], { steps: 10, fitted: 3, engine: 'toy' });
    expect(text).toMatch(
      /^A fair baseline does as well as the generator: ridge has the lowest error before training, over all raced slots: 0\.2500\./,
    );
    const better = { ...outcome, results: { ...outcome.results, generated: result(0.2, 0) } };
    expect(operatorReport([better], { steps: 10, fitted: 3, engine: 'toy' })).toMatch(
      /^Generated operators have the lowest error before training, over all raced slots: 0\.2000\./,
    );
    expect(text).toContain('| swa, held-out setting | inherit | 0.5000 | 0.2500 | — (0/1) |');
    expect(text).toContain(
      '| swa, held-out setting | mean of fitted operators | 0.3000 | 0.1500 | 4 (1/1) |',
    );
  });
});
