// Output changes on a tiny model with the native ONNX Runtime, against models that are built outright.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { linearSchedule } from '../../diffusion/schedule.ts';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32 } from '../../lib/tensor.ts';
import { standardFrame } from '../../models/fixedTables.ts';
import { graftsOf } from '../../models/pictures.ts';
import { emptyPlan, type SlotPlan } from '../../plan/plan.ts';
import { freshDit } from '../freshDit.ts';
import { withStudents } from '../graft/bestWeights.ts';
import { type GraftContext, type TeacherOnDevice, uploadTeacher } from '../graft/context.ts';
import { HeldOut } from '../stage1/heldOut.ts';
import { initialWeights } from '../stage1/initialWeights.ts';
import { slotTasks } from '../stage1/slotTask.ts';
import { measuredBatch, measuredTimesteps, noisedImages, timestepAt } from './noisedImages.ts';
import { outputChange } from './outputChange.ts';
import { noiseOf } from './predictedNoise.ts';
import { type Bench, type SlotSensitivity, slotSensitivities } from './slotSensitivity.ts';
import { SwappedModel } from './swappedModel.ts';

const shape = {
  inputSize: 32,
  patchSize: 8,
  channels: 1,
  width: 32,
  depth: 2,
  heads: 2,
  mlpRatio: 4,
  classes: 10,
  learnSigma: true,
};

function teacherWeights() {
  const weights = freshDit(shape, 1);
  for (const [name, { data }] of Object.entries(weights)) {
    const noise = randomStream(2, name).normal(new Float32Array(data.length));
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + 0.05 * (noise[i] ?? 0);
  }
  return weights;
}

const count = 96;
const set = {
  images: Uint8Array.from(randomStream(3, 'images').uniform(0, count * 784), (u) => 255 * u),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
  count,
};

// Real measurements: a second on a free core, minutes on a busy machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let context: GraftContext;
let teacher: TeacherOnDevice;
let bench: Bench;

beforeAll(async () => {
  context = {
    engine: onnxEngine(await nodeRuntime('cpu', 1)),
    frame: standardFrame(shape),
    schedule: linearSchedule(),
    teacher: teacherWeights(),
    data: { stage1: set, stage2: set, heldOut: set },
    pretrainingFlops: null,
  };
  teacher = uploadTeacher(context);
  const images = noisedImages(context);
  bench = { context, teacher, images, reference: await noiseOf(context, {}, context.teacher, images) };
});

afterAll(async () => {
  teacher.dispose();
  await context.engine.dispose();
});

const everywhere = (kind: 'attn' | 'mlp', held: SlotPlan) => ({
  ...emptyPlan('tiny'),
  slots: { [`blocks.0.${kind}`]: held, [`blocks.1.${kind}`]: held },
});
const window = everywhere('attn', {
  operator: 'swa',
  config: { window: 2, shape: 'raster' },
  initialisation: 'auto',
});

async function sensitivities(plan: typeof window): Promise<SlotSensitivity[]> {
  const found: SlotSensitivity[] = [];
  for await (const slot of slotSensitivities(bench, slotTasks(shape, plan))) found.push(slot);
  return found;
}

describe('the measured images', () => {
  it('stand at evenly spaced timesteps and are the same every time', () => {
    expect(Array.from({ length: measuredTimesteps }, (_, i) => timestepAt(i, 1000))).toEqual([
      62, 187, 312, 437, 562, 687, 812, 937,
    ]);
    const [first] = noisedImages(context);
    expect(first).toEqual(bench.images[0]);
    expect(bench.images[0]?.x0).not.toEqual(bench.images[1]?.x0);
  });
});

describe('an output change', () => {
  const noise = (value: number) => f32([measuredBatch, 1, 1, 1], new Float32Array(measuredBatch).fill(value));

  it('is the relative L2 distance', () => {
    expect(outputChange([noise(2)], [noise(2)]).change).toBe(0);
    expect(outputChange([noise(2), noise(2)], [noise(3), noise(2)]).change).toBeCloseTo(Math.sqrt(1 / 8), 12);
  });

  it('is told apart by timestep', () => {
    const changed = noise(2);
    for (let i = 5; i < measuredBatch; i += measuredTimesteps) changed.data[i] = 4;
    const { byTimestep } = outputChange([noise(2)], [changed]);
    expect(byTimestep).toEqual([0, 0, 0, 0, 0, 1, 0, 0]);
  });
});

describe('the sensitivity of a slot', () => {
  it('equals the change of a model that is built with that slot replaced', async () => {
    const measured = await sensitivities(window);
    expect(measured.map(({ slot }) => slot)).toEqual(['blocks.0.attn', 'blocks.1.attn']);
    const tasks = slotTasks(shape, window);
    const heldOut = await HeldOut.create(context, teacher, tasks);
    const initial = await initialWeights(context, teacher, tasks, heldOut, 0);
    await heldOut.dispose();
    for (const { slot, change, byTimestep, slotError } of measured) {
      const single = { slots: { [slot]: window.slots[slot as keyof typeof window.slots] } };
      const weights = withStudents(
        context.teacher,
        tasks.filter((task) => task.slot === slot),
        (of) => initial.get(of)?.parameters,
      );
      const outright = outputChange(
        bench.reference,
        await noiseOf(context, graftsOf(single), weights, bench.images),
      );
      expect(change).toBeGreaterThan(1e-3);
      expect(Math.abs(change - outright.change)).toBeLessThan(1e-4 * outright.change);
      expect(byTimestep).toHaveLength(measuredTimesteps);
      const start = known(initial.get(slot), slot);
      expect(slotError).toBe(start.errors[start.chosen]);
    }
  });

  it('is zero for attention that inherits the teacher’s weights', async () => {
    const copies = await sensitivities(
      everywhere('attn', { operator: 'mha', config: {}, initialisation: 'auto' }),
    );
    for (const { change, initialisation } of copies) {
      expect(initialisation).toBe('inherit');
      expect(change).toBeLessThan(1e-5);
    }
  });

  it('finds a quarter of the MLP worse than three quarters', async () => {
    const mlp = (ratio: number) =>
      sensitivities(everywhere('mlp', { operator: 'mlp', config: { ratio }, initialisation: 'auto' }));
    const [wide, narrow] = [await mlp(3), await mlp(1)];
    wide.forEach(({ change }, i) => {
      expect(change).toBeLessThan(known(narrow[i], 'narrow MLP').change);
    });
  });

  it('has the teacher behind every switch that is off', async () => {
    const tasks = slotTasks(shape, window);
    const model = await SwappedModel.create(context, teacher, tasks, (slot) =>
      new Float32Array(
        known(
          tasks.find((task) => task.slot === slot),
          slot,
        ).layout.size,
      ).fill(0.1),
    );
    const images = known(bench.images[0], 'images');
    const reference = known(bench.reference[0], 'reference');
    const off = outputChange([reference], [await model.noise(images, [])]);
    expect(off.change).toBeLessThan(1e-6);
    const both = outputChange([reference], [await model.noise(images, ['blocks.0.attn', 'blocks.1.attn'])]);
    expect(both.change).toBeGreaterThan(0.01);
    await model.dispose();
  });
});
