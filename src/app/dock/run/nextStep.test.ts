import { describe, expect, it } from 'vitest';
import type { RunProgress } from '../../../workers/protocol.ts';
import { graftFace } from './nextStep.ts';

const run: RunProgress = {
  planHash: 'h',
  phase: 'stage1',
  state: 'running',
  step: 100,
  steps: 400,
  slots: [],
  millisecondsPerStep: null,
  etaSeconds: null,
  flops: 0,
  flopsShare: null,
  savedAt: null,
};
const rest = {
  opened: true,
  starting: false,
  grafted: 2,
  run: null,
  estimate: { stage1Seconds: 240, stage2Seconds: 360 },
};

describe('graftFace', () => {
  it('names the next step and its time before it starts', () => {
    expect(graftFace(rest)).toEqual({
      kind: 'idle',
      text: 'Graft, stage 1 about 4 min',
      hint: 'Stage 1 about 4 min, then stage 2 about 6 min.',
      enabled: true,
    });
  });

  it('promises no time that was not measured', () => {
    expect(graftFace({ ...rest, estimate: null }).text).toBe('Graft, stage 1 first');
  });

  it('says what is missing', () => {
    expect(graftFace({ ...rest, grafted: 0 })).toMatchObject({
      enabled: false,
      hint: 'Put an operator on a slot first.',
    });
    expect(graftFace({ ...rest, opened: false })).toMatchObject({
      enabled: false,
      hint: 'The model is still opening.',
    });
  });

  it('tells how far the run is', () => {
    expect(graftFace({ ...rest, run })).toEqual({
      kind: 'running',
      text: 'Graft, stage 1 of 2',
      fraction: 0.25,
      paused: false,
    });
    expect(graftFace({ ...rest, run: { ...run, state: 'paused', phase: 'stage2' } })).toMatchObject({
      text: 'Paused, stage 2 of 2',
      paused: true,
    });
    // The step under way is finished first, and a second click takes the pause back.
    expect(graftFace({ ...rest, run: { ...run, state: 'pausing' } })).toMatchObject({
      text: 'Pausing, stage 1 of 2',
      paused: true,
    });
    expect(graftFace({ ...rest, starting: true })).toMatchObject({ kind: 'running', text: 'Starting' });
  });

  it('offers another run after the end, also after a stop', () => {
    expect(graftFace({ ...rest, run: { ...run, state: 'finished' } }).text).toBe(
      'Graft again, stage 1 about 4 min',
    );
    expect(graftFace({ ...rest, run: { ...run, state: 'cancelled' } }).text).toContain('again');
  });
});
