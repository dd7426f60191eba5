// The engine checks on Node; e2e/engine runs the same ones in a browser.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import { Trainer } from '../../train/trainer.ts';
import { ditProblem, smallDit } from './smallDit.ts';
import { largestRelativeGap, losses, oneStep } from './trajectory.ts';

let onnx: Engine;
beforeAll(async () => {
  onnx = onnxEngine(await nodeRuntime('cpu', 1));
});
afterAll(() => onnx.dispose());

const problem = ditProblem(smallDit, 2);

describe('training on ONNX Runtime', () => {
  it('has the losses of the reference over 30 steps', async () => {
    const want = await losses(referenceEngine('f64'), problem, 30);
    const got = await losses(onnx, problem, 30);
    expect(largestRelativeGap(got, want)).toBeLessThan(2e-5);
    // A step that changed nothing, or the same loss over and over, would agree as well.
    expect(new Set(want.map((loss) => loss.toPrecision(4))).size).toBeGreaterThan(25);
  });

  it('leaks nothing in 2,000 steps', async () => {
    const trainer = await Trainer.create(onnx, problem.step, problem.initial);
    const measure = async (from: number, to: number) => {
      for (let i = from; i < to; i++) await oneStep(trainer, problem, i % 16);
      globalThis.gc?.();
      return process.memoryUsage().rss;
    };
    const early = await measure(0, 400);
    const late = await measure(400, 2000);
    await trainer.dispose();
    // One state vector is 0.2 MB: a vector left behind per step would add 300 MB.
    expect((late - early) / 2 ** 20).toBeLessThan(40);
  }, 120_000);
});

describe('largestRelativeGap', () => {
  it('is infinite where a loss is missing or not a number', () => {
    expect(largestRelativeGap([1, 2], [1, 4])).toBe(0.5);
    expect(largestRelativeGap([1], [1, 2])).toBe(Infinity);
    expect(largestRelativeGap([Number.NaN], [1])).toBe(Infinity);
  });
});
