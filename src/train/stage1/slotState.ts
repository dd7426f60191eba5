// The training state of one slot in stage 1, and the rules by which it stops or is set back.
import type { SlotId } from '../../plan/plan.ts';
import type { SlotProgress } from '../graft/progress.ts';
import type { SlotError } from './evaluation.ts';
import type { InitialWeights } from './initialWeights.ts';

/** Everything that must survive a reload; vectors are stored beside it. */
export interface SlotRecord {
  readonly slot: SlotId;
  state: 'training' | 'flat' | 'done' | 'kept';
  /** Steps taken since the optimizer's moments were last cleared. */
  optimizerStep: number;
  /** Times that the learning rate was halved after a loss that was not finite. */
  setbacks: number;
  /** Steps taken in all. */
  step: number;
  readonly initial: InitialWeights['errors'];
  readonly chosen: InitialWeights['chosen'];
  /** Held-out errors in the order they were measured. */
  readonly errors: number[];
  byTimestep: readonly number[] | null;
  bestError: number;
  /** Step of stage 1 that the best weights were measured at; 0 is the start. */
  bestStep: number;
}

/** A slot is flat when this many evaluations improved its best error by less than 1 % in all. */
const patience = 4;
const improvement = 0.01;
export const maxSetbacks = 5;

export function newRecord(slot: SlotId, initial: InitialWeights): SlotRecord {
  const start = initial.errors[initial.chosen] ?? Number.POSITIVE_INFINITY;
  return {
    slot,
    state: 'training',
    optimizerStep: 0,
    setbacks: 0,
    step: 0,
    initial: initial.errors,
    chosen: initial.chosen,
    errors: [],
    byTimestep: null,
    bestError: start,
    bestStep: 0,
  };
}

/** Notes a measurement made after `step`; answers whether the weights are the best so far. */
export function noteError(record: SlotRecord, error: SlotError, step: number): 'best' | 'worse' {
  record.errors.push(error.relative);
  record.byTimestep = error.byTimestep;
  if (!(error.relative < record.bestError)) return 'worse';
  record.bestError = error.relative;
  record.bestStep = step;
  return 'best';
}

export function isFlat(record: SlotRecord): boolean {
  const { errors } = record;
  if (errors.length <= patience) return false;
  const before = Math.min(...errors.slice(0, -patience));
  const recent = Math.min(...errors.slice(-patience));
  return recent > before * (1 - improvement);
}

export function progressOf(record: SlotRecord): SlotProgress {
  return {
    slot: record.slot,
    state: record.state,
    step: record.step,
    error: record.errors.at(-1) ?? record.initial[record.chosen] ?? null,
    bestError: Number.isFinite(record.bestError) ? record.bestError : null,
    bestStep: record.bestStep,
    initial: record.initial,
    chosen: record.chosen,
    byTimestep: record.byTimestep,
  };
}
