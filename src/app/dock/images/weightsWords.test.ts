import { expect, it } from 'vitest';
import { weightsWords } from './weightsWords.ts';

it('names the weights of every kind of picture', () => {
  expect(weightsWords({ weights: 'pretrained', stage: null })).toBe('');
  expect(weightsWords({ weights: null, stage: null })).toBe('');
  expect(weightsWords({ weights: 'untrained', stage: { stage: 'start', step: 0 } })).toBe('untrained start');
  expect(weightsWords({ weights: 'unfinished', stage: { stage: 'stage1', step: 40 } })).toBe(
    'best so far, after stage 1, step 40',
  );
  expect(weightsWords({ weights: 'trained', stage: { stage: 'stage2', step: 380 } })).toBe(
    'after stage 2, moving average of step 380',
  );
  expect(weightsWords({ weights: 'trained', stage: { stage: 'start', step: 0 } })).toBe(
    'start, which training did not improve',
  );
  expect(weightsWords({ weights: 'trained', stage: null })).toBe('weights of the file');
});
