import { beforeEach, describe, expect, it } from 'vitest';
import { fragmentOf, fragmentText } from '../../plan/fragment.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { planToFragment } from '../../plan/url.ts';
import { currentPlan, startDocument, useDocument } from '../../store/documentStore.ts';
import { usePlanView } from '../../store/planView.ts';
import { startOfSession, useSession } from '../../store/sessionStore.ts';
import { testModel } from '../../store/testing.ts';
import { useView } from '../../store/viewStore.ts';
import { copiedText, pasteText } from './clipboard.ts';
import { commandById, commandFor, runCommand } from './index.ts';

beforeEach(() => {
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  useView.setState({ selection: [], focus: null, hand: null, dialog: null, split: null, toast: null });
  usePlanView.setState({ before: 0, after: null, renaming: null });
  startDocument(emptyPlan(testModel.id), 'Pretrained model');
});

function place(
  operator: string,
  ...selection: readonly (`blocks.${number}.attn` | `blocks.${number}.mlp`)[]
): void {
  useView.setState({ selection });
  runCommand(`place.${operator}`);
}

describe('commands on plans', () => {
  it('compare the present plan with the one before, and show both', () => {
    place('swa', 'blocks.1.attn');
    place('hyena_x', 'blocks.3.attn');
    runCommand('plans.compareBefore');
    expect(usePlanView.getState()).toMatchObject({ before: 1, after: null });
    expect(useView.getState().dockTab).toBe('history');
    runCommand('plans.split');
    const { split } = useView.getState();
    expect(Object.keys(split?.left.slots ?? {})).toEqual(['blocks.1.attn']);
    expect(split?.right).toEqual({ label: 'Sliding window at 1, Hyena-X at 3', slots: null });
    runCommand('plans.endSplit');
    expect(useView.getState().split).toBeNull();
  });

  it('delete a branch without asking, say so, and bring it back', () => {
    place('swa', 'blocks.1.attn');
    place('swa', 'blocks.2.attn');
    runCommand('edit.undo');
    runCommand('plans.delete');
    expect(useDocument.getState().history.nodes.size).toBe(1);
    expect(useView.getState().toast?.text).toBe(
      'Sliding window at 1 and 1 later edit deleted. Undo brings it back; results are kept.',
    );
    runCommand('edit.undo');
    expect(Object.keys(currentPlan().slots)).toEqual(['blocks.1.attn']);
    runCommand('plans.delete');
    place('mamba2', 'blocks.0.attn');
    runCommand('plans.restoreDeleted');
    expect(useDocument.getState().history.nodes.size).toBe(4);
    expect(commandById('plans.restoreDeleted').unavailable()).toBe('no branch was deleted');
  });

  it('have nothing to do on the first plan', () => {
    expect(commandById('plans.delete').unavailable()).toBe('the first plan stays');
    expect(commandById('plans.compareBefore').unavailable()).toBe('this is the first plan');
    expect(commandById('plans.split').unavailable()).toBe('there is only one plan');
  });
});

describe('the clipboard', () => {
  it('leaves its keys to the browser, which asks for no permission then', () => {
    const pressed = { key: 'c', ctrlKey: true, metaKey: false, altKey: false, shiftKey: false };
    expect(commandById('edit.copy').keys).toEqual(['Mod+C']);
    expect(commandFor(pressed, 'canvas', 'other')).toBeUndefined();
  });

  it('carries slots to others of their kind as one edit', () => {
    place('swa', 'blocks.1.attn');
    const text = copiedText() ?? '';
    useView.setState({ selection: ['blocks.4.attn', 'blocks.5.attn', 'blocks.5.mlp'] });
    const before = useDocument.getState().history.nodes.size;
    expect(pasteText(text)).toBe(true);
    expect(Object.keys(currentPlan().slots)).toEqual(['blocks.1.attn', 'blocks.4.attn', 'blocks.5.attn']);
    expect(useDocument.getState().history.nodes.size).toBe(before + 1);
    expect(useView.getState().announcement.text).toBe('Pasted on 2 slots.');
  });

  it('takes the link of a plan', () => {
    place('swa', 'blocks.1.attn');
    const plan = currentPlan();
    runCommand('edit.undo');
    expect(pasteText(`look: https://example.org/#${planToFragment(plan)}`)).toBe(true);
    expect(currentPlan()).toEqual(plan);
  });

  it('refuses in one sentence what does not fit, and leaves other text alone', () => {
    expect(pasteText('some words')).toBe(false);
    expect(copiedText()).toBeNull();
    place('swa', 'blocks.1.attn');
    const text = fragmentText(fragmentOf(currentPlan(), ['blocks.1.attn']));
    useView.setState({ selection: ['blocks.2.mlp'] });
    const plan = currentPlan();
    expect(pasteText(text)).toBe(true);
    expect(useView.getState().toast?.text).toBe(
      'None of the copied slots fits there; select a slot of the same kind.',
    );
    useView.setState({ selection: ['blocks.2.attn'] });
    expect(pasteText(text.replace('"window": ', '"window": 9'))).toBe(true);
    expect(useView.getState().toast?.text).toContain(
      'Block 2 attention should lie between 1 and 63, got 94.',
    );
    expect(currentPlan()).toBe(plan);
  });
});
