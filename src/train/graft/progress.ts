// What a graft run tells about itself: plain data, shown by the page, printed by the command line, kept with the result.
import type { Initialisation, SlotId } from '../../plan/plan.ts';

export type RunPhase = 'prepare' | 'initialise' | 'stage1' | 'stage2' | 'score' | 'done';
/** `pausing`: a pause was asked for, and the step under way is being finished. */
export type RunState = 'running' | 'pausing' | 'paused' | 'cancelled' | 'failed' | 'finished';

/** Whether a pause was asked for and not taken back. */
export function isHeld(state: RunState | undefined): boolean {
  return state === 'pausing' || state === 'paused';
}

/** Whether a run has not ended: it goes on, or waits to. */
export function isUnderWay(state: RunState | undefined): boolean {
  return state === 'running' || isHeld(state);
}

export interface SlotProgress {
  readonly slot: SlotId;
  /** `kept`: ended before it was done, by a person or by losses that were not finite; its best weights are kept. */
  readonly state: 'queued' | 'training' | 'flat' | 'done' | 'kept';
  readonly step: number;
  /** Step that the best weights so far were measured at; 0 is the start. */
  readonly bestStep?: number;
  /** Relative error on held-out activations: |student − teacher| / |teacher|, Frobenius norms. */
  readonly error: number | null;
  readonly bestError: number | null;
  /** Held-out error before training of each initialisation measured. */
  readonly initial: Readonly<Partial<Record<Exclude<Initialisation, 'auto'>, number>>>;
  readonly chosen: Exclude<Initialisation, 'auto'> | null;
  /** Relative error in ten equal timestep bins, first bin t < 100. */
  readonly byTimestep: readonly number[] | null;
}

export interface RunProgress {
  readonly planHash: string;
  readonly phase: RunPhase;
  readonly state: RunState;
  readonly step: number;
  readonly steps: number;
  readonly slots: readonly SlotProgress[];
  readonly millisecondsPerStep: number | null;
  readonly etaSeconds: number | null;
  /** Training compute so far, and as a share of the base's pretraining compute (null when that is unknown). */
  readonly flops: number;
  readonly flopsShare: number | null;
  readonly savedAt: number | null;
}

export interface RunSummary extends RunProgress {
  readonly distanceBase: number | null;
  readonly distanceStage1: number | null;
  readonly distanceGraft: number | null;
  /** Images that each of the distances was measured on; absent where none was. */
  readonly distanceSamples?: number;
  /** Diffusion loss of the moving average on held-out images: before stage 2, and the lowest in it. */
  readonly heldOutLoss: { readonly afterStage1: number | null; readonly best: number | null };
  readonly seconds: number;
  /**
   * How far training moved each slot's weights from the base's: |W − W₀| / |W₀| over the tensors that the slot's
   * operator takes over from the base. Absent where it takes over none.
   */
  readonly drift?: Readonly<Partial<Record<SlotId, number>>>;
}

/** One point of a loss curve; `series` is a slot id in stage 1 and `stage2` in stage 2. */
export interface CurvePoint {
  readonly series: SlotId | 'stage2';
  readonly step: number;
  readonly loss: number;
  /** Relative held-out error, where it was evaluated at this step. */
  readonly error: number | null;
  /** Mean loss of all points that this one stands for; absent where it stands for itself. */
  readonly mean?: number;
}

/** What happened, what it means for the work, what can be done. */
export interface Problem {
  readonly id: string;
  readonly severity: 'warning' | 'error';
  readonly text: string;
  readonly slot: SlotId | null;
  /** The likely action, offered as a button. */
  readonly action: 'resume' | 'retry' | 'smallerBatch' | 'smallerRate' | 'freeSpace' | null;
}
