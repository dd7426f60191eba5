// The one typed protocol between the page and its trainer worker. Everything here survives structured cloning.
import type { WrittenBlock } from '../generator/operators/inspectWritten.ts';
import type { DitShape } from '../models/shape.ts';
import type { Plan, SlotId, SlotKind } from '../plan/plan.ts';
import type { Candidate } from '../plan/search/candidate.ts';
import type { ModelFiles, UnknownTensor } from '../train/exporting/stored/storedModel.ts';
import type { CurvePoint, Problem, RunPhase, RunProgress, RunSummary } from '../train/graft/progress.ts';

export type { DitShape } from '../models/shape.ts';
export type { ModelFiles, UnknownTensor } from '../train/exporting/stored/storedModel.ts';
export {
  type CurvePoint,
  isHeld,
  isUnderWay,
  type Problem,
  type RunPhase,
  type RunProgress,
  type RunState,
  type RunSummary,
  type SlotProgress,
} from '../train/graft/progress.ts';

/** What the page asks for. Each request is answered by exactly one `reply` or `failure` with its id. */
export type TrainerRequest =
  | { readonly kind: 'open'; readonly source: ModelSource; readonly engine: EngineChoice }
  | { readonly kind: 'sample'; readonly job: SampleJob }
  | {
      readonly kind: 'graft';
      readonly plan: Plan;
      readonly resume: boolean;
      /** With `resume`: hash of the plan whose unfinished run gives stage 1, where this plan only changes stage 2. */
      readonly from?: string;
    }
  | { readonly kind: 'pause' }
  | { readonly kind: 'continue' }
  /** From now on, for every run. */
  | { readonly kind: 'pace'; readonly pace: RunPace }
  /** Ends the run and keeps the best weights of every slot so far. */
  | { readonly kind: 'cancel' }
  /** Stops the sampling job of this id, if it still runs. */
  | { readonly kind: 'stopSample'; readonly jobId: string }
  | { readonly kind: 'distance'; readonly plan: Plan; readonly samples: number }
  /** Stops a measurement of distances that is going on. */
  | { readonly kind: 'stopDistance' }
  /** Grafts every slot with the operator that it already holds; nothing may change by that. */
  | { readonly kind: 'identity' }
  | { readonly kind: 'measure'; readonly plan: Plan }
  /** How local the base's attention is, slot by slot. */
  | { readonly kind: 'locality' }
  /** How far the graft's residual stream is from the base's, block by block. */
  | { readonly kind: 'streamError'; readonly plan: Plan }
  /** The short filters of a grafted slot. */
  | { readonly kind: 'filters'; readonly plan: Plan; readonly slot: SlotId }
  /** The generated weights of a plan's operators beside the fitted ones; slots that no generator knows are left out. */
  | { readonly kind: 'written'; readonly plan: Plan }
  | { readonly kind: 'export'; readonly plan: Plan; readonly format: ExportFormat }
  | { readonly kind: 'import'; readonly file: File }
  /**
   * How much the model's output changes when only one slot is swapped, for every slot and every candidate that fits it:
   * what is stored, and with `measure` the rest too, whenever nothing else needs the device.
   */
  | {
      readonly kind: 'sensitivity';
      readonly candidates: readonly Candidate[];
      readonly slots: readonly SlotId[];
      readonly effort: 'stored' | 'measure';
    }
  /** Stops measuring sensitivities; what was found is kept. */
  | { readonly kind: 'stopSensitivity' }
  /** Output change of a whole plan, with the weights it would start from or with the best that it has. */
  | { readonly kind: 'outputChange'; readonly plan: Plan; readonly of: 'start' | 'best' }
  /** Unfinished and finished runs found in storage. */
  | { readonly kind: 'runs' }
  /** The unfinished run of this plan, or its result where there is no unfinished one. */
  | { readonly kind: 'deleteRun'; readonly planHash: string }
  /** What takes room in the browser's storage, of all models. */
  | { readonly kind: 'storage' }
  | { readonly kind: 'deleteStored'; readonly name: string }
  /** Saves the run that goes on as soon as it can, and answers when it is saved: the page may be hidden or closed. */
  | { readonly kind: 'flush' };

/**
 * `full`: a run takes the device whenever it can. `smooth`: it rests after every piece of work, so that the page, other
 * tabs and other programs get the device and the cores too.
 */
export type RunPace = 'full' | 'smooth';

export type EngineChoice = 'auto' | 'wasm' | 'webgpu';

export type ModelSource = { readonly kind: 'bundled' } | ModelFiles;

/** What trainers write; pictures and reports are made by the page from what it shows. */
export type ExportFormat = 'safetensors' | 'onnx' | 'pytorch' | 'yaml';

