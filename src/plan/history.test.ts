import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setSeed } from './edits.ts';
import {
  canRedo,
  canUndo,
  childrenOf,
  goTo,
  type History,
  mostRemoved,
  pathTo,
  present,
  presentNode,
  record,
  redo,
  removeBranch,
  rename,
  restoreBranch,
  seal,
  startHistory,
  thin,
  undo,
} from './history.ts';
import { emptyPlan } from './plan.ts';
import { type Change, changes } from './testing.ts';

const initial = emptyPlan('dit-test');
const start = () => startHistory(initial, 'start', 0);
const bytes = (history: History) => JSON.stringify(present(history));

function edit(history: History, change: Change, mergeKey: string | null = null): History {
  return record(history, { plan: change(present(history)), label: 'x', mergeKey }, 1);
}

/** Each seed once, so that every edit is a plan of its own. */
function seeds(history: History, ...list: number[]): History {
  return list.reduce((at, seed) => edit(at, (plan) => setSeed(plan, seed)), history);
}

/** Anything that a person can do to the tree. */
type Act = (history: History) => History;
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: edits() },
  { weight: 3, arbitrary: fc.constantFrom<Act>(undo, redo, seal, restoreBranch) },
  {
    weight: 2,
    arbitrary: fc.nat(40).map(
      (pick): Act =>
        (history) =>
          goTo(history, pickId(history, pick)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(40).map(
      (pick): Act =>
        (history) =>
          removeBranch(history, pickId(history, pick)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(40).map(
      (pick): Act =>
        (history) =>
          rename(history, pickId(history, pick), 'named'),
    ),
  },
);

function edits(): fc.Arbitrary<Act> {
  return fc.record({ change: changes, key: fc.constantFrom(null, 'a', 'b') }).map(
    ({ change, key }): Act =>
      (history) =>
        edit(history, change, key),
  );
}

function pickId(history: History, pick: number): number {
  const ids = [...history.nodes.keys()];
  return ids[pick % ids.length] ?? 0;
}

describe('history', () => {
  it('undoes any sequence of commands to the initial plan and redoes it to the final one, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(edits(), { maxLength: 30 }), (session) => {
        let history = session.reduce((at, act) => act(at), start());
        const final = bytes(history);
        while (canUndo(history)) history = undo(history);
        expect(bytes(history)).toBe(JSON.stringify(initial));
        while (canRedo(history)) history = redo(history);
        expect(bytes(history)).toBe(final);
      }),
    );
  });

  it('from anywhere in any tree, as many redos as undos lead back, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 40 }), (session) => {
        let history = seal(session.reduce((at, act) => act(at), start()));
        const here = bytes(history);
        const steps = pathTo(history, history.here).length - 1;
        for (let step = 0; step < steps; step++) history = undo(history);
        expect(bytes(history)).toBe(JSON.stringify(initial));
        expect(canUndo(history)).toBe(false);
        for (let step = 0; step < steps; step++) history = redo(history);
        expect(bytes(history)).toBe(here);
      }),
    );
  });

  it('every plan of the tree can be visited again as it was made, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 40 }), (session) => {
        const seen = new Map<number, string>();
        let history = start();
        seen.set(history.here, bytes(history));
        for (const act of session) {
          history = act(history);
          // The steps of a drag are one plan: the last of them counts.
          seen.set(history.here, bytes(history));
        }
        for (const id of history.nodes.keys()) expect(bytes(goTo(history, id))).toBe(seen.get(id));
      }),
    );
  });

  it('undo right after deleting a branch brings all of it back', () => {
    fc.assert(
      fc.property(fc.array(edits(), { minLength: 1, maxLength: 20 }), fc.nat(40), (session, pick) => {
        const history = seal(session.reduce((at, act) => act(at), start()));
        const back = undo(removeBranch(history, pickId(history, pick)));
        if (pickId(history, pick) === 0) return;
        expect(back.here).toBe(history.here);
        expect([...back.nodes]).toEqual([...history.nodes]);
        expect(back.heirs).toEqual(goTo(history, back.here).heirs);
      }),
    );
  });

  it('adds nothing for an edit that changes nothing', () => {
    const history = start();
    expect(edit(history, (plan) => setSeed(plan, 0))).toBe(history);
  });

  it('keeps what was undone as a branch when a new edit is made', () => {
    const history = seeds(undo(seeds(start(), 1)), 2);
    expect(canRedo(history)).toBe(false);
    expect(childrenOf(history, 0).map((node) => node.plan.seed)).toEqual([1, 2]);
    expect(present(goTo(history, 1)).seed).toBe(1);
  });

  it('takes the branch that was there when the same edit is made again', () => {
    const history = seeds(undo(seeds(start(), 1, 2)), 3);
    const again = seeds(undo(history), 2);
    expect(again.nodes.size).toBe(history.nodes.size);
    expect(present(again).seed).toBe(2);
  });

  it('redoes into the branch last visited', () => {
    const forked = seeds(undo(seeds(start(), 1)), 2);
    expect(present(redo(undo(goTo(forked, 1)))).seed).toBe(1);
    expect(present(redo(undo(forked))).seed).toBe(2);
  });
});

