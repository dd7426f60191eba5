// What the generator needs of the place it runs in: the browser's worker, or a test.
import type { TrainerEnvironment } from '../trainer/environment.ts';

export type GeneratorEnvironment = Pick<TrainerEnvironment, 'startEngine' | 'read' | 'nextTask' | 'giveUp'>;
