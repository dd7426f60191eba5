// The generated start of a graft, with the files that ship: measured beside the others, and missed by nobody if it is gone.
import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { FileError, known } from '../../lib/errors.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { graftContext, loadBase, loadGraftData } from '../../train/bundle.ts';
import type { ReadFile } from '../../train/dataset.ts';
import { uploadTeacher } from '../../train/graft/context.ts';
import { HeldOut } from '../../train/stage1/heldOut.ts';
import { initialWeights } from '../../train/stage1/initialWeights.ts';
import { slotTasks } from '../../train/stage1/slotTask.ts';
import { WrittenStarts } from './writtenStarts.ts';

const engine = onnxEngine(await nodeRuntime('cpu', 1));
afterAll(() => engine.dispose());

const read: ReadFile = async (path) => new Uint8Array(await readFile(`public/${path}`));

async function startsOf(readModel: ReadFile) {
  const plain = graftContext(engine, await loadBase(read), await loadGraftData(read));
  const context = { ...plain, writeStart: new WrittenStarts(readModel).on(plain) };
  const window = { operator: 'swa', config: { window: 4, shape: 'raster' }, initialisation: 'auto' } as const;
  const plan = {
    ...emptyPlan('dit-fashion-mnist'),
    slots: { 'blocks.1.attn': window, 'blocks.3.attn': window },
  };
  const tasks = slotTasks(context.frame.shape, plan);
  const teacher = uploadTeacher(context);
  const heldOut = await HeldOut.create(context, teacher, tasks);
  try {
    return await initialWeights(context, teacher, tasks, heldOut, 0);
  } finally {
    await heldOut.dispose();
    teacher.dispose();
  }
}

describe('a generated start of the bundled base', () => {
  it('is better than the inherited one where the layer was seen, and absent where it was held out', async () => {
    const starts = await startsOf(read);
    const [seen, heldOut] = [known(starts.get('blocks.1.attn'), 'seen'), starts.get('blocks.3.attn')];
    expect(seen.errors.generated).toBeLessThan(0.7 * known(seen.errors.inherit, 'inherit'));
    expect(heldOut?.errors.generated).toBeUndefined();
    expect(heldOut?.errors.ridge).toBeDefined();
  }, 120_000);

  it('is told beside the operators that its generator was trained on', async () => {
    const { shape } = (await loadBase(read)).frame;
    const window = {
      operator: 'swa',
      config: { window: 4, shape: 'raster' },
      initialisation: 'auto',
    } as const;
    const tasks = slotTasks(shape, { slots: { 'blocks.1.attn': window, 'blocks.3.attn': window } });
    const found = await new WrittenStarts(read).inspect(engine, shape, tasks);
    expect(found.map(({ slot }) => slot)).toEqual(['blocks.1.attn']);
    // Five windows on four slices of the data.
    expect(found[0]?.trained).toBe(20);
    expect(found[0]?.nearest.label).toMatch(/^Sliding window .* on /);
    expect(found[0]?.normRatio).toBeGreaterThan(0.2);
    expect(found[0]?.normRatio).toBeLessThan(3);
  });

  it('is left out without its file', async () => {
    const starts = await startsOf(() => Promise.reject(new FileError('operators.safetensors is not there.')));
    for (const { errors } of starts.values())
      expect(Object.keys(errors)).toEqual(['random', 'inherit', 'ridge']);
  }, 120_000);
});
