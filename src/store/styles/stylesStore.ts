// What the Styles sheet shows: the emoji and the phrase, what was drawn from each start, the fine-tune, the inspection.
import { create } from 'zustand';
import type {
  Drawn,
  Inspection,
  StartId,
  StylesInfo,
  TunedPicture,
  TunePoint,
} from '../../workers/generatorProtocol.ts';

export type StylesOpening =
  | { readonly state: 'closed' }
  | { readonly state: 'opening'; readonly text: string }
  | { readonly state: 'ready'; readonly info: StylesInfo }
  | { readonly state: 'failed'; readonly sentence: string };

/** What a person asked for. */
export interface StyleWish {
  readonly phrase: string;
  readonly emoji: number;
  readonly start: StartId;
  /** Noise that generated weights are made from. */
  readonly seed: number;
}

export interface TuneState {
  readonly jobId: string;
  readonly wish: StyleWish;
  /** In the order in which they are tuned. */
  readonly starts: readonly StartId[];
  readonly steps: number;
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  readonly progress: { readonly text: string; readonly fraction: number | null };
  /** Why it failed. */
  readonly sentence: string | null;
  readonly points: Readonly<Partial<Record<StartId, readonly TunePoint[]>>>;
  readonly picture: TunedPicture | null;
  /** Whether the worker that made the tuned weights still runs, and with it the weights. */
  readonly isKept: boolean;
}

export type InspectionState =
  | { readonly state: 'working' }
  | { readonly state: 'done'; readonly value: Inspection }
  | { readonly state: 'failed'; readonly sentence: string };

export type StylesPane = 'tune' | 'weights';

export interface StylesState {
  readonly opening: StylesOpening;
  readonly wish: StyleWish;
  /** By start, for the present phrase, emoji and seed, or for those before while `isStale`. */
  readonly drawn: Readonly<Partial<Record<StartId, Drawn>>>;
  readonly isStale: boolean;
  /** The chosen start after its fine-tune. */
  readonly tuned: Drawn | null;
  /** What is being done for the picture; null when it is there. */
  readonly working: string | null;
  /** Why there is no picture of this phrase. */
  readonly refusal: string | null;
  /** The worker ended and was started again. */
  readonly notice: string | null;
  readonly tune: TuneState | null;
  readonly inspection: InspectionState | null;
  readonly pane: StylesPane;
}

export const startOfStyles: StylesState = {
  opening: { state: 'closed' },
  wish: { phrase: '', emoji: 0, start: 'generated', seed: 0 },
  drawn: {},
  isStale: false,
  tuned: null,
  working: null,
  refusal: null,
  notice: null,
  tune: null,
  inspection: null,
  pane: 'tune',
};

export const useStyles = create<StylesState>()(() => startOfStyles);

export function stylesInfo(): StylesInfo | null {
  const { opening } = useStyles.getState();
  return opening.state === 'ready' ? opening.info : null;
}

/** Does this fine-tune belong to what is on show? */
export function isTuneOf({ wish }: TuneState, { phrase, seed }: StyleWish): boolean {
  return wish.phrase === phrase && wish.seed === seed;
}

/** Are there tuned weights of what is on show? */
export function hasTuned(tune: TuneState | null, wish: StyleWish): boolean {
  if (!tune?.isKept || !isTuneOf(tune, wish)) return false;
  return (tune.state === 'done' || tune.state === 'stopped') && tune.points[wish.start] !== undefined;
}
