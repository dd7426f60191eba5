// What is known for the search over plans, and what a person asks of it. Sensitivities belong to the open model; they
// come from the trainer as they are measured.
import { create } from 'zustand';
import type { Plan, SlotId } from '../plan/plan.ts';
import { type Candidate, candidateKey } from '../plan/search/candidate.ts';
import type { ChangeOf } from '../plan/search/damage.ts';
import type { OperatorTime, Sensitivities, Sensitivity, SensitivityProgress } from '../workers/protocol.ts';
import { useSession } from './sessionStore.ts';

export type BudgetKind = 'macs' | 'parameters' | 'latency';

export interface Budget {
  readonly kind: BudgetKind;
  /** Least saving against the unchanged model, in percent. */
  readonly saving: number;
  /** Rows and columns of the token grid that MACs are counted at; null for the model's own. */
  readonly side: number | null;
}

export type SearchJob =
  | { readonly state: 'rest' }
  | {
      readonly state: 'measuring';
      readonly done: number;
      readonly all: number;
      readonly candidate: Candidate | null;
      /** When it began, and how much was already there. */
      readonly since: number;
      readonly doneBefore: number;
    }
  | { readonly state: 'failed'; readonly sentence: string };

/** Measured output change of a whole plan: with the weights it starts from, and after its run. */
export interface PlanChange {
  readonly plan: Plan;
  readonly start: number | null;
  readonly trained: number | null;
  /** The run that `trained` is of, by when it was saved. */
  readonly runSavedAt: number | null;
}

export interface SearchState {
  /** Keys of the candidates that are measured and searched; null for the usual ones. */
  readonly chosen: readonly string[] | null;
  readonly sensitivities: ReadonlyMap<string, Sensitivity>;
  readonly times: ReadonlyMap<string, OperatorTime>;
  readonly base: Sensitivities['base'];
  readonly job: SearchJob;
  readonly budget: Budget;
  /** By plan hash. */
  readonly changes: Readonly<Record<string, PlanChange>>;
  /** A plan whose output change is being measured now. */
  readonly checking: string | null;
  /** How many of the safest slots a candidate is put on. */
  readonly safest: { readonly candidate: string | null; readonly count: number };
}

export const startOfSearch: SearchState = {
  chosen: null,
  sensitivities: new Map(),
  times: new Map(),
  base: null,
  job: { state: 'rest' },
  budget: { kind: 'macs', saving: 10, side: null },
  changes: {},
  checking: null,
  safest: { candidate: null, count: 2 },
};

export const useSearch = create<SearchState>()(() => startOfSearch);

const keyOf = (slot: SlotId, candidate: Candidate) => `${slot} ${candidateKey(candidate)}`;

/** The measured change of a slot, as the damage model asks for it. */
export function changeIn(sensitivities: SearchState['sensitivities']): ChangeOf {
  return (slot, candidate) => sensitivities.get(keyOf(slot, candidate))?.change;
}

export function sensitivityOf(
  sensitivities: SearchState['sensitivities'],
  slot: SlotId,
  candidate: Candidate,
): Sensitivity | undefined {
  return sensitivities.get(keyOf(slot, candidate));
}

/** Adds what the trainer found; maps keep their identity where nothing is new. */
export function keepFound({ found, times, base }: Omit<Sensitivities, 'complete'>): void {
  useSearch.setState((state) => ({
    sensitivities: extended(state.sensitivities, found, ({ slot, candidate }) => keyOf(slot, candidate)),
    times: extended(state.times, times, ({ candidate }) => candidateKey(candidate)),
    base: base ?? state.base,
  }));
}

function extended<T>(
  map: ReadonlyMap<string, T>,
  values: readonly T[],
  key: (value: T) => string,
): ReadonlyMap<string, T> {
  if (values.length === 0) return map;
  return new Map([...map, ...values.map((value) => [key(value), value] as const)]);
}

/** What the trainer tells while it measures. */
export function receiveSensitivity(progress: SensitivityProgress): void {
  keepFound(progress);
  const { job: before } = useSearch.getState();
  // What was loaded for it is loaded; from here on the panel tells how far it is.
  if (before.state === 'measuring' && before.all === 0) useSession.setState({ status: null });
  useSearch.setState(({ job }) => {
    // A message that is late, after the job was answered, only brings its values.
    if (job.state !== 'measuring') return {};
    const { done, all, candidate } = progress;
    return { job: { ...job, done, all, candidate, doneBefore: job.all === 0 ? done : job.doneBefore } };
  });
}

/** Another model is open: nothing that was measured is of it. */
export function forgetSearch(): void {
  const { budget, safest } = useSearch.getState();
  useSearch.setState({ ...startOfSearch, budget, safest });
}

export function setBudget(patch: Partial<Budget>): void {
  useSearch.setState(({ budget }) => ({ budget: { ...budget, ...patch } }));
}

export function setSafest(patch: Partial<SearchState['safest']>): void {
  useSearch.setState(({ safest }) => ({ safest: { ...safest, ...patch } }));
}
