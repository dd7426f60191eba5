import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setSeed } from './edits.ts';
import {
  canRedo,
  canUndo,
  goTo,
  longestHistory,
  present,
  record,
  redo,
  seal,
  startHistory,
  undo,
} from './history.ts';
import { emptyPlan } from './plan.ts';
import { changes } from './testing.ts';

const initial = emptyPlan('dit-test');

describe('history', () => {
  it('undoes any sequence of commands to the initial plan and redoes it to the final one, byte for byte', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ change: changes, key: fc.constantFrom(null, 'a', 'b') }), { maxLength: 30 }),
        (session) => {
          let history = startHistory(initial, 'start');
          for (const { change, key } of session) {
            history = record(history, { plan: change(present(history)), label: 'x', mergeKey: key });
          }
          const final = JSON.stringify(present(history));
          let back = history;
          while (canUndo(back)) back = undo(back);
          expect(JSON.stringify(present(back))).toBe(JSON.stringify(initial));
          while (canRedo(back)) back = redo(back);
          expect(JSON.stringify(present(back))).toBe(final);
        },
      ),
    );
  });

  it('adds nothing for an edit that changes nothing', () => {
    const history = startHistory(initial, 'start');
    expect(record(history, { plan: setSeed(initial, 0), label: 'same' })).toBe(history);
  });

  it('makes one entry of a slider drag', () => {
    let history = startHistory(initial, 'start');
    for (let seed = 1; seed <= 20; seed++) {
      history = record(history, { plan: setSeed(present(history), seed), label: 'seed', mergeKey: 'seed' });
    }
    expect(history.entries).toHaveLength(2);
    expect(present(undo(history))).toBe(initial);
  });

  it('starts a new entry after the drag has ended', () => {
    const drag = (seed: number) => ({ plan: setSeed(initial, seed), label: 'seed', mergeKey: 'seed' });
    const history = record(seal(record(startHistory(initial, 'start'), drag(1))), drag(2));
    expect(history.entries.map((entry) => entry.plan.seed)).toEqual([0, 1, 2]);
  });

  it('does not merge into an entry that was returned to by undo', () => {
    const drag = (seed: number) => ({ plan: setSeed(initial, seed), label: 'seed', mergeKey: 'seed' });
    let history = record(seal(record(startHistory(initial, 'start'), drag(1))), drag(2));
    history = record(undo(history), drag(3));
    expect(history.entries.map((entry) => entry.plan.seed)).toEqual([0, 1, 3]);
  });

  it('forgets what was undone once a new edit is made', () => {
    const history = record(
      undo(record(startHistory(initial, 'start'), { plan: setSeed(initial, 1), label: 'a' })),
      {
        plan: setSeed(initial, 2),
        label: 'b',
      },
    );
    expect(canRedo(history)).toBe(false);
    expect(present(history).seed).toBe(2);
  });

  it('goes to any entry and stays where it is outside of the list', () => {
    const history = record(startHistory(initial, 'start'), { plan: setSeed(initial, 1), label: 'a' });
    expect(present(goTo(history, 0))).toBe(initial);
    expect(goTo(history, 7)).toBe(history);
    expect(goTo(history, -1)).toBe(history);
  });

  it('keeps a bounded number of entries', () => {
    let history = startHistory(initial, 'start');
    for (let seed = 1; seed <= longestHistory + 10; seed++) {
      history = record(history, { plan: setSeed(present(history), seed), label: 'seed' });
    }
    expect(history.entries).toHaveLength(longestHistory);
    expect(present(history).seed).toBe(longestHistory + 10);
  });
});