/** Same seeds for base and graft: image i starts from the noise of (seed + i). */
export interface SampleJob {
  readonly jobId: string;
  /** `base` ignores the plan's slots. */
  readonly which: 'base' | 'graft';
  readonly plan: Plan;
  readonly seed: number;
  /** One class a picture; its length is the number of pictures. */
  readonly classes: readonly number[];
  readonly guidance: number;
  readonly steps: number;
  readonly sampler: 'ddim' | 'ddpm';
  /** `stage1`: with the weights that stage 1 left, before the fine-tune. Absent: with the newest there are. */
  readonly stage?: 'stage1';
  /** Slots of the plan that run the base's operator with the base's weights; everything else stays the graft's. */
  readonly bypassed?: readonly SlotId[];
}

/** What a request resolves to, by its kind. */
export interface TrainerReplies {
  open: ModelInfo;
  sample: {
    readonly jobId: string;
    readonly finished: boolean;
    readonly milliseconds: number;
    /** Absent when it was stopped before its weights were found. */
    readonly weights?: WeightsOrigin;
    readonly stage?: WeightsStage | null;
  };
  graft: RunSummary;
  pause: null;
  continue: null;
  pace: null;
  cancel: null;
  stopSample: null;
  distance: {
    readonly base: number;
    readonly graft: number;
    /** With the weights that stage 1 left, where they are kept beside a fine-tuned result. */
    readonly stage1?: number | null;
    readonly samples: number;
    readonly weights?: WeightsOrigin;
    readonly stage?: WeightsStage | null;
  };
  stopDistance: null;
  identity: IdentityCheck;
  measure: Measurement;
  locality: Locality;
  streamError: StreamError;
  filters: SlotFilters;
  written: readonly WrittenSlot[];
  sensitivity: Sensitivities;
  stopSensitivity: null;
  outputChange: OutputChange & { readonly weights: WeightsOrigin };
  export: ExportedFile;
  import: ImportedFile;
  runs: readonly StoredRun[];
  deleteRun: null;
  storage: readonly StoredItem[];
  deleteStored: null;
  flush: null;
}

/**
 * Where a model's weights come from: `pretrained` is the base, `trained` the result of a finished or cancelled run,
 * `unfinished` the best so far of a run that goes on or was left, `untrained` the start that stage 1 would take.
 */
export type WeightsOrigin = 'pretrained' | 'trained' | 'unfinished' | 'untrained';

/** How far weights are in training, and the step that they were measured at; null where it is unknown. */
export interface WeightsStage {
  /** `start` is untrained, `stage1` the best of distillation, `stage2` the best moving average of fine-tuning. */
  readonly stage: 'start' | 'stage1' | 'stage2';
  readonly step: number | null;
}

/** The control experiment: the base against itself, every slot grafted with its own operator and weights. */
export interface IdentityCheck {
  readonly slots: number;
  readonly inputs: number;
  readonly maxDeviation: number;
}

export interface ModelInfo {
  readonly id: string;
  readonly label: string;
  readonly engine: string;
  /** True with WebAssembly threads or a GPU; false gets a visible note. */
  readonly parallel: boolean;
  /** A sentence for the person when something is wrong (one thread only, a file that is not whole). */
  readonly note: string | null;
  /** Why this device computes, where the person may wonder; nothing is wrong. */
  readonly remark?: string;
  readonly config: DitShape;
  readonly classNames: readonly string[];
  readonly pretrainingFlops: number | null;
  /** What cannot be done with this model here; absent where everything can. */
  readonly limits?: ModelLimits;
  /** Tensors of the file that belong to no part of the model. */
  readonly unknown?: readonly UnknownTensor[];
}

/** One sentence each; null for what can be done. */
export interface ModelLimits {
  readonly images: string | null;
  readonly training: string | null;
}

/** Generated weights of one slot: the block that the generator wrote, beside those of fitted operators. */
export interface WrittenSlot extends WrittenBlock {
  readonly slot: SlotId;
}

/** Forward time of one image batch, base against graft, in milliseconds, and of each changed slot's operator alone. */
export interface Measurement {
  readonly batch: number;
  readonly baseMs: number;
  readonly graftMs: number;
  readonly slots: readonly {
    readonly slot: SlotId;
    readonly teacherMs: number;
    readonly operatorMs: number;
  }[];
}

/** The base's attention on held-out images, noised to random timesteps. */
export interface Locality {
  /** Tokens on each side along the raster order that count as near: an eighth of all, as in the paper's setting. */
  readonly k: number;
  readonly tokens: number;
  /** The score of attention that spreads evenly. */
  readonly uniform: number;
  readonly images: number;
  readonly slots: readonly {
    readonly slot: SlotId;
    /** Share of the attention within k tokens, L_k of arXiv 2506.05340. */
    readonly score: number;
    /** The map that the score is taken from, the mean over images and heads [tokens, tokens]. */
    readonly map: Float32Array;
  }[];
}

/** Relative error |graft − base| / |base| of the tokens after each block, on held-out images. */
export interface StreamError {
  readonly planHash: string;
  readonly blocks: readonly number[];
  /** The same in ten equal timestep bins, first bin t < 100: [block][bin]. */
  readonly byTimestep: readonly (readonly number[])[];
  readonly weights: WeightsOrigin;
}

