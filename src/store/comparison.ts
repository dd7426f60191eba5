// The comparison: which pictures stand side by side, how they are laid over each other, and the strips drawn for it.
import { create } from 'zustand';
import type { Plan } from '../plan/plan.ts';
import type { SampleFrame, SampleJob, WeightsOrigin } from '../workers/protocol.ts';
import type { Strip } from './images.ts';

/** Whose pictures a side shows. */
export type Source =
  | { readonly kind: 'base' }
  /** A plan with its newest weights, or with those from before the fine-tune. */
  | { readonly kind: 'plan'; readonly plan: Plan; readonly stage: 'newest' | 'stage1' }
  /** The control: operators of the base's own kind with the base's own weights. */
  | { readonly kind: 'identity'; readonly plan: Plan };

/** One entry of the menus of the sides. */
export interface SideChoice {
  /** Names source and weights: after another run of the same plan it is another one. */
  readonly key: string;
  readonly source: Source;
  readonly label: string;
  /** For tags on pictures. */
  readonly short: string;
}

export type Mode = 'sides' | 'wipe' | 'flicker' | 'difference';

export interface ComparedStrip extends Strip {
  readonly weights: WeightsOrigin | null;
  /** Why there are no pictures. */
  readonly failure: string | null;
}

export interface IdentityCheck {
  readonly largest: number;
  readonly pictures: number;
  readonly steps: number;
  readonly slots: number;
}

export interface ComparisonState {
  /** Keys of the chosen sides; null while nobody has chosen. */
  readonly chosen: readonly string[] | null;
  readonly mode: Mode;
  /** Share of the width that the left picture of a wipe keeps, 0 to 1. */
  readonly cut: number;
  /** Factor that makes differences visible. */
  readonly gain: number;
  /** Changes a second of the flicker. */
  readonly rate: number;
  readonly flickering: boolean;
  readonly playing: boolean;
  /** Enlargement about a point of the picture, each 0 to 1. */
  readonly zoom: { readonly factor: number; readonly x: number; readonly y: number };
  /** Strips drawn for the comparison, by side and drawing; oldest first. */
  readonly strips: ReadonlyMap<string, ComparedStrip>;
  readonly identity: IdentityCheck | null;
}

export const noZoom = { factor: 1, x: 0.5, y: 0.5 } as const;
export const zoomFactors = [1, 2, 4, 8] as const;
/** A strip of 16 pictures of 32 × 32 in 20 steps has 330 KB. */
const mostStrips = 16;

export const startOfComparison: ComparisonState = {
  chosen: null,
  mode: 'wipe',
  cut: 0.5,
  gain: 8,
  rate: 2,
  flickering: false,
  playing: false,
  zoom: noZoom,
  strips: new Map(),
  identity: null,
};

export const useComparison = create<ComparisonState>()(() => startOfComparison);

/** What must be equal for two pictures to show the same noise on the same way. */
export function drawingKey({ seed, classes, guidance, steps, sampler }: SampleJob): string {
  return [seed, guidance, steps, sampler, classes.join('.')].join(' ');
}

export function stripKey(side: string, job: SampleJob): string {
  return `${side} ${drawingKey(job)}`;
}

export function setStrip(key: string, strip: ComparedStrip): void {
  useComparison.setState(({ strips }) => {
    const next = new Map(strips);
    next.set(key, strip);
    for (const old of next.keys()) if (next.size > mostStrips) next.delete(old);
    return { strips: next };
  });
}

export function changeStrip(jobId: string, change: (strip: ComparedStrip) => ComparedStrip): void {
  useComparison.setState(({ strips }) => {
    const found = [...strips].find(([, strip]) => strip.job.jobId === jobId);
    return found ? { strips: new Map(strips).set(found[0], change(found[1])) } : {};
  });
}

/** Puts a frame on the strip that waits for it; frames of other jobs are not ours. */
export function keepFrame(frame: SampleFrame): void {
  const waits = [...useComparison.getState().strips.values()].some(({ job }) => job.jobId === frame.jobId);
  if (!waits) return;
  changeStrip(frame.jobId, (strip) => ({
    ...strip,
    frames: [...strip.frames.filter(({ step }) => step !== frame.step), frame].sort(
      (a, b) => a.step - b.step,
    ),
  }));
}

export function setMode(mode: Mode): void {
  useComparison.setState({ mode, flickering: false });
}

export function setCut(cut: number): void {
  useComparison.setState({ cut: Math.min(1, Math.max(0, cut)) });
}

export function chooseSide(position: number, key: string, present: readonly string[]): void {
  useComparison.setState({ chosen: present.map((known, at) => (at === position ? key : known)) });
}
