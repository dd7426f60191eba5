// The whole job on a tiny model with the native ONNX Runtime: it learns, resumes exactly, cancels keeping the best.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearSchedule } from '../../diffusion/schedule.ts';
import type { Engine } from '../../engine/engine.ts';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { standardFrame } from '../../models/fixedTables.ts';
import { emptyPlan, type Plan } from '../../plan/plan.ts';
import { freshDit } from '../freshDit.ts';
import { decodeCheckpoint, encodeCheckpoint, type RunCheckpoint } from './checkpoint.ts';
import type { GraftContext } from './context.ts';
import { type RunHooks, runGraft } from './graftRun.ts';
import type { CurvePoint, Problem } from './progress.ts';

const shape = {
  inputSize: 32,
  patchSize: 8,
  channels: 1,
  width: 32,
  depth: 3,
  heads: 2,
  mlpRatio: 4,
  classes: 10,
  learnSigma: true,
};

/** Random weights everywhere: freshly built blocks would be the identity, with nothing to distill. */
function teacher(): Record<string, Tensor> {
  const weights = freshDit(shape, 1);
  for (const [name, { data }] of Object.entries(weights)) {
    const noise = randomStream(2, name).normal(new Float32Array(data.length));
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + 0.05 * (noise[i] ?? 0);
  }
  return weights;
}

const count = 64;
const images = {
  images: Uint8Array.from(randomStream(3, 'images').uniform(0, count * 784), (u) => 255 * u),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
  count,
};

const plan: Plan = {
  ...emptyPlan('tiny'),
  slots: {
    'blocks.0.attn': { operator: 'swa', config: { window: 2, shape: 'raster' }, initialisation: 'auto' },
    'blocks.1.attn': { operator: 'hyena_x', config: { taps: 4 }, initialisation: 'random' },
    'blocks.2.mlp': { operator: 'mlp', config: { ratio: 3 }, initialisation: 'auto' },
  },
  stage1: { ...emptyPlan('').stage1, steps: 30, batch: 8, learningRate: 3e-3, stopWhenFlat: false },
  stage2: { ...emptyPlan('').stage2, steps: 12, batch: 8, warmupSteps: 2 },
};

interface Recorded {
  readonly hooks: RunHooks;
  readonly points: CurvePoint[];
  readonly problems: Problem[];
  readonly checkpoints: RunCheckpoint[];
}

function recorder(options: { cancelAt?: number; saveAt?: number[] } = {}): Recorded {
  const points: CurvePoint[] = [];
  const problems: Problem[] = [];
  const checkpoints: RunCheckpoint[] = [];
  let steps = 0;
  const hooks: RunHooks = {
    progress: () => {},
    points: (more) => points.push(...more),
    problem: (problem) => problems.push(problem),
    gate: async () => (steps++ === options.cancelAt ? 'cancel' : 'go'),
    checkpoint: async (reason, make) => {
      if (reason === 'step' && options.saveAt?.includes(steps)) {
        checkpoints.push(await decodeCheckpoint(encodeCheckpoint(await make())));
      }
    },
  };
  return { hooks, points, problems, checkpoints };
}

let engine: Engine;
let context: GraftContext;
beforeAll(async () => {
  engine = onnxEngine(await nodeRuntime());
  context = {
    engine,
    frame: standardFrame(shape),
    schedule: linearSchedule(),
    teacher: teacher(),
    data: { stage1: images, stage2: images, heldOut: images },
    pretrainingFlops: 1e12,
  };
});
afterAll(() => engine.dispose());

function largestDifference(a: Readonly<Record<string, Tensor>>, b: Readonly<Record<string, Tensor>>): number {
  expect(Object.keys(a).sort()).toEqual(Object.keys(b).sort());
  let worst = 0;
  for (const [name, tensor] of Object.entries(a)) {
    const other = known(b[name], name);
    tensor.data.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - (other.data[i] ?? Number.NaN)));
    });
  }
  return worst;
}

