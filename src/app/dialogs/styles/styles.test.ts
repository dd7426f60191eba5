import { describe, expect, it } from 'vitest';
import { ConceptGuide } from '../../../workers/generator/conceptGuide.ts';
import { emojiName } from './emojiName.ts';
import { factsOf } from './pictureFacts.ts';
import { suggested } from './suggested.ts';
import { verdict } from './verdict.ts';

describe('suggestions', () => {
  const all = new ConceptGuide().suggestions();

  it('are one of each family until something is typed, then its levels', () => {
    const families = new Set(all.map(({ family }) => family));
    expect(suggested(all, ' ').map(({ family }) => family)).toEqual([...families]);
    const halftones = suggested(all, 'halftone');
    expect(halftones).toHaveLength(8);
    expect(suggested(all, 'halftone, fine').map(({ id }) => id)).toEqual(['halftone-1']);
    expect(suggested(all, 'openmoji').map(({ id }) => id)).toEqual(['openmoji']);
    expect(suggested(all, 'sunset')).toEqual([]);
  });

  it('are never more than a list holds', () => {
    expect(suggested(all, 'e').length).toBeLessThanOrEqual(60);
  });
});

describe('the verdict on weights', () => {
  const nearest = (distance: number) => ({ phrase: 'sepia, strong', distance });

  it('tells copies and averages from what is neither', () => {
    expect(verdict({ nearest: nearest(0.1), mean: 1, typical: 1.4 })).toBe('close to a copy');
    expect(verdict({ nearest: nearest(1), mean: 0.5, typical: 1.4 })).toBe('close to the mean');
    expect(verdict({ nearest: nearest(1), mean: 0.9, typical: 1.4 })).toBe('neither a copy nor the mean');
  });
});

describe('the facts of a picture', () => {
  const drawn: Parameters<typeof factsOf>[0] = {
    ...{
      jobId: 'j',
      emoji: 0,
      shown: [0],
      distance: null,
      unknown: [],
      neighbour: null,
      share: 1,
      seen: null,
      wanted: null,
    },
    ...{ source: new Uint8Array(), drawn: new Uint8Array() },
    adapter: { phrase: 'sepia, strong', start: 'generated', seed: 0, weights: 'start' },
    concept: { id: 'sepia-5', phrase: 'sepia, strong', part: 'level' },
    milliseconds: { make: 120, draw: 30 },
  };

  it('tell the concept, and how long it took', () => {
    expect(factsOf(drawn)).toBe('sepia, strong (new level) · weights in 0.12 s · drawn in 0.03 s.');
    expect(factsOf({ ...drawn, concept: null, share: null })).toContain('nothing to compare with');
  });

  it('tell whether pictures were looked at', () => {
    expect(factsOf({ ...drawn, seen: 16, share: null })).toContain(
      ' · made from the phrase and 16 of its pairs · ',
    );
  });

  it('tell how far from the mean the weights are, where they do not go all the way', () => {
    expect(factsOf({ ...drawn, share: 0.25 })).toContain(
      ' · 25 % of the way from the mean, as a few of its pictures say · ',
    );
    expect(factsOf({ ...drawn, share: 0 })).toContain(' · the mean, which draws this concept better');
  });
});

it('names of emoji read as words', () => {
  expect(emojiName('smiling-face-with-heart-eyes')).toBe('Smiling face with heart eyes');
  expect(emojiName(undefined)).toBe('');
});
