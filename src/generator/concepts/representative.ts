// Concepts that the base's card lists by name: every kind of change once, none of them held out.
import { type Concept, concept, filterStep } from './concept.ts';

export const representativeConcepts: readonly Concept[] = [
  concept({ kind: 'style', set: 'openmoji' }),
  concept({ kind: 'style', set: 'fluent-emoji-flat' }),
  concept(filterStep('sepia', 6)),
  concept(filterStep('hue', 5)),
  concept(filterStep('invert', 7)),
  concept(filterStep('night', 6)),
  concept(filterStep('posterise', 6)),
  concept(filterStep('blur', 6)),
  concept(filterStep('outline', 6)),
  concept(filterStep('emboss', 6)),
  concept(filterStep('halftone', 6)),
  concept(filterStep('hatching', 6)),
  concept(filterStep('pixelate', 6)),
  concept(filterStep('swirl', 6)),
];
