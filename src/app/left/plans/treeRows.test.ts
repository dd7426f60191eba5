import { describe, expect, it } from 'vitest';
import { setSeed } from '../../../plan/edits.ts';
import { goTo, type History, present, record, rename, startHistory, undo } from '../../../plan/history.ts';
import { emptyPlan } from '../../../plan/plan.ts';
import { treeRows } from './treeRows.ts';

const start = () => startHistory(emptyPlan('dit-test'), 'start', 0);

function seeds(history: History, ...list: number[]): History {
  return list.reduce((at, seed) => record(at, { plan: setSeed(present(at), seed), label: 'x' }, 0), history);
}

/** `lane:seed`, `+` where a branch starts, `…` where edits are left out. */
function drawn(history: History, matters: Parameters<typeof treeRows>[1] = () => false): string[] {
  return treeRows(history, matters).map(
    ({ node, lane, startsLane, hidden, isHere }) =>
      `${lane}${startsLane ? '+' : ':'}${hidden > 0 ? '…' : ''}${node.plan.seed}${isHere ? '*' : ''}`,
  );
}

describe('rows of the plan tree', () => {
  it('are the root alone in a new project', () => {
    expect(drawn(start())).toEqual(['0:0*']);
  });

  it('leave out the edits on the way to where one is', () => {
    expect(drawn(seeds(start(), 1, 2, 3))).toEqual(['0:0', '0:…3*']);
    expect(drawn(undo(seeds(start(), 1, 2, 3)))).toEqual(['0:0', '0:…2*', '0:3']);
  });

  it('show names and whatever matters', () => {
    const history = rename(seeds(start(), 1, 2, 3, 4), 1, 'good');
    expect(drawn(history, (node) => node.plan.seed === 3)).toEqual(['0:0', '0:1', '0:…3', '0:4*']);
  });

  it('go straight on in the latest branch, older ones beside it', () => {
    const history = seeds(goTo(seeds(goTo(seeds(start(), 1, 2), 1), 3), 1), 4, 5);
    expect(drawn(history)).toEqual(['0:0', '0:1', '1+2', '1+3', '0:…5*']);
  });

  it('know the way back and whether a rail goes on', () => {
    const history = seeds(undo(seeds(start(), 1)), 2);
    expect(treeRows(history, () => false).map((row) => [row.isOnPath, row.continues])).toEqual([
      [true, true],
      [false, false],
      [true, false],
    ]);
  });

  it('draw a tree thousands of edits deep', () => {
    const history = start();
    const nodes = new Map(history.nodes);
    for (let id = 1; id < 5000; id++) {
      nodes.set(id, { id, parent: id - 1, plan: present(history), label: 'x', name: null, made: 0 });
    }
    expect(treeRows({ ...history, nodes }, () => true)).toHaveLength(5000);
  });
});
