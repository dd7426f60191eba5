// The typed protocol between the page and its generator worker, which writes initial weights for phrases and draws with
// them. Everything here survives structured cloning.

/** How a concept's adapter starts; the same names as the study's methods. */
export const startIds = ['generated', 'nearest', 'mean', 'regressor', 'solved', 'random'] as const;
export type StartId = (typeof startIds)[number];

/** What the page asks for. Each request is answered by exactly one `reply` or `failure` with its id. */
export type GeneratorRequest =
  /** Loads the files and compiles what drawing needs; a second call answers at once. */
  | { readonly kind: 'open' }
  | { readonly kind: 'draw'; readonly job: DrawJob }
  /** How far an adapter is from the concept that its phrase names. */
  | { readonly kind: 'measure'; readonly job: MeasureJob }
  /** Fine-tunes the adapters of one phrase from several starts, one after the other, on the same pictures. */
  | { readonly kind: 'tune'; readonly job: TuneJob }
  /** How an adapter relates to trained ones, block by block. */
  | { readonly kind: 'inspect'; readonly adapter: AdapterName }
  /** Stops the job of this id, if it still runs. */
  | { readonly kind: 'stop'; readonly jobId: string };

/** Which adapter: made once for the bundled base, then kept. */
export interface AdapterName {
  readonly phrase: string;
  readonly start: StartId;
  /** Noise of the generated start; the other starts take none, or their own. */
  readonly seed: number;
  /** `tuned`: as the last fine-tune of this start in this visit left it. */
  readonly weights: 'start' | 'tuned';
}

export interface DrawJob {
  readonly jobId: string;
  readonly adapter: AdapterName;
  /** Number of the emoji, in the order of `StylesInfo.emoji`. */
  readonly emoji: number;
}

export interface MeasureJob {
  readonly jobId: string;
  readonly adapter: AdapterName;
}

export interface TuneJob {
  readonly jobId: string;
  readonly phrase: string;
  readonly seed: number;
  readonly starts: readonly StartId[];
  readonly steps: number;
  /** Whose picture is drawn as it goes. */
  readonly emoji: number;
}

export interface GeneratorReplies {
  open: StylesInfo;
  draw: Drawn;
  /** Mean absolute distance to the concept on held-out emoji, pictures between −1 and 1; null without a recipe. */
  measure: number | null;
  tune: Tuned;
  inspect: Inspection;
  stop: null;
}

/** How new a concept is to the generator: it learned from it, or its level, its family or this combination is new. */
export type ConceptPart = 'train' | 'level' | 'family' | 'combination';

export interface ConceptInfo {
  readonly id: string;
  /** Its usual phrase. */
  readonly phrase: string;
  readonly part: ConceptPart;
}

export interface Suggestion extends ConceptInfo {
  /** Suggestions of one family differ in level; the usual one stands for all until something is typed. */
  readonly family: string;
  readonly isUsual: boolean;
}

export interface StylesInfo {
  readonly engine: string;
  /** Names of all emoji; those from `trained` on were held out from all training. */
  readonly emoji: readonly string[];
  readonly trained: number;
  readonly side: number;
  readonly suggestions: readonly Suggestion[];
  /** Why a start cannot be made here, one sentence; null where it can. */
  readonly starts: Readonly<Record<StartId, string | null>>;
  readonly recommended: { readonly start: StartId; readonly why: string };
}

export interface Drawn {
  readonly jobId: string;
  readonly adapter: AdapterName;
  readonly emoji: number;
  /** Numbers of the emoji on the pictures: the one that was asked for, then held-out ones. */
  readonly shown: readonly number[];
  /** 8-bit pictures [shown, 3, side, side]: before, drawn, and as the concept itself is drawn where it has a recipe. */
  readonly source: Uint8Array;
  readonly drawn: Uint8Array;
  readonly wanted: Uint8Array | null;
  /** What `measure` answers, where it was measured before. */
  readonly distance: number | null;
  readonly concept: ConceptInfo | null;
  /** Words that the text encoder has never seen, with known ones that are spelt alike. */
  readonly unknown: readonly { readonly word: string; readonly near: readonly string[] }[];
  /** Of the nearest start: whose adapter it is. */
  readonly neighbour: { readonly phrase: string; readonly similarity: number } | null;
  /** Pairs of the concept that the weights were made from; null where they were made from the phrase alone, or from nothing. */
  readonly seen: number | null;
  /**
   * How far the adapter goes from the mean of all trained ones towards what was written for the phrase, 0 to 1, as a few
   * of the concept's pictures say; null where no phrase was read, its pictures were, or it names no concept.
   */
  readonly share: number | null;
  /** Making the adapter, and drawing with it; `make` is null for one that was kept. */
  readonly milliseconds: { readonly make: number | null; readonly draw: number };
}

export interface TunePoint {
  readonly start: StartId;
  readonly step: number;
  /** Of making the start and of the steps; measuring is left out. */
  readonly seconds: number;
  /** Mean absolute distance of the step's own batch; null before the first step. */
  readonly batch: number | null;
  /** The same on held-out emoji, measured at some steps. */
  readonly heldOut: number | null;
}

export interface Tuned {
  readonly jobId: string;
  /** False when it was stopped; what was learned until then is kept. */
  readonly finished: boolean;
}

export interface Inspection {
  readonly adapter: AdapterName;
  /** Numbers in a block. */
  readonly size: number;
  /** Layers of the translator, and their blocks. */
  readonly layers: readonly { readonly name: string; readonly firstBlock: number; readonly blocks: number }[];
  readonly blocks: readonly InspectedBlock[];
  /** Trained adapters of that many concepts are compared with. */
  readonly concepts: number;
  /** The trained adapter that is nearest as a whole, in deviations of its tensors. */
  readonly nearest: { readonly phrase: string; readonly distance: number };
  /** The same for the mean adapter. */
  readonly mean: number;
  /** What that distance is between trained adapters: the median over some of them. */
  readonly typical: number;
}

export interface InspectedBlock {
  /** The layer or tensor that it is cut from. */
  readonly group: string;
  /** Norm over the root mean square norm of trained blocks of this index, as deviations from the mean adapter. */
  readonly normRatio: number;
  /** Root mean square difference to the nearest trained block, and whose it is. */
  readonly nearest: number;
  readonly phrase: string;
  readonly mean: number;
  /** The median of `nearest` among trained blocks. */
  readonly typical: number;
}

/** What the worker tells on its own, at most ten times a second per kind. */
export type GeneratorEvent =
  | { readonly kind: 'progress'; readonly progress: JobProgress }
  | { readonly kind: 'points'; readonly jobId: string; readonly points: readonly TunePoint[] }
  | { readonly kind: 'picture'; readonly picture: TunedPicture };

export interface JobProgress {
  /** Of a draw or a tune; `open` while files are loaded. */
  readonly jobId: string;
  readonly text: string;
  readonly fraction: number | null;
}

/** The chosen emoji as the adapter draws it after so many steps. */
export interface TunedPicture {
  readonly jobId: string;
  readonly start: StartId;
  readonly step: number;
  /** 8-bit [3, side, side]. */
  readonly pixels: Uint8Array;
}

export type ToGenerator = { readonly id: number; readonly request: GeneratorRequest };
export type FromGenerator =
  | { readonly type: 'alive'; readonly lock: string }
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly value: GeneratorReplies[GeneratorRequest['kind']];
    }
  | {
      readonly type: 'failure';
      readonly id: number;
      readonly message: string;
      readonly action: string | null;
    }
  | { readonly type: 'event'; readonly event: GeneratorEvent };
