// What the trainer told: the open model, the run, curves, pictures, measurements and problems. Nothing of it is the document.
import { create } from 'zustand';
import type { Plan, SlotId } from '../plan/plan.ts';
import {
  type ExportedFile,
  type ExportFormat,
  type IdentityCheck,
  isUnderWay,
  type Measurement,
  type ModelInfo,
  type Problem,
  type RunProgress,
  type RunSummary,
  type Scoring,
  type SlotProgress,
  type StoredRun,
} from '../workers/protocol.ts';
import { type Curves, noCurves } from './curves.ts';
import { noStrips, type Strips } from './images.ts';

export type Opening =
  | { readonly state: 'opening' }
  | { readonly state: 'ready'; readonly model: ModelInfo }
  | { readonly state: 'failed'; readonly sentence: string };

/** The engine of a model of which no more than the header is read. */
export const headerOnly = 'opening';

export interface Distance {
  readonly planHash: string;
  readonly base: number;
  readonly graft: number;
  /** With the weights that stage 1 left; null where they are not kept. */
  readonly stage1?: number | null;
  readonly samples: number;
}

/** What the trainer writes, and what the page makes of what it shows. */
export type ExportKind = ExportFormat | 'png' | 'html';

export type ExportState =
  | { readonly state: 'working' }
  | { readonly state: 'done'; readonly file: ExportedFile; readonly planHash: string }
  | { readonly state: 'failed'; readonly sentence: string };

export interface Shown extends Problem {
  readonly at: number;
}

export interface SessionState {
  readonly opening: Opening;
  /** What the worker is doing outside of a run, and how far it is; null when it rests. */
  readonly status: { readonly text: string; readonly fraction: number | null } | null;
  readonly run: RunProgress | null;
  readonly runPlan: Plan | null;
  readonly curves: Curves;
  /** Results by plan hash; undo never deletes them. */
  readonly summaries: Readonly<Record<string, RunSummary>>;
  readonly storedRuns: readonly StoredRun[];
  /** An unfinished run that the person has not decided about. */
  readonly resumable: StoredRun | null;
  readonly strips: Strips;
  /** Denoising step on show; null is the last one there is. */
  readonly scrubStep: number | null;
  readonly measurements: Readonly<Record<string, Measurement>>;
  readonly distances: Readonly<Record<string, Distance>>;
  readonly busy: { readonly measuring: boolean; readonly scoring: boolean; readonly starting: boolean };
  /** How far the measurement of a distance is; null when none goes on. */
  readonly scoring: Scoring | null;
  /** The last outcome of the control experiment in this visit. */
  readonly identity: IdentityCheck | null;
  /** By kind; absent until it was asked for. */
  readonly exports: Readonly<Partial<Record<ExportKind, ExportState>>>;
  readonly problems: readonly Shown[];
}

export const startOfSession: SessionState = {
  opening: { state: 'opening' },
  status: null,
  run: null,
  runPlan: null,
  curves: noCurves,
  summaries: {},
  storedRuns: [],
  resumable: null,
  strips: noStrips,
  scrubStep: null,
  measurements: {},
  distances: {},
  busy: { measuring: false, scoring: false, starting: false },
  scoring: null,
  identity: null,
  exports: {},
  problems: [],
};

export const useSession = create<SessionState>()(() => startOfSession);

export const selectModel = (state: SessionState): ModelInfo | null =>
  state.opening.state === 'ready' ? state.opening.model : null;

/** Progress of one slot in the run on show. Keeps its identity while nothing of this slot changes. */
export const selectSlotProgress =
  (slot: SlotId) =>
  (state: SessionState): SlotProgress | undefined =>
    state.run?.slots.find((progress) => progress.slot === slot);

export const selectSlotProblem =
  (slot: SlotId) =>
  (state: SessionState): Shown | undefined =>
    state.problems.find((problem) => problem.slot === slot);

export const selectIsTraining = (state: SessionState): boolean =>
  state.busy.starting || isUnderWay(state.run?.state);

/** Progress with the identity of unchanged slots kept, so that only slots that moved render. */
export function keepIdentity(before: RunProgress | null, after: RunProgress): RunProgress {
  if (!before) return after;
  const slots = after.slots.map((slot) => {
    const known = before.slots.find((candidate) => candidate.slot === slot.slot);
    return known && sameProgress(known, slot) ? known : slot;
  });
  return { ...after, slots };
}

function sameProgress(a: SlotProgress, b: SlotProgress): boolean {
  return (
    a.state === b.state &&
    a.step === b.step &&
    a.error === b.error &&
    a.chosen === b.chosen &&
    a.bestStep === b.bestStep &&
    Object.keys(a.initial).length === Object.keys(b.initial).length
  );
}

export function model(): ModelInfo | null {
  return selectModel(useSession.getState());
}

export function addProblem(problem: Problem): void {
  useSession.setState(({ problems }) => ({
    problems: [{ ...problem, at: Date.now() }, ...problems.filter((known) => known.id !== problem.id)],
  }));
}

export function dismissProblem(id: string): void {
  useSession.setState(({ problems }) => ({ problems: problems.filter((problem) => problem.id !== id) }));
}

export function setScrubStep(scrubStep: number | null): void {
  useSession.setState({ scrubStep });
}
