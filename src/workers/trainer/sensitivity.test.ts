// Sensitivities through the trainer's requests: measured, told, stored, stopped, and giving way to runs and pictures.
import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Plan } from '../../plan/plan.ts';
import type { Candidate } from '../../plan/search/candidate.ts';
import { allSlots } from '../../plan/slots.ts';
import { memoryStore } from '../../storage/memoryStore.ts';
import { parseOutputChange, parseSensitivity } from './sensitivityRecords.ts';
import { stoppable } from './stopped.ts';
import { type TestTrainer, testBench, tinyPlan, tinyShape } from './testing.ts';
import { Turns } from './turns.ts';

const { openedTrainer } = testBench((path) => readFile(new URL(`../../../public/${path}`, import.meta.url)));

// Real measurements: a second on a free core, minutes on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const window: Candidate = { operator: 'swa', config: { window: 2, shape: 'raster' } };
const narrow: Candidate = { operator: 'mlp', config: { ratio: 3 } };
const slots = allSlots(tinyShape.depth);

const ask = (trainer: TestTrainer, candidates: readonly Candidate[], effort: 'stored' | 'measure') =>
  trainer.ask({ kind: 'sensitivity', candidates, slots, effort });

const told = (trainer: TestTrainer) =>
  trainer.events.flatMap((event) => (event.kind === 'sensitivity' ? [event.progress] : []));

describe('sensitivities', () => {
  it('are measured for every slot that fits, told as they come, and found again in storage', async () => {
    const store = memoryStore();
    const trainer = await openedTrainer({ store });
    expect((await ask(trainer, [window, narrow], 'stored')).found).toEqual([]);
    const reply = await ask(trainer, [window, narrow], 'measure');
    expect(reply.complete).toBe(true);
    expect(reply.found.map(({ slot, candidate }) => [slot, candidate.operator])).toEqual([
      ['blocks.0.attn', 'swa'],
      ['blocks.1.attn', 'swa'],
      ['blocks.0.mlp', 'mlp'],
      ['blocks.1.mlp', 'mlp'],
    ]);
    for (const { change, slotError } of reply.found) {
      expect(change).toBeGreaterThan(0);
      expect(slotError).toBeGreaterThan(0);
    }
    expect(reply.base?.milliseconds).toBeGreaterThan(0);
    expect(reply.times.map(({ candidate, kind }) => [candidate.operator, kind])).toEqual([
      ['swa', 'sequence'],
      ['mlp', 'channel'],
    ]);
    await trainer.event('sensitivity', ({ progress }) => progress.done === progress.all);
    const found = told(trainer).flatMap((progress) => progress.found);
    expect(found.map(({ slot }) => slot).sort()).toEqual([...slots].sort());

    // Another visit: sensitivities are those of the first, times are not.
    const later = await openedTrainer({ store });
    const stored = await ask(later, [window, narrow], 'stored');
    expect(stored.found).toEqual(reply.found);
    expect(stored).toMatchObject({ times: [], base: null, complete: false });
    // Another model's are none of ours; unknown candidates have none.
    expect(
      (await ask(later, [{ ...window, config: { window: 3, shape: 'raster' } }], 'stored')).found,
    ).toEqual([]);
  });

  it('keep what was found when they are stopped, and go on from there', async () => {
    const trainer = await openedTrainer();
    const first = ask(trainer, [window, narrow], 'measure');
    await trainer.event('sensitivity', ({ progress }) => progress.found.length > 0);
    await trainer.ask({ kind: 'stopSensitivity' });
    const partial = await first;
    expect(partial.complete).toBe(false);
    expect(partial.found.length).toBeGreaterThan(0);
    expect(partial.found.length).toBeLessThan(4);
    const before = told(trainer).length;
    const rest = await ask(trainer, [window, narrow], 'measure');
    expect(rest.complete).toBe(true);
    await trainer.event('sensitivity', ({ progress }) => progress.done === progress.all);
    const again = told(trainer)
      .slice(before)
      .flatMap((progress) => progress.found);
    expect(again).toHaveLength(4 - partial.found.length);
  });

  it('refuse operators and configs that the model cannot hold', async () => {
    const trainer = await openedTrainer();
    await expect(ask(trainer, [{ operator: 'warp', config: {} }], 'measure')).rejects.toThrow(
      'There is no operator "warp" to measure.',
    );
    await expect(
      ask(trainer, [{ operator: 'swa', config: { window: 99, shape: 'raster' } }], 'measure'),
    ).rejects.toThrow(
      'Window of Sliding window attention on Block 0 attention should lie between 1 and 15, got 99.',
    );
  });
});

