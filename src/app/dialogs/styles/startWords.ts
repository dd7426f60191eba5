// The starts of an adapter, as people read them.
import type { StartId } from '../../../workers/generatorProtocol.ts';

export interface StartWords {
  readonly label: string;
  readonly about: string;
  /** Token of its colour in plots. */
  readonly colour: string;
}

export const startWords: Readonly<Record<StartId, StartWords>> = {
  generated: {
    label: 'Generated',
    about:
      'Written by the denoising net for the phrase and a few pairs of its concept, all blocks in one step',
    colour: '--graft',
  },
  nearest: {
    label: 'Nearest',
    about: 'The trained weights of the concept whose phrase is most alike',
    colour: '--run-1',
  },
  mean: { label: 'Mean', about: 'The mean of all trained weights', colour: '--run-3' },
  regressor: {
    label: 'Regressor',
    about: 'Predicted from the same by a plain net of the same kind, without noise',
    // Far from Generated's green: their curves lie side by side.
    colour: '--run-2',
  },
  solved: {
    label: 'Solved',
    about: 'What a few pairs of the concept ask of the mean to first order, without any net',
    colour: '--run-5',
  },
  random: {
    label: 'Random',
    about: 'A fresh adapter: the base as it is, told the phrase',
    colour: '--run-4',
  },
};
