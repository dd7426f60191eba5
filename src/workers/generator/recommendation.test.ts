import { describe, expect, it } from 'vitest';
import { recommendedStart, type StudyRecord, studyRecord } from './recommendation.ts';

const all = { generated: null, regressor: null, solved: null, nearest: null, mean: null, random: null };
const study: StudyRecord = {
  ...{ equals: [], best: 'generated' },
  ...{ areas: { generated: 0.1, regressor: 0.0999 }, concepts: 12 },
};

describe('the start that is offered first', () => {
  it('is what the study found best', () => {
    expect(recommendedStart(all, study)).toEqual({
      start: 'generated',
      why: 'In the study generated weights beat every fair baseline (mean distance on 12 held-out concepts 0.1000).',
    });
    expect(recommendedStart(all, { ...study, equals: ['regressor'] })).toEqual({
      start: 'generated',
      why: 'In the study generated weights were the best on average, and not clearly better than the plain regressor (mean distance on 12 held-out concepts 0.1000 against 0.0999).',
    });
    expect(recommendedStart(all, { ...study, equals: ['regressor', 'mean'], best: 'regressor' })).toEqual({
      start: 'regressor',
      why: 'In the study the plain regressor did as well as generated ones (mean distance on 12 held-out concepts 0.0999 against 0.1000).',
    });
  });

  it('is the next one where that cannot be made', () => {
    const without = { ...all, regressor: 'regressor.safetensors is missing.' };
    expect(recommendedStart(without, { ...study, equals: ['regressor'], best: 'regressor' })).toEqual({
      start: 'generated',
      why: 'Chosen because the plain regressor cannot be made here.',
    });
  });

  it('is read from the record that the study writes, and from nothing else', () => {
    const record = {
      defaultStart: 'mean',
      verdict: { equals: [{ method: 'mean', paired: { mean: -0.1 } }, { method: 'scratch' }] },
      rows: [
        { method: 'mean', area: 0.2 },
        { method: 'shuffled-index', area: 0.4 },
      ],
      runs: [{ concept: 'a' }, { concept: 'b' }, { concept: 'a' }],
    };
    expect(studyRecord(record)).toEqual({
      ...{ equals: ['mean'], best: 'mean', areas: { mean: 0.2 }, concepts: 2 },
    });
    for (const other of [null, [], {}, { verdict: {} }]) expect(studyRecord(other)).toBeNull();
  });
});