describe('slider drags', () => {
  const drag = (history: History, seed: number) => edit(history, (plan) => setSeed(plan, seed), 'seed');

  it('are one plan', () => {
    let history = start();
    for (let seed = 1; seed <= 20; seed++) history = drag(history, seed);
    expect(history.nodes.size).toBe(2);
    expect(present(undo(history))).toBe(initial);
  });

  it('start a new plan once one has ended', () => {
    const history = drag(seal(drag(start(), 1)), 2);
    expect([...history.nodes.values()].map((node) => node.plan.seed)).toEqual([0, 1, 2]);
  });

  it('never change a plan that was returned to', () => {
    const history = drag(undo(drag(seal(drag(start(), 1)), 2)), 3);
    expect([...history.nodes.values()].map((node) => node.plan.seed)).toEqual([0, 1, 2, 3]);
    expect(presentNode(history).parent).toBe(1);
  });
});

describe('branches', () => {
  it('are deleted whole, and the person stands where they grew from', () => {
    const history = removeBranch(seeds(undo(seeds(start(), 1, 2)), 3), 1);
    expect([...history.nodes.keys()]).toEqual([0]);
    expect(history.here).toBe(0);
    expect(canRedo(history)).toBe(false);
  });

  it('leave the person alone when deleted elsewhere, and redo goes to what is left', () => {
    const forked = seeds(undo(seeds(start(), 1)), 2);
    const history = removeBranch(undo(forked), 2);
    expect(history.here).toBe(0);
    expect(present(redo(history)).seed).toBe(1);
  });

  it('do not lose their numbers to later plans while they can come back', () => {
    const history = seeds(removeBranch(seeds(start(), 1), 1), 2);
    expect(present(history).seed).toBe(2);
    expect(present(goTo(restoreBranch(history), 1)).seed).toBe(1);
    expect(restoreBranch(history).nodes.size).toBe(3);
  });

  it('come back one by one, the latest first, a bounded number of them', () => {
    let history = start();
    for (let seed = 1; seed <= mostRemoved + 5; seed++) {
      history = removeBranch(seeds(history, seed), seeds(history, seed).here);
    }
    expect(history.removed).toHaveLength(mostRemoved);
    expect(present(restoreBranch(history)).seed).toBe(mostRemoved + 5);
    expect(present(restoreBranch(seal(undo(history)))).seed).toBe(mostRemoved + 4);
  });

  it('never lose the root', () => {
    const history = seeds(start(), 1);
    expect(removeBranch(history, 0)).toBe(history);
  });

  it('stay where they are when a plan is asked for that is not there', () => {
    const history = seeds(start(), 1);
    expect(goTo(history, 7)).toBe(history);
    expect(rename(history, 7, 'x')).toBe(history);
    expect(removeBranch(history, 7)).toBe(history);
  });
});

describe('thinning', () => {
  it('lets old steps go and keeps ends, forks, names, the present and what is asked for', () => {
    const line = rename(seeds(start(), 1, 2, 3, 4, 5, 6, 7, 8), 2, 'good');
    const forked = seeds(goTo(line, 5), 50);
    const thinned = thin(forked, 3, (node) => node.plan.seed === 3);
    expect([...thinned.nodes.values()].map((node) => node.plan.seed)).toEqual([0, 2, 3, 5, 8, 50]);
    expect(present(thinned).seed).toBe(50);
    expect(pathTo(thinned, thinned.here).map((node) => node.plan.seed)).toEqual([0, 2, 3, 5, 50]);
    let back = thinned;
    while (canUndo(back)) back = undo(back);
    while (canRedo(back)) back = redo(back);
    expect(present(back).seed).toBe(50);
  });

  it('stops as soon as few enough are left', () => {
    expect(thin(seeds(start(), 1, 2, 3, 4, 5), 4, () => false).nodes.size).toBe(4);
    const small = seeds(start(), 1);
    expect(thin(small, 4, () => false)).toBe(small);
  });

  it('lets a deleted branch come back even when the plan it grew from is gone', () => {
    const line = seeds(start(), 1, 2, 3);
    const cut = seal(removeBranch(seeds(goTo(line, 1), 9), 4));
    const thinned = thin(goTo(cut, 3), 2, () => false);
    expect([...thinned.nodes.keys()]).toEqual([0, 3]);
    expect(pathTo(restoreBranch(thinned), 4).map((node) => node.plan.seed)).toEqual([0, 9]);
  });
});