describe('a graft run', () => {
  it('lowers every error, chooses the best start, counts its compute', async () => {
    const { hooks, points } = recorder();
    const { checkpoint, weights } = await runGraft(context, plan, hooks);
    const summary = known(checkpoint.summary, 'summary');
    expect(summary.state).toBe('finished');
    for (const slot of summary.slots) {
      const start = known(slot.initial[known(slot.chosen, 'chosen')], 'start');
      expect(known(slot.bestError, 'error')).toBeLessThan(start);
      const { random, inherit, ridge } = slot.initial;
      if (slot.slot !== 'blocks.1.attn') {
        expect(start).toBe(Math.min(...[random, inherit, ridge].map((e) => e ?? Number.POSITIVE_INFINITY)));
      }
    }
    expect(summary.slots.find(({ slot }) => slot === 'blocks.1.attn')?.chosen).toBe('random');
    expect(summary.flops).toBeGreaterThan(1e9);
    expect(summary.flopsShare).toBeCloseTo(summary.flops / 1e12, 12);
    expect(points.filter(({ series }) => series === 'stage2')).toHaveLength(12);
    expect(known(weights['blocks.2.mlp.fc1.weight'], 'fc1').shape).toEqual([96, 32]);
    expect(weights['blocks.1.attn.qkv.weight']).toBeUndefined();
    expect(checkpoint.result?.['blocks.0.attn.Wqkv.weight']).toBeDefined();
  });

  it('resumed from a checkpoint in either stage equals an uninterrupted one within 1e-6', async () => {
    const whole = recorder({ saveAt: [11, 34] });
    const uninterrupted = await runGraft(context, plan, whole.hooks);
    expect(whole.checkpoints).toHaveLength(2);
    expect(whole.checkpoints.map(({ stage2 }) => stage2 !== undefined)).toEqual([false, true]);
    for (const checkpoint of whole.checkpoints) {
      const resumed = await runGraft(context, plan, recorder().hooks, checkpoint);
      expect(largestDifference(uninterrupted.weights, resumed.weights)).toBeLessThan(1e-6);
      expect(resumed.checkpoint.points.length).toBe(uninterrupted.checkpoint.points.length);
    }
  });

  it('keeps the best weights when cancelled', async () => {
    const { checkpoint, weights } = await runGraft(context, plan, recorder({ cancelAt: 15 }).hooks);
    expect(known(checkpoint.summary, 'summary').state).toBe('cancelled');
    expect(checkpoint.stage1.step).toBe(15);
    expect(weights['blocks.0.attn.Wqkv.weight']).toBeDefined();
  });

  it('sets a slot back when its loss is not finite, says where, and goes on', async () => {
    const wild: Plan = {
      ...plan,
      slots: { 'blocks.1.attn': { operator: 'hyena_x', config: { taps: 4 }, initialisation: 'random' } },
      stage1: { ...plan.stage1, loss: 'l2', learningRate: 1, clipNorm: 1e6, steps: 12 },
      stage2: { ...plan.stage2, steps: 0 },
    };
    const infinite = { ...context, teacher: { ...context.teacher } };
    const { hooks, problems } = recorder();
    // Weights near the largest single-precision number overflow in the first product of stage 1.
    const huge = known(infinite.teacher['blocks.1.attn.proj.bias'], 'bias');
    infinite.teacher['blocks.1.attn.proj.bias'] = { ...huge, data: new Float32Array(32).fill(3e38) };
    const { checkpoint } = await runGraft(infinite, wild, hooks);
    expect(problems).toHaveLength(6);
    expect(problems[0]).toMatchObject({
      text: 'The loss of block 1 attention was not finite at step 1 of stage 1. Its start was restored and the learning rate halved; training goes on.',
      slot: 'blocks.1.attn',
      severity: 'warning',
    });
    expect(problems[5]).toMatchObject({
      text: 'The loss of block 1 attention was not finite at step 6 of stage 1. Its start was restored, and after 5 halvings of the learning rate this slot trains no further. Try a smaller learning rate.',
      severity: 'error',
      action: 'smallerRate',
    });
    expect(checkpoint.summary).toMatchObject({ state: 'finished', step: 6 });
    expect(checkpoint.summary?.slots[0]?.state).toBe('kept');
  });

  it('finds the part of the model where fine-tuning overflowed, goes back to the best, and ends with it', async () => {
    const mild: Plan = {
      ...plan,
      slots: {
        'blocks.0.attn': {
          operator: 'swa',
          config: { window: 2, shape: 'raster' },
          initialisation: 'inherit',
        },
      },
      stage1: { ...plan.stage1, steps: 2 },
    };
    const infinite = { ...context, teacher: { ...context.teacher } };
    const bias = known(infinite.teacher['blocks.2.mlp.fc1.bias'], 'bias');
    infinite.teacher['blocks.2.mlp.fc1.bias'] = { ...bias, data: new Float32Array(128).fill(3e38) };
    const { hooks, problems } = recorder();
    const { checkpoint } = await runGraft(infinite, mild, hooks);
    expect(problems[0]).toMatchObject({
      id: 'nan-stage2',
      text: 'The fine-tuning loss was not finite at step 1 of stage 2; it began with the activation of block 2 MLP. Its start was restored and the learning rate halved; training goes on.',
      slot: 'blocks.2.mlp',
    });
    expect(problems.at(-1)?.text).toMatch(/after 5 halvings of the learning rate stage 2 trains no further/);
    expect(checkpoint.summary?.state).toBe('finished');
  });

  it('recovers from a learning rate that really explodes, and says where it began', async () => {
    // Whether the loss or the gradient overflows first hangs on the last bit of the sums before it.
    const steep: Plan = {
      ...plan,
      stage1: { ...plan.stage1, steps: 2 },
      stage2: { ...plan.stage2, learningRate: 1, warmupSteps: 0, clipNorm: 1e6, steps: 60 },
    };
    const { hooks, problems, points } = recorder();
    const { checkpoint, weights } = await runGraft(context, steep, hooks);
    expect(problems.map(({ text }) => text).join(' ')).toMatch(
      /The fine-tuning (loss|gradient) was not finite at step \d+ of stage 2; it began with the /,
    );
    const losses = points.filter(({ series }) => series === 'stage2').map(({ loss }) => loss);
    expect(losses.slice(-20).every(Number.isFinite)).toBe(true);
    expect(checkpoint.summary?.state).toBe('finished');
    for (const [name, { data }] of Object.entries(weights))
      expect(data.every(Number.isFinite), name).toBe(true);
  });

  for (const scope of ['grafted', 'lora'] as const) {
    it(`fine-tunes with the scope ${scope} and leaves the rest as it was`, async () => {
      const { weights } = await runGraft(
        context,
        { ...plan, stage2: { ...plan.stage2, scope, loraRank: 2, learningRate: 3e-3, steps: 20 } },
        recorder().hooks,
      );
      const untouched = scope === 'grafted' ? 'blocks.2.attn.qkv.weight' : 'x_embedder.proj.weight';
      expect(weights[untouched]?.data).toEqual(context.teacher[untouched]?.data);
      const touched = scope === 'grafted' ? 'blocks.0.attn.Wqkv.weight' : 'blocks.2.attn.qkv.weight';
      expect(weights[touched]).toBeDefined();
    });
  }
});
