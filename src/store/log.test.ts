import { describe, expect, it } from 'vitest';
import { emptyPlan } from '../plan/plan.ts';
import type { RunProgress } from '../workers/protocol.ts';
import { clearLog, eventsBetween, log, logText, startLog, useLog } from './log.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { testModel } from './testing.ts';

const running: RunProgress = {
  planHash: 'a3f9000000000000',
  phase: 'stage1',
  state: 'running',
  step: 5,
  steps: 400,
  slots: [],
  millisecondsPerStep: null,
  etaSeconds: null,
  flops: 0,
  flopsShare: null,
  savedAt: null,
};
const runPlan = { ...emptyPlan('dit-test'), seed: 1 };
const at = (run: RunProgress | null) => ({ ...startOfSession, run, runPlan });
const texts = (before: RunProgress | null, after: RunProgress | null) =>
  eventsBetween(at(before), at(after)).map(({ text }) => text);

describe('the log', () => {
  it('tells the stages of a run, its pauses, saves and end, and no step in between', () => {
    expect(texts({ ...running, phase: 'initialise', step: 0 }, { ...running, step: 0 })).toEqual([
      'a3f9 Pretrained: Stage 1: distilling.',
    ]);
    expect(texts(running, { ...running, step: 6 })).toEqual([]);
    expect(texts(running, { ...running, state: 'pausing' })).toEqual([]);
    expect(texts({ ...running, state: 'pausing' }, { ...running, state: 'paused' })).toEqual([
      'a3f9 Pretrained: paused at step 5 of 400.',
    ]);
    expect(texts(running, { ...running, savedAt: 1 })).toEqual(['Run saved at step 5 of 400.']);
    expect(texts(running, { ...running, state: 'finished', phase: 'done' })).toEqual([
      'a3f9 Pretrained: Done.',
      'a3f9 Pretrained: finished.',
    ]);
  });

  it('does not take a result of another visit for an event', () => {
    expect(texts(null, { ...running, state: 'finished', phase: 'done' })).toEqual([]);
  });

  it('names model and device', () => {
    const opening = { state: 'ready', model: { ...testModel, remark: 'No WebGPU.' } } as const;
    expect(eventsBetween(startOfSession, { ...startOfSession, opening })).toEqual([
      { level: 'info', source: 'model', text: 'DiT for tests is open.' },
      { level: 'info', source: 'device', text: 'Computing with none. No WebGPU.' },
    ]);
  });

  it('follows the session once it is started, and keeps the newest entries', () => {
    clearLog();
    const stop = startLog();
    const problem = {
      id: 'p',
      severity: 'error',
      text: 'It broke.',
      slot: null,
      action: null,
      at: 1,
    } as const;
    useSession.setState({ problems: [problem] });
    stop();
    useSession.setState({ problems: [{ ...problem, id: 'q' }] });
    expect(useLog.getState().entries.map(({ source, text }) => [source, text])).toEqual([
      ['problem', 'It broke.'],
    ]);
    log(Array.from({ length: 1200 }, () => ({ level: 'info', source: 'run', text: 'tick' })));
    expect(useLog.getState().entries).toHaveLength(1000);
    expect(logText(useLog.getState().entries.slice(0, 1))).toMatch(/^\d{4}-.*\tinfo\trun\ttick$/);
  });
});
