import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  goTo,
  type History,
  present,
  record,
  removeBranch,
  rename,
  seal,
  startHistory,
  undo,
} from './history.ts';
import { historyToJson, parseHistory } from './historyFile.ts';
import { emptyPlan } from './plan.ts';
import { changes } from './testing.ts';

const start = startHistory(emptyPlan('dit-test'), 'start', 5);

const trees: fc.Arbitrary<History> = fc
  .array(fc.record({ change: changes, back: fc.nat(3), cut: fc.nat(12) }), { maxLength: 25 })
  .map((session) =>
    session.reduce((history, { change, back, cut }, at) => {
      let next = history;
      for (let step = 0; step < back; step++) next = undo(next);
      next = record(next, { plan: change(present(next)), label: `edit ${at}` }, at);
      if (cut < 2) next = removeBranch(next, next.here);
      return cut === 5 ? rename(next, next.here, 'named') : next;
    }, start),
  );

/** Through text, as storage and files do. */
const reopened = (history: History) => parseHistory(JSON.parse(JSON.stringify(historyToJson(history))));

describe('a plan tree in storage', () => {
  it('reads back as it was', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const back = reopened(tree);
        expect(back).toEqual(seal(tree));
        expect(JSON.stringify(historyToJson(back))).toBe(JSON.stringify(historyToJson(tree)));
        for (const [id, node] of tree.nodes)
          expect(JSON.stringify(present(goTo(back, id)))).toBe(JSON.stringify(node.plan));
      }),
    );
  });

  const plan = emptyPlan('dit-test');
  const node = (id: number, parent: number | null) => ({ id, parent, plan, label: 'x', name: null, made: 0 });
  const tree = (nodes: unknown, here: unknown = 0) => ({ here, nodes, heirs: [], removed: [] });

  it.each([
    [tree([]), 'The plan tree is empty; a tree has at least its root.'],
    [tree([node(0, null), node(1, null)]), 'The plan tree should have one root, got 2.'],
    [tree([node(0, null), node(1, 7)]), 'Plan 1 of the tree grows from plan 7, which is not there.'],
    [
      tree([node(0, null), node(1, 2), node(2, 1)]),
      'Plan 1 of the tree grows from plan 2, which is not there.',
    ],
    [tree([node(0, null), node(0, null)]), 'The plan tree has two plans with the number 0.'],
    [tree([node(0, null)], 4), 'The plan tree has no plan 4, where it says that it stands.'],
    [tree('many'), 'The plan tree should hold a list here, got "many".'],
    [{ ...tree([node(0, null)]), heirs: [3] }, 'A way of redo should be a pair of numbers, got 3.'],
    ['a text', 'The plan tree should be an object, got "a text".'],
  ])('refuses what is no tree: %#', (value, sentence) => {
    expect(() => parseHistory(value)).toThrow(sentence);
  });

  it('refuses a plan that is none, like any plan from outside', () => {
    const wrong = { ...node(0, null), plan: { ...plan, seed: -1 } };
    expect(() => parseHistory(tree([wrong]))).toThrow(
      'The seed should lie between 0 and 2147483647, got -1.',
    );
  });

  it('drops ways of redo that lead nowhere', () => {
    const stored = {
      ...tree([node(0, null), node(1, 0)]),
      heirs: [
        [0, 1],
        [1, 9],
        [7, 0],
      ],
    };
    expect(parseHistory(stored).heirs).toEqual(new Map([[0, 1]]));
  });
});
