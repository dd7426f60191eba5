import { beforeEach, describe, expect, it } from 'vitest';
import { replaceOperator } from '../../plan/edits.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { slotId } from '../../plan/slots.ts';
import { testModel } from '../../store/testing.ts';
import {
  setBypassed,
  setCostTokens,
  setExpandedBlocks,
  setExpandedOperators,
  setLens,
  setSplit,
  useView,
} from '../../store/viewStore.ts';
import { anchorShift, travels } from './motion.ts';
import { sceneOf } from './scene.ts';

const { config } = testModel;
const plan = emptyPlan(testModel.id);
const start = useView.getState();
const scene = (slots = plan.slots) => sceneOf(config, useView.getState(), { slots });

beforeEach(() => useView.setState(start, true));

describe('sceneOf', () => {
  it('keeps the very same nodes whatever the lens, the selection or the plan', () => {
    const { nodes } = scene();
    for (const lens of ['cost', 'locality', 'error', 'drift', 'structure'] as const) {
      setLens(lens);
      expect(scene().nodes).toBe(nodes);
    }
    setCostTokens(4096);
    setBypassed(['blocks.1.attn']);
    useView.setState({ selection: ['blocks.2.mlp'], focus: 'blocks.2.mlp' });
    const grafted = replaceOperator(plan, [slotId(1, 'attn')], { operator: 'hyena_x', config: { taps: 4 } });
    expect(scene(grafted.slots).nodes).toBe(nodes);
  });

  it('makes room for what is expanded, an operator inside of its block', () => {
    const height = (block: number) => scene().boxes.find((box) => box.block === block)?.height ?? 0;
    const closed = height(2);
    setExpandedBlocks([2]);
    const open = height(2);
    expect(open).toBeGreaterThan(closed);
    expect(height(1)).toBe(closed);
    setExpandedOperators([slotId(2, 'attn')]);
    expect(height(2)).toBeGreaterThan(open);
    setExpandedBlocks([]);
    expect(useView.getState().expandedOperators).toEqual([]);
    expect(height(2)).toBe(closed);
  });

  it('gives an open operator the room that its present kind needs', () => {
    setExpandedOperators([slotId(0, 'attn')]);
    const height = (slots = plan.slots) => scene(slots).boxes.find((box) => box.block === 0)?.height ?? 0;
    const mamba = { state: 16, expand: 1, headWidth: 16, taps: 4 };
    const other = replaceOperator(plan, [slotId(0, 'attn')], { operator: 'mamba2', config: mamba });
    expect(height(other.slots)).toBeGreaterThan(height());
  });

  it('shows any two plans, rows level', () => {
    const right = replaceOperator(plan, [slotId(3, 'attn')], { operator: 'hyena_x', config: { taps: 4 } });
    setSplit({ left: { label: 'a', slots: {} }, right: { label: 'b', slots: right.slots } });
    setExpandedOperators([slotId(3, 'attn')]);
    const { boxes, nodes } = scene();
    expect(nodes).toHaveLength(2 * (config.depth + 4) + 1);
    for (let block = 0; block < config.depth; block++) {
      const [left, twin] = boxes.filter((box) => box.block === block);
      expect([left?.y, left?.height]).toEqual([twin?.y, twin?.height]);
    }
  });
});

describe('motion', () => {
  it('leaves the anchor where it is on screen and moves the rest', () => {
    const before = scene().boxes;
    setExpandedBlocks([0, 1, 2, 3, 4, 5, 6, 7], 4);
    const after = scene().boxes;
    const shift = anchorShift(before, after, 4);
    expect(shift).toBeGreaterThan(0);
    const distances = travels(before, after, 4);
    expect(distances.has('block-4')).toBe(false);
    // Seen on screen, what is above opens upwards and what is below opens downwards.
    expect(distances.get('block-3')).toBeGreaterThan(0);
    expect(distances.get('block-5')).toBeLessThan(0);
  });

  it('moves only what lies below when one block opens', () => {
    const before = scene().boxes;
    setExpandedBlocks([3], 3);
    const distances = travels(before, scene().boxes, 3);
    expect([...distances.keys()].filter((id) => id.startsWith('block'))).toEqual([
      'block-4',
      'block-5',
      'block-6',
      'block-7',
    ]);
  });
});
