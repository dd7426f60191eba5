import { beforeEach, describe, expect, it } from 'vitest';
import { operators } from '../../operators/index.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { currentPlan, startDocument } from '../../store/documentStore.ts';
import { useLensMeasures } from '../../store/lensMeasures.ts';
import { startOfSession, useSession } from '../../store/sessionStore.ts';
import { testModel } from '../../store/testing.ts';
import { useView } from '../../store/viewStore.ts';
import { commandById, commandFor, commands, runCommand } from './index.ts';
import { neighbour } from './select.ts';

beforeEach(() => {
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  useView.setState({ selection: [], focus: null, hand: null, dialog: null, expandedBlocks: [] });
  startDocument(emptyPlan(testModel.id), 'start');
});

describe('the registry', () => {
  it('has no two commands with one id, one title or one key', () => {
    const unique = (values: readonly string[]) => expect(values).toHaveLength(new Set(values).size);
    unique(commands.map((command) => command.id));
    unique(commands.map((command) => command.title));
    unique(commands.flatMap((command) => command.keys.map((key) => key.toLowerCase())));
  });

  it('has a command for every operator', () => {
    for (const operator of operators)
      expect(commandById(`place.${operator.id}`).title).toContain(operator.label);
  });

  it('says why a command cannot run instead of failing', () => {
    useSession.setState(startOfSession);
    for (const command of commands) expect(() => command.unavailable(), command.id).not.toThrow();
    expect(commandById('run.graft').unavailable()).toBe('the model is still opening');
    expect(commandById('edit.undo').unavailable()).toBe('nothing to undo');
  });

  it('finds commands by key, arrows only on the canvas', () => {
    const event = { key: 'ArrowDown', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
    expect(commandFor(event, 'canvas', 'other')?.id).toBe('select.down');
    expect(commandFor(event, 'elsewhere', 'other')).toBeUndefined();
    expect(commandFor({ ...event, key: 'r' }, 'elsewhere', 'other')?.id).toBe('edit.replace');
  });
});

describe('commands on the plan', () => {
  it('replace a selection by name and restore it', () => {
    useView.setState({ selection: ['blocks.1.attn', 'blocks.3.attn', 'blocks.3.mlp'] });
    runCommand('place.hyena_x');
    expect(Object.keys(currentPlan().slots)).toEqual(['blocks.1.attn', 'blocks.3.attn']);
    runCommand('edit.restore');
    expect(currentPlan().slots).toEqual({});
    runCommand('edit.undo');
    runCommand('edit.undo');
    runCommand('edit.redo');
    expect(Object.keys(currentPlan().slots)).toHaveLength(2);
  });

  it('take an operator in hand where nothing that fits is selected', () => {
    runCommand('place.swa');
    expect(currentPlan().slots).toEqual({});
    expect(useView.getState().hand).toMatchObject({ operator: 'swa', manner: 'click' });
    runCommand('edit.putDown');
    expect(useView.getState().hand).toBeNull();
  });
});

describe('commands on the selection', () => {
  it('select by preset and by kind', () => {
    runCommand('select.half-attention');
    expect(useView.getState().selection).toEqual([
      'blocks.1.attn',
      'blocks.3.attn',
      'blocks.5.attn',
      'blocks.7.attn',
    ]);
    useView.setState({ focus: 'blocks.2.mlp' });
    runCommand('select.sameKind');
    expect(useView.getState().selection).toHaveLength(8);
  });

  it('walk without leaving the model', () => {
    expect(neighbour('blocks.0.attn', { blocks: -1, columns: 0 }, 8)).toBe('blocks.0.attn');
    expect(neighbour('blocks.7.mlp', { blocks: 1, columns: 0 }, 8)).toBe('blocks.7.mlp');
    expect(neighbour('blocks.4.attn', { blocks: 0, columns: 1 }, 8)).toBe('blocks.4.mlp');
  });

  it('expand the blocks of the selection', () => {
    useView.setState({ selection: ['blocks.2.attn', 'blocks.2.mlp', 'blocks.4.attn'] });
    runCommand('view.expand');
    expect(useView.getState().expandedBlocks).toEqual([2, 4]);
    runCommand('view.collapse');
    expect(useView.getState().expandedBlocks).toEqual([]);
  });

  it('expand one level at a time, and collapse the same way', () => {
    const view = () => useView.getState();
    useView.setState({ selection: ['blocks.2.attn'], focus: 'blocks.2.attn' });
    runCommand('view.expand');
    expect([view().expandedBlocks, view().expandedOperators]).toEqual([[2], []]);
    runCommand('view.expand');
    expect(view().expandedOperators).toEqual(['blocks.2.attn']);
    runCommand('view.collapse');
    expect([view().expandedBlocks, view().expandedOperators]).toEqual([[2], []]);
    runCommand('view.expandAll');
    expect(view().expandedBlocks).toHaveLength(8);
    runCommand('view.expandAll');
    expect(view().expandedOperators).toHaveLength(16);
    runCommand('view.collapseAll');
    expect([view().expandedBlocks, view().expandedOperators]).toEqual([[], []]);
  });

  it('select along the stream from the focus, in its column', () => {
    useView.setState({ selection: ['blocks.5.attn'], focus: 'blocks.5.attn' });
    runCommand('select.downstream');
    expect(useView.getState().selection).toEqual(['blocks.5.attn', 'blocks.6.attn', 'blocks.7.attn']);
    runCommand('select.upstream');
    expect(useView.getState().selection).toHaveLength(8);
    expect(useView.getState().focus).toBe('blocks.5.attn');
  });

  it('select the least and the most local attention once it is measured', () => {
    expect(commandById('select.leastLocal').unavailable()).toMatch(/locality lens/);
    const scores = [0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4];
    const slots = scores.map((score, block) => ({
      slot: `blocks.${block}.attn` as const,
      score,
      map: new Float32Array(0),
    }));
    const value = { k: 8, tokens: 64, uniform: 0.25, images: 1, slots };
    useLensMeasures.setState({ locality: { state: 'done', value } });
    const odd = ['blocks.1.attn', 'blocks.3.attn', 'blocks.5.attn', 'blocks.7.attn'];
    runCommand('select.leastLocal');
    expect(useView.getState().selection).toEqual(odd);
    runCommand('select.mostLocal');
    expect(useView.getState().selection.some((slot) => odd.includes(slot))).toBe(false);
    useLensMeasures.setState({ locality: null });
  });
});

describe('commands on the view', () => {
  it('change the lens by its number, whatever sign the key writes', () => {
    const event = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
    expect(commandFor({ ...event, key: '4', code: 'Digit4' }, 'elsewhere', 'other')?.id).toBe('lens.error');
    expect(commandFor({ ...event, key: "'", code: 'Digit4' }, 'elsewhere', 'other')?.id).toBe('lens.error');
    const option = { ...event, key: '¢', code: 'Digit4', altKey: true };
    expect(commandFor(option, 'elsewhere', 'mac')?.id).toBe('view.saved4');
    runCommand('lens.error');
    expect(useView.getState().lens).toBe('error');
    runCommand('lens.table');
    expect(useView.getState().lensTable).toBe(true);
    runCommand('lens.structure');
    expect(useView.getState().lensTable).toBe(false);
    expect(commandById('lens.table').unavailable()).toMatch(/choose a lens/);
  });

  it('split the canvas and join it again', () => {
    runCommand('view.split');
    expect(useView.getState().split).toMatchObject({ left: { slots: {} }, right: { slots: null } });
    runCommand('view.split');
    expect(useView.getState().split).toBeNull();
  });
});
