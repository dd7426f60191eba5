// Locality, error through depth, filters, drift and bypass, measured by the real trainer on a tiny model.
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Plan } from '../../plan/plan.ts';
import type { SampleJob } from '../protocol.ts';
import { type TestTrainer, testBench, tinyPlan, tinyShape } from './testing.ts';

const { openedTrainer } = testBench((path) => readFile(new URL(`../../../public/${path}`, import.meta.url)));

const short: Plan = {
  ...tinyPlan,
  slots: {
    'blocks.0.attn': { operator: 'hyena_x', config: { taps: 4 }, initialisation: 'inherit' },
    'blocks.1.mlp': { operator: 'mlp', config: { ratio: 3 }, initialisation: 'inherit' },
  },
  stage1: { ...tinyPlan.stage1, steps: 4 },
  stage2: { ...tinyPlan.stage2, steps: 2 },
};

async function lastFrame(trainer: TestTrainer, rest: Partial<SampleJob>): Promise<string> {
  const jobId = JSON.stringify(rest);
  const common = { plan: short, seed: 1, classes: [2], guidance: 1, steps: 2, sampler: 'ddim' } as const;
  await trainer.ask({ kind: 'sample', job: { jobId, which: 'graft', ...common, ...rest } });
  const { frame } = await trainer.event(
    'frame',
    ({ frame }) => frame.jobId === jobId && frame.step === frame.steps,
  );
  return frame.pixels.join();
}

it('measures how local the attention of every block is', async () => {
  const trainer = await openedTrainer();
  const { k, tokens, uniform, slots } = await trainer.ask({ kind: 'locality' });
  expect([k, tokens]).toEqual([2, 16]);
  expect(slots.map(({ slot }) => slot)).toEqual(['blocks.0.attn', 'blocks.1.attn']);
  for (const { map, score } of slots) {
    for (let row = 0; row < tokens; row++) {
      const sum = map.subarray(row * tokens, (row + 1) * tokens).reduce((total, x) => total + x, 0);
      expect(sum).toBeCloseTo(1, 4);
    }
    expect(score).toBeGreaterThan(uniform / 2);
    expect(score).toBeLessThan(1);
  }
});

it('measures drift at the end of a run, and error through depth of the result', async () => {
  const trainer = await openedTrainer();
  const { drift } = await trainer.ask({ kind: 'graft', plan: short, resume: false });
  // Stage 2 trains the whole model; the narrower MLP has no counterpart to be compared with.
  expect(Object.keys(drift ?? {}).sort()).toEqual(['blocks.0.attn', 'blocks.0.mlp', 'blocks.1.attn']);
  for (const moved of Object.values(drift ?? {})) {
    expect(moved).toBeGreaterThan(0);
    expect(moved).toBeLessThan(1);
  }
  const { blocks, byTimestep, weights } = await trainer.ask({ kind: 'streamError', plan: short });
  expect(weights).toBe('trained');
  expect(blocks).toHaveLength(tinyShape.depth);
  expect(byTimestep[0]).toHaveLength(10);
  for (const error of blocks) expect(error).toBeGreaterThan(0);

  const { filters } = await trainer.ask({ kind: 'filters', plan: short, slot: 'blocks.0.attn' });
  expect(filters.map(({ name, taps }) => [name, taps.length])).toEqual([['short filter', 4]]);
  await expect(trainer.ask({ kind: 'filters', plan: short, slot: 'blocks.1.attn' })).rejects.toThrow(
    'Block 1 attention holds the teacher, which has no filters.',
  );
});

it('has no error through depth where nothing is grafted', async () => {
  const trainer = await openedTrainer();
  const { blocks } = await trainer.ask({ kind: 'streamError', plan: { ...short, slots: {} } });
  for (const error of blocks) expect(error).toBeLessThan(1e-6);
});

it('draws with the teacher in bypassed slots and the graft everywhere else', async () => {
  const trainer = await openedTrainer();
  const stage1Only = { ...short, stage2: { ...short.stage2, steps: 0 } };
  await trainer.ask({ kind: 'graft', plan: stage1Only, resume: false });
  const plan = stage1Only;
  const base = await lastFrame(trainer, { plan, which: 'base' });
  const graft = await lastFrame(trainer, { plan });
  const half = await lastFrame(trainer, { plan, bypassed: ['blocks.0.attn'] });
  const none = await lastFrame(trainer, { plan, bypassed: ['blocks.0.attn', 'blocks.1.mlp'] });
  // Stage 1 leaves the rest of the model alone: with every graft bypassed it is the base, pixel for pixel.
  expect(none).toBe(base);
  expect(new Set([base, graft, half]).size).toBe(3);
  const wrong = 'blocks.0.norm' as 'blocks.0.attn';
  await expect(lastFrame(trainer, { plan, bypassed: [wrong] })).rejects.toThrow(
    'A slot is named like blocks.3.attn, got "blocks.0.norm".',
  );
});