describe('the output change of a plan', () => {
  const single: Plan = {
    ...tinyPlan,
    slots: { 'blocks.1.mlp': { ...narrow, initialisation: 'auto' } },
    stage1: { ...tinyPlan.stage1, steps: 40 },
    stage2: { ...tinyPlan.stage2, steps: 0 },
  };

  it('is that of its slot when it swaps one, and zero when it swaps none', async () => {
    const trainer = await openedTrainer();
    const { found } = await ask(trainer, [narrow], 'measure');
    const expected = found.find(({ slot }) => slot === 'blocks.1.mlp')?.change ?? Number.NaN;
    const start = await trainer.ask({ kind: 'outputChange', plan: single, of: 'start' });
    expect(start.weights).toBe('untrained');
    expect(Math.abs(start.change - expected)).toBeLessThan(1e-4 * expected);
    expect(await trainer.ask({ kind: 'outputChange', plan: single, of: 'start' })).toEqual(start);
    const none = await trainer.ask({ kind: 'outputChange', plan: { ...single, slots: {} }, of: 'best' });
    expect(none).toMatchObject({ change: 0, weights: 'pretrained' });
  });

  it('falls when the plan is trained, and the start stays what it was', async () => {
    const trainer = await openedTrainer();
    const before = await trainer.ask({ kind: 'outputChange', plan: single, of: 'start' });
    await trainer.ask({ kind: 'graft', plan: single, resume: false });
    const after = await trainer.ask({ kind: 'outputChange', plan: single, of: 'best' });
    expect(after.weights).toBe('trained');
    expect(after.change).toBeLessThan(before.change);
    expect(await trainer.ask({ kind: 'outputChange', plan: single, of: 'start' })).toEqual(before);
  });
});

describe('idle turns', () => {
  const nextTask = () => new Promise<void>((resolve) => setImmediate(resolve));
  const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('wait while a run has the device and while others work, and end when they are stopped', async () => {
    const turns = new Turns(nextTask);
    const { signal, stop } = stoppable('The test');
    const order: string[] = [];
    turns.take();
    const idle = turns.whenIdle(async () => void order.push('idle'), signal);
    await later(250);
    expect(order).toEqual([]);
    turns.release();
    await turns.beside(async () => {
      await later(300);
      order.push('other');
    });
    await idle;
    expect(order).toEqual(['other', 'idle']);

    turns.take();
    const never = turns.whenIdle(async () => void order.push('never'), signal);
    stop();
    await expect(never).rejects.toThrow('The test was stopped.');
    expect(order).toEqual(['other', 'idle']);
  });
});

describe('stored records', () => {
  it('come back whole or not at all', () => {
    const record = {
      slot: 'blocks.0.attn',
      change: 0.1,
      byTimestep: [0.1, 0.2],
      initialisation: 'ridge',
      slotError: 0.3,
    };
    expect(parseSensitivity(record, window)).toEqual({ ...record, candidate: window });
    for (const wrong of [
      null,
      { ...record, change: 'much' },
      { ...record, slot: 'blocks.x' },
      { ...record, byTimestep: [null] },
      { ...record, initialisation: 'auto' },
      { ...record, slotError: undefined },
    ]) {
      expect(parseSensitivity(wrong, window)).toBeUndefined();
    }
    expect(parseOutputChange({ change: 0.1 })).toBeUndefined();
  });
});
