// What is held out stays unseen: families, levels and pairs of families, apart from each other.
import { describe, expect, it } from 'vitest';
import type { Step } from './concept.ts';
import { conceptSplit, heldOutFamilies, type Part } from './split.ts';

const split = conceptSplit();
const stepsOf = (part: Part): Step[] =>
  split.flatMap((entry) => (entry.part === part ? entry.concept.steps : []));
const nameOf = (step: Step) => (step.kind === 'style' ? step.set : step.family);
const pairsOf = (part: Part) =>
  split
    .filter((entry) => entry.part === part && entry.concept.steps.length === 2)
    .map(({ concept }) => concept.steps.map(nameOf).sort().join('+'));

describe('the split of concepts', () => {
  it('names every concept once', () => {
    expect(new Set(split.map(({ concept }) => concept.id)).size).toBe(split.length);
  });

  it('trains on no step of a held-out family', () => {
    const out: readonly string[] = heldOutFamilies;
    for (const part of ['train', 'level', 'combination'] as const) {
      expect(stepsOf(part).filter((step) => out.includes(nameOf(step)))).toEqual([]);
    }
    expect(stepsOf('family').every((step) => out.includes(nameOf(step)))).toBe(true);
  });

  it('trains on no held-out level, alone or in a pair', () => {
    const key = (step: Step) => `${nameOf(step)}/${step.kind === 'filter' ? step.level : ''}`;
    const held = new Set(stepsOf('level').map(key));
    expect(held.size).toBe(30);
    expect([...stepsOf('train'), ...stepsOf('combination')].filter((step) => held.has(key(step)))).toEqual(
      [],
    );
  });

  it('trains on no level of a held-out pair of families, in either order', () => {
    const trained = new Set(pairsOf('train'));
    const held = pairsOf('combination');
    expect(held.length).toBeGreaterThan(10);
    expect(held.filter((pair) => trained.has(pair))).toEqual([]);
  });

  it('holds out combinations of families that were each trained on', () => {
    const trained = new Set(stepsOf('train').map(nameOf));
    expect(stepsOf('combination').filter((step) => !trained.has(nameOf(step)))).toEqual([]);
  });
});
