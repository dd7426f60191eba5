// A generated start among the others, on a tiny model with the native ONNX Runtime.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearSchedule } from '../../diffusion/schedule.ts';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { standardFrame } from '../../models/fixedTables.ts';
import { emptyPlan, type Initialisation } from '../../plan/plan.ts';
import { freshDit } from '../freshDit.ts';
import { type GraftContext, uploadTeacher, type WriteStart } from '../graft/context.ts';
import { HeldOut } from './heldOut.ts';
import { initialWeights } from './initialWeights.ts';
import { slotTasks } from './slotTask.ts';

const shape = {
  ...{ inputSize: 32, patchSize: 8, channels: 1, width: 32, depth: 2, heads: 2 },
  ...{ mlpRatio: 4, classes: 10, learnSigma: true },
};
const count = 64;
const set = {
  images: Uint8Array.from(randomStream(3, 'images').uniform(0, count * 784), (u) => 255 * u),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
  count,
};

let context: GraftContext;

beforeAll(async () => {
  const weights = freshDit(shape, 1);
  for (const [name, { data }] of Object.entries(weights)) {
    const noise = randomStream(2, name).normal(new Float32Array(data.length));
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + 0.05 * (noise[i] ?? 0);
  }
  context = {
    engine: onnxEngine(await nodeRuntime('cpu', 1)),
    frame: standardFrame(shape),
    schedule: linearSchedule(),
    teacher: weights,
    data: { stage1: set, stage2: set, heldOut: set },
    pretrainingFlops: null,
  };
});

afterAll(() => context.engine.dispose());

async function starts(initialisation: Initialisation, writeStart?: WriteStart) {
  const held = { operator: 'hyena_x', config: { taps: 4 }, initialisation } as const;
  const plan = { ...emptyPlan('tiny'), slots: { 'blocks.0.attn': held, 'blocks.1.attn': held } };
  const tasks = slotTasks(shape, plan);
  const own = writeStart ? { ...context, writeStart } : context;
  const teacher = uploadTeacher(own);
  const heldOut = await HeldOut.create(own, teacher, tasks);
  try {
    return await initialWeights(own, teacher, tasks, heldOut, 0);
  } finally {
    await heldOut.dispose();
    teacher.dispose();
  }
}

describe('a generated start', () => {
  it('is measured as the others are, where the generator knows the operator', async () => {
    const before = await starts('ridge');
    const ridge = known(before.get('blocks.0.attn'), 'first slot');
    let inheriting = 0;
    const writeStart: WriteStart = async (tasks) => {
      inheriting = tasks.filter(({ task, inherited }) => inherited?.length === task.layout.size).length;
      return new Map([['blocks.0.attn', ridge.parameters]]);
    };
    const found = await starts('generated', writeStart);
    expect(inheriting).toBe(2);
    const [first, second] = [found.get('blocks.0.attn'), found.get('blocks.1.attn')];
    expect(first?.chosen).toBe('generated');
    expect(first?.errors.generated).toBe(ridge.errors.ridge);
    expect(Object.keys(first?.errors ?? {})).toEqual(['random', 'inherit', 'ridge', 'generated']);
    expect(second?.errors.generated).toBeUndefined();
    expect(second?.chosen).not.toBe('generated');
  });

  it('is taken by itself only if it is the best', async () => {
    const found = await starts(
      'auto',
      async (tasks) =>
        new Map(tasks.map(({ task }) => [task.slot, new Float32Array(task.layout.size).fill(10)])),
    );
    for (const { chosen, errors } of found.values()) {
      expect(chosen).not.toBe('generated');
      expect(errors.generated).toBeGreaterThan(errors[chosen] ?? Number.POSITIVE_INFINITY);
    }
  });

  it('of another length is refused', async () => {
    await expect(
      starts('auto', async () => new Map([['blocks.0.attn', new Float32Array(3)]])),
    ).rejects.toThrow(
      /The weight generator wrote 3 numbers for Hyena-X in .*, which has \d+; choose another initialisation\./,
    );
  });
});
