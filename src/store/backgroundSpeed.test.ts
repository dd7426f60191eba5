import { beforeEach, describe, expect, it } from 'vitest';
import type { RunProgress } from '../workers/protocol.ts';
import { useBackgroundSpeed, watchBackgroundSpeed } from './backgroundSpeed.ts';
import { startOfSession, useSession } from './sessionStore.ts';

const run = {
  planHash: 'a',
  phase: 'stage1',
  state: 'running',
  step: 100,
  steps: 400,
  slots: [],
  millisecondsPerStep: 200,
} as unknown as RunProgress;
let clock = 0;
const watch = () => watchBackgroundSpeed(() => clock);
const percent = () => useBackgroundSpeed.getState().percent;

/** The tab is hidden for so many seconds, in which the run changes. */
function hide(seconds: number, after: Partial<RunProgress>): void {
  const seen = watch();
  useSession.setState({ run });
  seen(true);
  clock += 1000 * seconds;
  useSession.setState({ run: { ...run, ...after } });
  seen(false);
}

beforeEach(() => {
  useSession.setState(startOfSession);
  useBackgroundSpeed.setState({ percent: null });
});

describe('a run whose tab is hidden', () => {
  it('is told to have been slowed down, by its own steps', () => {
    // 20 s at 200 ms a step would be 100 steps.
    hide(20, { step: 140 });
    expect(percent()).toBe(40);
  });

  it('is told to have stood still', () => {
    hide(20, { step: 100 });
    expect(percent()).toBe(0);
  });

  it.each([
    ['went on as before', 20, { step: 198 }],
    ['was hidden for a moment', 2, { step: 101 }],
    ['went into another phase', 20, { step: 3, phase: 'stage2' as const }],
    ['ended', 20, { step: 140, state: 'finished' as const }],
    ['was another run', 20, { step: 140, planHash: 'b' }],
  ])('tells nothing when it %s', (_, seconds, after) => {
    hide(seconds, after);
    expect(percent()).toBeNull();
  });

  it('forgets what it told when the tab is hidden again', () => {
    hide(20, { step: 140 });
    watch()(true);
    expect(percent()).toBeNull();
  });
});
