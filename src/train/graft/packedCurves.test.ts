import { expect, it } from 'vitest';
import { packCurves, unpackCurves } from './packedCurves.ts';
import type { CurvePoint } from './progress.ts';

it('brings points back in their order, through JSON and in less than half of the room', () => {
  const points: CurvePoint[] = Array.from({ length: 60 }, (_, at) => ({
    series: at % 3 === 0 ? 'stage2' : `blocks.${at % 3}.attn`,
    step: at,
    loss: at === 7 ? Number.NaN : 0.125 + at / 64,
    error: at % 10 === 0 ? 0.5 : null,
    ...(at > 30 ? { mean: 0.25 } : {}),
  }));
  const packed = JSON.stringify(packCurves(points));
  expect(unpackCurves(JSON.parse(packed))).toEqual(points);
  expect(packed.length).toBeLessThan(JSON.stringify(points).length / 2);
});

it('passes over rows that are damaged', () => {
  expect(
    unpackCurves({
      series: ['stage2'],
      rows: [[], [3, 1, 0.5, null], [0, null, 1, null], [0, 2, 0.5, null]],
    }),
  ).toEqual([{ series: 'stage2', step: 2, loss: 0.5, error: null }]);
});
