// What the marks of the tour stand beside and say.
import type { TourMark } from '../../store/tour.ts';
import type { IconName } from '../icons/shapes.ts';

export interface MarkWords {
  /** Selector of what the mark is about. */
  readonly target: string;
  readonly title: string;
  readonly text: string;
  readonly icon: IconName;
}

export const marks: Readonly<Record<TourMark, MarkWords>> = {
  drag: {
    target: '.left-panel [data-operator="swa"]',
    icon: 'window',
    title: 'Drag an operator onto a slot',
    text: 'In this demo, every second attention is a sliding window already. Chips drop onto any slot that they fit; by keyboard, focus a slot and press R.',
  },
  graft: {
    target: '[data-command="run.graft"]',
    icon: 'graft',
    title: 'Graft trains what is new',
    text: 'Stage 1 distils each new operator from the one that it replaces, stage 2 fine-tunes the whole. The demo’s run is finished: its curves, errors and distance are below.',
  },
  compare: {
    target: '#dock-body-compare',
    icon: 'layers',
    title: 'Compare, from the same seeds',
    text: 'Original and graft draw the same noise: wipe, flicker or subtract the pictures, at any denoising step.',
  },
};
