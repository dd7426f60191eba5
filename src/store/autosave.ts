// The plan is never lost: half a second after each change it is in storage and in the address.
import { UserError } from '../lib/errors.ts';
import { graftedSlots } from '../plan/edits.ts';
import { emptyPlan, type Plan } from '../plan/plan.ts';
import { longestFragment, planFromFragment, planToFragment } from '../plan/url.ts';
import { parsePlanText, planProblem } from '../plan/validate.ts';
import { planModel } from './costs.ts';
import {
  bundledBase,
  currentPlan,
  editPlan,
  markSaved,
  startDocument,
  useDocument,
} from './documentStore.ts';
import { model } from './sessionStore.ts';

const key = 'scion.plan';
const delayMs = 300;

/** What autosave needs of a browser; `localStorage` and `location` in the page, plain objects in tests. */
export interface Desk {
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
  fragment(): string;
  setFragment(fragment: string): void;
}

/**
 * The document as the page opens: the link's plan if there is one, with the saved plan one undo below it, else the
 * saved plan, else an empty one. Returns a sentence when something could not be read; nothing is overwritten by that.
 */
export function openDocument(desk: Desk): string | null {
  const saved = attempt(() => readSaved(desk));
  const linked = attempt(() => planFromFragment(desk.fragment()));
  startDocument(saved.value ?? emptyPlan(bundledBase), saved.value ? 'Saved plan' : 'Pretrained model');
  if (linked.value)
    editPlan({ plan: unlessEqual(currentPlan(), linked.value), label: 'Opened from the link' });
  return linked.sentence ?? saved.sentence;
}

/** Takes over the plan of a link that was pasted into the open page. */
export function followLink(desk: Desk): string | null {
  const linked = attempt(() => planFromFragment(desk.fragment()));
  if (!linked.value) return linked.sentence;
  const info = model();
  const problem = info && planProblem(linked.value, planModel(info));
  if (problem) return problem;
  editPlan({ plan: unlessEqual(currentPlan(), linked.value), label: 'Opened from the link' });
  return null;
}

/** Saves after each change of the plan; returns what stops it. `flush` saves at once, for a page about to close. */
export function startAutosave(desk: Desk): { flush(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  // What was opened counts as saved: a plan that could not be read is not overwritten by an empty one.
  let saved: Plan = currentPlan();
  if (desk.fragment() === '' && graftedSlots(saved).length > 0) desk.setFragment(planToFragment(saved));
  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const plan = currentPlan();
    if (plan === saved) return;
    saved = plan;
    save(desk, plan);
  };
  const stop = useDocument.subscribe((state, before) => {
    if (state.history === before.history) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(flush, delayMs);
  });
  return { flush, stop };
}

function save(desk: Desk, plan: Plan): void {
  const fragment = planToFragment(plan);
  desk.setFragment(fragment.length > longestFragment ? '' : fragment);
  try {
    desk.storage.setItem(key, JSON.stringify(plan));
    markSaved(Date.now());
  } catch {
    // Storage is full or refused; the address still carries the plan, and the status bar does not claim "Saved".
  }
}

function readSaved(desk: Desk): Plan | undefined {
  const text = desk.storage.getItem(key);
  return text === null ? undefined : parsePlanText(text);
}

function unlessEqual(before: Plan, after: Plan): Plan {
  return planToFragment(before) === planToFragment(after) ? before : after;
}

function attempt(read: () => Plan | undefined): { value: Plan | undefined; sentence: string | null } {
  try {
    return { value: read(), sentence: null };
  } catch (error) {
    if (error instanceof UserError) return { value: undefined, sentence: error.message };
    throw error;
  }
}

export function browserDesk(): Desk {
  return {
    storage: localStorage,
    fragment: () => location.hash,
    setFragment: (fragment) =>
      history.replaceState(null, '', fragment === '' ? location.pathname + location.search : `#${fragment}`),
  };
}
