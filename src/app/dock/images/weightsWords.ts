// Which weights a strip of pictures shows, in a few words.
import type { Strip } from '../../../store/images.ts';

/** Empty for the base and while it is not known. */
export function weightsWords({ weights, stage }: Pick<Strip, 'weights' | 'stage'>): string {
  if (!weights || weights === 'pretrained') return '';
  if (weights === 'untrained') return 'untrained start';
  const where = stageWords(stage);
  return weights === 'unfinished' ? `best so far, ${where}` : where;
}

function stageWords(stage: Strip['stage']): string {
  if (!stage) return 'weights of the file';
  const { step } = stage;
  switch (stage.stage) {
    case 'start':
      return 'start, which training did not improve';
    case 'stage1':
      return step === null ? 'after stage 1' : `after stage 1, step ${step}`;
    case 'stage2':
      return step === null
        ? 'after stage 2, moving average'
        : `after stage 2, moving average of step ${step}`;
    default:
      return stage.stage satisfies never;
  }
}
