import { expect, it } from 'vitest';
import { operatorPicture } from '../../models/pictures.ts';
import type { SlotPlan } from '../../plan/plan.ts';
import { siteAt } from '../../store/costs.ts';
import { testModel } from '../../store/testing.ts';
import { counterparts } from './counterparts.ts';
import { differingSlots, isDifferent } from './difference.ts';
import { slotsIn } from './marquee.ts';

const hyena = (taps: number, initialisation: SlotPlan['initialisation'] = 'auto'): SlotPlan => ({
  operator: 'hyena_x',
  config: { taps },
  initialisation,
});

it('finds the slots in which two plans differ, however their weights start', () => {
  const left = { 'blocks.3.attn': hyena(4), 'blocks.1.attn': hyena(4), 'blocks.5.attn': hyena(4) };
  const right = { 'blocks.1.attn': hyena(8), 'blocks.3.attn': hyena(4, 'random') };
  expect(differingSlots(left, right)).toEqual(['blocks.1.attn', 'blocks.5.attn']);
  expect(differingSlots(left, left)).toEqual([]);
});

it('tells it on both sides, the edited plan standing on either', () => {
  const split = { left: { label: 'a', slots: {} }, right: { label: 'b', slots: null } };
  for (const side of ['left', 'right'] as const) {
    expect(isDifferent(split, side, 'blocks.0.attn', hyena(4))).toBe(true);
    expect(isDifferent(split, side, 'blocks.0.attn', undefined)).toBe(false);
  }
  expect(isDifferent(null, 'only', 'blocks.0.attn', hyena(4))).toBe(false);
});

it('matches primitives one for one', () => {
  const site = siteAt(testModel.config, 'blocks.0.attn');
  const full = operatorPicture('mha', {}, site).nodes;
  const window = operatorPicture('swa', { window: 4, shape: 'raster' }, site).nodes;
  const alone = window.filter((node) => !counterparts(window, full).has(node.id));
  // A window is full attention with a mask: the constant, and the choice by it.
  expect(alone.map((node) => node.op).sort()).toEqual(['constant', 'select']);
  expect(counterparts(full, window).size).toBe(full.length);
});

it('selects what a rectangle touches, in the order of the model', () => {
  const rect = (slot: 'blocks.0.attn' | 'blocks.0.mlp' | 'blocks.1.attn', left: number, top: number) => ({
    slot,
    left,
    top,
    right: left + 100,
    bottom: top + 30,
  });
  const slots = [rect('blocks.1.attn', 0, 40), rect('blocks.0.mlp', 110, 0), rect('blocks.0.attn', 0, 0)];
  expect(slotsIn(slots, { left: 90, right: 120, top: 20, bottom: 25 })).toEqual([
    'blocks.0.attn',
    'blocks.0.mlp',
  ]);
  expect(slotsIn(slots, { left: 10, right: 20, top: -5, bottom: 60 })).toEqual([
    'blocks.0.attn',
    'blocks.1.attn',
  ]);
  expect(slotsIn(slots, { left: 101, right: 109, top: 0, bottom: 90 })).toEqual([]);
});