export interface SlotFilters {
  readonly slot: SlotId;
  /** Root mean square over channels of every tap, the token itself last. */
  readonly filters: readonly { readonly name: string; readonly taps: readonly number[] }[];
  readonly weights: WeightsOrigin;
}

/** Relative L2 change of the predicted noise on held-out noised images: |ε′ − ε| / |ε|. */
export interface OutputChange {
  readonly change: number;
  /** At evenly spaced timesteps, the least noisy first. */
  readonly byTimestep: readonly number[];
}

/** The output change when only this slot is swapped, with the best start that needs no training. */
export interface Sensitivity extends OutputChange {
  readonly slot: SlotId;
  readonly candidate: Candidate;
  readonly initialisation: 'random' | 'inherit' | 'ridge' | 'generated';
  /** |student − teacher| / |teacher| of the operator alone, on held-out activations. */
  readonly slotError: number;
}

/** Forward time of an operator beside the teacher's, for a batch of images. */
export interface OperatorTime {
  readonly candidate: Candidate;
  readonly kind: SlotKind;
  readonly batch: number;
  readonly teacherMs: number;
  readonly operatorMs: number;
}

export interface Sensitivities {
  readonly found: readonly Sensitivity[];
  readonly times: readonly OperatorTime[];
  /** Forward time of the unchanged model; null until it was measured in this visit. */
  readonly base: { readonly batch: number; readonly milliseconds: number } | null;
  /** False when it was stopped, or when stored values alone were asked for and some are missing. */
  readonly complete: boolean;
}

export interface SensitivityProgress extends Omit<Sensitivities, 'complete'> {
  /** What was found since the last message is in `found` and `times`; counted are slots and operator times. */
  readonly done: number;
  readonly all: number;
  /** What is being measured: a candidate; null for the model as a whole. */
  readonly candidate: Candidate | null;
}

export interface ExportedFile {
  readonly name: string;
  /** May be larger than memory: parts of it may be slices of an opened file. */
  readonly blob: Blob;
  /** Largest deviation of the re-read and re-run file from the model in memory, over `inputs` inputs; null if not run. */
  readonly maxDeviation: number | null;
  readonly inputs: number;
  /** One sentence on what was checked. */
  readonly checked: string;
  readonly weights?: WeightsOrigin;
}

export interface ImportedFile {
  readonly kind: 'plan' | 'model';
  readonly plan: Plan;
  /** True when the file carried trained weights, now stored as the plan's result. */
  readonly weights: boolean;
  readonly sentence: string;
}

/** One thing that takes room in storage. */
export interface StoredItem {
  readonly name: string;
  readonly kind: 'run' | 'result' | 'measurements';
  /** Null for measurements, which belong to no one plan. */
  readonly plan: Plan | null;
  /** Room on the disk, with the spare copy that protects it from a crash. */
  readonly bytes: number;
  readonly savedAt: number;
}

export interface StoredRun {
  readonly planHash: string;
  readonly plan: Plan;
  readonly finished: boolean;
  readonly phase: RunPhase;
  readonly step: number;
  readonly steps: number;
  readonly savedAt: number;
  readonly bytes: number;
  readonly summary: RunSummary | null;
  readonly points: readonly CurvePoint[];
  /** True where a fine-tune followed stage 1 and the weights from before it were kept too. */
  readonly keepsStage1?: boolean;
}

/** What the worker tells on its own, at most ten times a second per kind. */
export type TrainerEvent =
  | { readonly kind: 'progress'; readonly progress: RunProgress }
  | { readonly kind: 'points'; readonly planHash: string; readonly points: readonly CurvePoint[] }
  | { readonly kind: 'frame'; readonly frame: SampleFrame }
  | { readonly kind: 'sensitivity'; readonly progress: SensitivityProgress }
  | { readonly kind: 'status'; readonly text: string; readonly fraction: number | null }
  /** How far the measurement of a distance is. */
  | { readonly kind: 'scoring'; readonly scoring: Scoring }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** A problem that was told is over. */
  | { readonly kind: 'solved'; readonly id: string };

export interface Scoring {
  readonly of: 'base' | 'stage1' | 'graft';
  readonly done: number;
  readonly samples: number;
}

/** Pictures after one denoising step: the model's estimate of x0, 8-bit, [image, channel, row, column]. */
export interface SampleFrame {
  readonly jobId: string;
  readonly which: 'base' | 'graft';
  readonly step: number;
  readonly steps: number;
  readonly size: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export type ToWorker = { readonly id: number; readonly request: TrainerRequest };
export type FromWorker =
  /** The worker holds the lock of this name as long as it lives. */
  | { readonly type: 'alive'; readonly lock: string }
  | { readonly type: 'reply'; readonly id: number; readonly value: TrainerReplies[TrainerRequest['kind']] }
  | {
      readonly type: 'failure';
      readonly id: number;
      readonly message: string;
      readonly action: string | null;
    }
  | { readonly type: 'event'; readonly event: TrainerEvent };
