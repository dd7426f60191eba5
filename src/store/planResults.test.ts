import { beforeEach, describe, expect, it } from 'vitest';
import { setSeed } from '../plan/edits.ts';
import { planHash } from '../plan/hash.ts';
import { emptyPlan } from '../plan/plan.ts';
import { samplePlan } from '../plan/testing.ts';
import { memoryStore } from '../storage/memoryStore.ts';
import { currentPlan, editPlan, startDocument, undoEdit } from './documentStore.ts';
import type { Strip } from './images.ts';
import { hasResults, keepResults, resultsAsJson, showPicturesOf, usePlanResults } from './planResults.ts';
import { decodeStrip, encodeStrip, parseResult, resultToJson, thumbnailsOf } from './resultRecord.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { useView } from './viewStore.ts';

const hash = planHash(samplePlan);
const measurement = {
  batch: 16,
  baseMs: 10,
  graftMs: 9,
  slots: [{ slot: 'blocks.3.attn' as const, teacherMs: 2, operatorMs: 1 }],
};

function strip(plan = samplePlan, jobId = 'graft-1'): Strip {
  const classes = [0, 1, 2, 3, 4, 5];
  const frame = (step: number) => ({
    jobId,
    which: 'graft' as const,
    step,
    steps: 20,
    size: 2,
    channels: 1,
    pixels: Uint8Array.from({ length: classes.length * 4 }, (_, at) => at + step),
  });
  const job = {
    jobId,
    which: 'graft' as const,
    plan,
    seed: 3,
    classes,
    guidance: 3,
    steps: 20,
    sampler: 'ddim' as const,
  };
  return {
    job,
    planHash: planHash(plan),
    frames: [frame(1), frame(20)],
    state: 'done',
    milliseconds: 12,
    weights: 'trained',
    stage: { stage: 'stage2', step: 380 },
  };
}

let stop: () => void = () => undefined;
beforeEach(() => {
  stop();
  usePlanResults.setState({ byHash: new Map() });
  useSession.setState(startOfSession);
  useView.setState({ bypassed: [] });
  startDocument(samplePlan, 'start');
});
/** Stores answer in later turns of the event loop. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('results of plans', () => {
  it('are kept as they arrive and are there again after a reload', async () => {
    const store = memoryStore();
    stop = await keepResults(store);
    useSession.setState({ measurements: { [hash]: measurement } });
    useSession.setState({ distances: { [hash]: { planHash: hash, base: 6, graft: 7, samples: 500 } } });
    useSession.setState({ strips: { base: null, graft: strip() } });
    await settled();
    stop();
    usePlanResults.setState({ byHash: new Map() });
    useSession.setState(startOfSession);
    stop = await keepResults(store);
    expect(useSession.getState().measurements[hash]).toEqual(measurement);
    expect(useSession.getState().distances[hash]?.graft).toBe(7);
    expect(usePlanResults.getState().byHash.get(hash)?.thumbnails).toEqual(thumbnailsOf(strip()));
    expect(hasResults(hash)).toBe(true);
  });

  it('show their pictures again when their plan comes back by undo', async () => {
    stop = await keepResults(memoryStore());
    useSession.setState({ strips: { base: null, graft: strip() } });
    const other = setSeed(samplePlan, 5);
    editPlan({ plan: other, label: 'seed' });
    useSession.setState({ strips: { base: null, graft: strip(other, 'graft-2') } });
    undoEdit();
    await showPicturesOf(currentPlan());
    expect(useSession.getState().strips.graft?.job.jobId).toBe('graft-1');
  });

  it('never take pictures away for a plan that has none, nor from a job that still draws', async () => {
    stop = await keepResults(memoryStore());
    useSession.setState({ strips: { base: null, graft: strip() } });
    const running: Strip = { ...strip(setSeed(samplePlan, 8), 'graft-9'), state: 'running' };
    useSession.setState({ strips: { base: null, graft: running } });
    await showPicturesOf(samplePlan);
    expect(useSession.getState().strips.graft).toBe(running);
  });

  it('do not keep pictures that were drawn with bypassed slots', async () => {
    stop = await keepResults(memoryStore());
    useView.setState({ bypassed: ['blocks.3.attn'] });
    useSession.setState({ strips: { base: null, graft: strip() } });
    expect(usePlanResults.getState().byHash.has(hash)).toBe(false);
  });

  it('go into files for the plans asked for, and no others', async () => {
    stop = await keepResults(memoryStore());
    useSession.setState({ measurements: { [hash]: measurement, other: measurement } });
    expect(resultsAsJson([samplePlan, emptyPlan('dit-test')])).toHaveLength(1);
  });
});

describe('records', () => {
  it('read back as they were written', () => {
    const result = { hash, measurement, distance: null, thumbnails: thumbnailsOf(strip()) };
    expect(parseResult(JSON.parse(JSON.stringify(resultToJson(result))))).toEqual(result);
    expect(decodeStrip(encodeStrip(strip()))).toEqual(strip());
  });

  it('keep the first four pictures of the last step small', () => {
    expect(thumbnailsOf(strip())?.pixels).toEqual(Uint8Array.from({ length: 16 }, (_, at) => at + 20));
    expect(thumbnailsOf({ ...strip(), frames: [] })).toBeNull();
  });

  it('refuse damage', () => {
    const bytes = encodeStrip(strip());
    expect(() => decodeStrip(bytes.subarray(0, bytes.length - 1))).toThrow('damaged; draw them again');
    expect(() => decodeStrip(new Uint8Array(2))).toThrow('damaged');
    const thumbnails = { count: 2, size: 2, channels: 1, pixels: btoa('123') };
    expect(() => parseResult({ hash, thumbnails })).toThrow('should have 8 bytes, got 3');
  });
});
