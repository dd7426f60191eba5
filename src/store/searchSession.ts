// What the search asks of the trainer and of the document: measure, stop, load a plan, replace the safest, check plans.
import { sentence, UserError } from '../lib/errors.ts';
import { graftedSlots, replaceOperator } from '../plan/edits.ts';
import { planHash } from '../plan/hash.ts';
import type { Plan } from '../plan/plan.ts';
import { type Candidate, candidateKey } from '../plan/search/candidate.ts';
import { safestSlots } from '../plan/search/choose.ts';
import { allSlots } from '../plan/slots.ts';
import { currentPlan, editPlan } from './documentStore.ts';
import { heldLabel } from './placing.ts';
import { changeIn, forgetSearch, keepFound, type PlanChange, useSearch } from './search.ts';
import { chosenCandidates, planAt, type Search } from './searchPlans.ts';
import { addProblem, model, useSession } from './sessionStore.ts';
import { askTrainer, isTraining } from './trainerSession.ts';
import { announce, say, select } from './viewStore.ts';

/** The model that the state of the search belongs to. */
let searched: string | null = null;

/** Reads what earlier visits measured of the open model. */
export async function recallSensitivities(): Promise<void> {
  const info = model();
  if (!info) return;
  const opened = `${info.id} ${info.label}`;
  if (searched !== null && searched !== opened) forgetSearch();
  searched = opened;
  await ask('stored');
}

/** Measures what is missing of the chosen candidates, while nothing else needs the trainer. */
export async function measureSensitivities(start: 'by hand' | 'by itself' = 'by hand'): Promise<void> {
  if (useSearch.getState().job.state === 'measuring') return;
  useSearch.setState({
    job: { state: 'measuring', done: 0, all: 0, candidate: null, since: Date.now(), doneBefore: 0 },
  });
  if (start === 'by hand') announce('Measuring the sensitivity of every slot in the background.');
  try {
    const complete = await ask('measure');
    useSearch.setState({ job: { state: 'rest' } });
    if (start === 'by itself') return;
    announce(
      complete ? 'The sensitivity of every slot is measured.' : 'Measuring stopped; what was found is kept.',
    );
  } catch (error) {
    useSearch.setState({ job: { state: 'failed', sentence: sentence(error) } });
    useSession.setState({ status: null });
  }
}

export async function stopSensitivities(): Promise<void> {
  await askTrainer({ kind: 'stopSensitivity' });
}

/** Answers whether everything that was asked for is there. */
async function ask(effort: 'stored' | 'measure'): Promise<boolean> {
  const info = model();
  if (!info) throw new UserError('The model is still opening; try again in a moment.');
  const { chosen } = useSearch.getState();
  const reply = await askTrainer({
    kind: 'sensitivity',
    candidates: chosenCandidates(info.config, chosen),
    slots: allSlots(info.config.depth),
    effort,
  });
  if (model()?.label === info.label) keepFound(reply);
  return reply.complete;
}

/** Adds a candidate to those that are measured and searched, or takes it out. */
export function toggleCandidate(candidate: Candidate): void {
  const info = model();
  if (!info) return;
  const key = candidateKey(candidate);
  const now = chosenCandidates(info.config, useSearch.getState().chosen).map(candidateKey);
  const chosen = now.includes(key) ? now.filter((other) => other !== key) : [...now, key];
  useSearch.setState({ chosen });
  void ask('stored').catch(() => undefined);
}

/** Makes a point of the front the plan: one step of the history. */
export function loadPoint(search: Search, index: number, words: string): boolean {
  const before = currentPlan();
  const plan = planAt(search, index, before);
  const changed = editPlan({ plan, label: `Search: ${words}` });
  const count = graftedSlots(plan).length;
  say(
    changed
      ? `The plan with ${words} is loaded: ${count} ${count === 1 ? 'slot' : 'slots'} changed. Undo brings yours back.`
      : 'This is the present plan already.',
  );
  return changed;
}

/** Puts a candidate on the k slots that mind it least; the others of the plan stay as they are. */
export function replaceSafest(candidate: Candidate, count: number): boolean {
  const info = model();
  if (!info) return false;
  const { sensitivities } = useSearch.getState();
  const slots = safestSlots(allSlots(info.config.depth), candidate, count, changeIn(sensitivities));
  const [first] = slots;
  if (first === undefined) return false;
  const held = { ...candidate, initialisation: 'auto' as const };
  const words = heldLabel(info.config, first, held);
  const changed = editPlan({
    plan: replaceOperator(currentPlan(), slots, held),
    label: `${words} on the ${slots.length} safest slots`,
  });
  select(slots, first);
  announce(`${words} is on the ${slots.length} slots that mind it least.`);
  return changed;
}

/** Output change of a plan before its run, and after it where there is one. Measured once; the trainer keeps it. */
export async function checkPlan(plan: Plan): Promise<void> {
  const hash = planHash(plan);
  if (useSearch.getState().checking !== null) return;
  const run = useSession.getState().storedRuns.find((stored) => stored.finished && stored.planHash === hash);
  useSearch.setState({ checking: hash });
  try {
    const start = await askTrainer({ kind: 'outputChange', plan, of: 'start' });
    keepChange(hash, { plan, start: start.change });
    if (run) {
      const best = await askTrainer({ kind: 'outputChange', plan, of: 'best' });
      keepChange(hash, { plan, trained: best.change });
    }
  } catch (error) {
    addProblem({ id: 'output-change', severity: 'warning', text: sentence(error), slot: null, action: null });
  } finally {
    // Also after a failure, so that it is not tried again and again.
    keepChange(hash, { plan, runSavedAt: run?.savedAt ?? null });
    useSearch.setState({ checking: null });
    useSession.setState({ status: null });
  }
}

function keepChange(hash: string, patch: Pick<PlanChange, 'plan'> & Partial<PlanChange>): void {
  const nothing = { start: null, trained: null, runSavedAt: null };
  useSearch.setState(({ changes }) => ({
    changes: { ...changes, [hash]: { ...nothing, ...changes[hash], ...patch } },
  }));
}

/** Finished runs of the open model become measured points, one after the other, while no run goes on. */
export async function checkFinishedRuns(): Promise<void> {
  for (const run of useSession.getState().storedRuns) {
    if (isTraining() || useSearch.getState().checking !== null) return;
    const known = useSearch.getState().changes[run.planHash];
    const isNew = run.finished && graftedSlots(run.plan).length > 0 && known?.runSavedAt !== run.savedAt;
    if (isNew) await checkPlan(run.plan);
  }
}
