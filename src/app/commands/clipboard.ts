// Copy, cut and paste of slots. With keys, the browser's own clipboard events bring and take the text, which needs no
// permission (useClipboard.ts); from menus, the clipboard is asked.
import { sentence, UserError } from '../../lib/errors.ts';
import { fragmentOf, fragmentText, parseFragment, pasteTargets, withSlots } from '../../plan/fragment.ts';
import { planFromFragment } from '../../plan/url.ts';
import { planProblem } from '../../plan/validate.ts';
import { planModel } from '../../store/costs.ts';
import { currentPlan, editPlan } from '../../store/documentStore.ts';
import { openFileAddress } from '../../store/openLink.ts';
import { restoreSlots } from '../../store/placing.ts';
import { model } from '../../store/sessionStore.ts';
import { announce, say, select, useView } from '../../store/viewStore.ts';
import { copyText } from '../parts/copyText.ts';
import type { Command } from './command.ts';

const selected = () => useView.getState().selection;
const count = (slots: number) => (slots === 1 ? '1 slot' : `${slots} slots`);

/** The selected slots as text, or null when none is. */
export function copiedText(): string | null {
  const slots = selected();
  return slots.length === 0 ? null : fragmentText(fragmentOf(currentPlan(), slots));
}

/** Takes slots, the link of a plan or the address of a file from a text; false when it holds none of them. */
export function pasteText(text: string): boolean {
  try {
    return pasteSlots(text) || pasteLink(text) || openFileAddress(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(sentence(error), 'error');
    return true;
  }
}

function pasteSlots(text: string): boolean {
  const fragment = parseFragment(text);
  const info = model();
  if (!fragment || !info) return false;
  const filled = pasteTargets(fragment, selected(), info.config.depth);
  const slots = filled.map(({ slot }) => slot);
  const [first] = slots;
  if (!first) {
    say('None of the copied slots fits there; select a slot of the same kind.', 'error');
    return true;
  }
  const plan = withSlots(currentPlan(), filled);
  const problem = planProblem(plan, planModel(info));
  if (problem) throw new UserError(problem);
  const left = fragment.slots.length - filled.length;
  editPlan({ plan, label: `Pasted on ${count(slots.length)}` });
  select(slots, first);
  const rest = left > 0 ? ` ${count(left)} would lie outside of the model.` : '';
  announce(`Pasted on ${count(slots.length)}.${rest}`);
  return true;
}

function pasteLink(text: string): boolean {
  const at = text.indexOf('#plan=');
  const plan = at < 0 ? undefined : planFromFragment(text.slice(at).trim());
  const info = model();
  if (!plan || !info) return false;
  const problem = planProblem(plan, planModel(info));
  if (problem) throw new UserError(problem);
  editPlan({ plan, label: 'Pasted a link' });
  announce('The plan of the link is open.');
  return true;
}

async function askClipboard(): Promise<void> {
  try {
    const text = await navigator.clipboard.readText();
    if (!pasteText(text)) say('The clipboard holds no slots; copy some first.');
  } catch {
    say('The browser did not allow reading the clipboard; press Ctrl+V instead.', 'error');
  }
}

const needsSelection = () => (selected().length > 0 ? null : 'select a slot first');

export const clipboardCommands: readonly Command[] = [
  {
    id: 'edit.copy',
    title: 'Copy the selected slots',
    group: 'Edit',
    keys: ['Mod+C'],
    event: 'copy',
    keywords: 'clipboard fragment json',
    unavailable: needsSelection,
    run: () => void copyText(copiedText() ?? '', `${count(selected().length)} copied.`),
  },
  {
    id: 'edit.cut',
    title: 'Cut: copy the selected slots and restore their teacher',
    group: 'Edit',
    keys: ['Mod+X'],
    event: 'cut',
    keywords: 'clipboard',
    unavailable: needsSelection,
    run: () => {
      void copyText(copiedText() ?? '', `${count(selected().length)} copied.`);
      restoreSlots(selected());
    },
  },
  {
    id: 'edit.paste',
    title: 'Paste slots, the link of a plan or the address of a file',
    group: 'Edit',
    keys: ['Mod+V'],
    event: 'paste',
    keywords: 'clipboard fragment json link url hugging face',
    unavailable: () => (model() ? null : 'the model is still opening'),
    run: () => void askClipboard(),
  },
];
