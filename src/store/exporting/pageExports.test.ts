// Pictures and reports as the page writes them: what is in the files, and that nothing from outside breaks out of them.
import { beforeEach, describe, expect, it } from 'vitest';
import { decodePng } from '../../formats/png.ts';
import { planHash } from '../../plan/hash.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { samplePlan } from '../../plan/testing.ts';
import { parsePlanText } from '../../plan/validate.ts';
import type { RunSummary, SampleFrame } from '../../workers/protocol.ts';
import { appendPoints, noCurves } from '../curves.ts';
import { startDocument } from '../documentStore.ts';
import type { Strip } from '../images.ts';
import { startOfSession, useSession } from '../sessionStore.ts';
import { testModel } from '../testing.ts';
import { exportPage } from './pageExports.ts';
import { pictureGrid } from './pictureGrid.ts';
import { checkReport } from './report/checkReport.ts';
import { type Report, reportHtml } from './report/report.ts';

const plan = { ...samplePlan, base: testModel.id };
const hash = planHash(plan);

function strip(which: 'base' | 'graft', shade: number): Strip {
  const job = {
    jobId: which,
    which,
    plan,
    seed: 7,
    classes: [0, 1, 2],
    guidance: 3,
    steps: 20,
    sampler: 'ddim' as const,
  };
  const frame: SampleFrame = {
    jobId: which,
    which,
    step: 20,
    steps: 20,
    size: 2,
    channels: 1,
    pixels: Uint8Array.from({ length: 12 }, (_, i) => shade + i),
  };
  return { job, planHash: hash, frames: [frame], state: 'done', milliseconds: 5, weights: 'trained' };
}

const slots = [
  {
    slot: 'blocks.3.attn' as const,
    state: 'done' as const,
    step: 4,
    error: 0.3,
    bestError: 0.25,
    initial: { inherit: 0.5, random: 0.9 },
    chosen: 'inherit' as const,
    byTimestep: null,
  },
];
const summary: RunSummary = {
  planHash: hash,
  phase: 'done',
  state: 'finished',
  step: 6,
  steps: 6,
  slots,
  millisecondsPerStep: 10,
  etaSeconds: 0,
  flops: 1e9,
  flopsShare: 0.002,
  savedAt: 1,
  distanceBase: 20,
  distanceStage1: 30,
  distanceGraft: 25,
  distanceSamples: 100,
  heldOutLoss: { afterStage1: 0.2, best: 0.1 },
  seconds: 61,
};

beforeEach(() => {
  startDocument(plan, 'start');
  const points = [1, 2, 3].map((step) => ({ series: 'stage2' as const, step, loss: 1 / step, error: null }));
  useSession.setState({
    ...startOfSession,
    opening: { state: 'ready', model: testModel },
    strips: { base: strip('base', 10), graft: strip('graft', 100) },
    run: summary,
    summaries: { [hash]: summary },
    curves: appendPoints(noCurves, points),
  });
});

async function written(kind: 'png' | 'html') {
  await exportPage(kind);
  const state = useSession.getState().exports[kind];
  if (state?.state === 'done') return state.file;
  throw new Error(state?.state === 'failed' ? state.sentence : `the export is ${state?.state}`);
}

describe('pictures', () => {
  it('are a grid, the base above the graft, with the plan inside', async () => {
    const file = await written('png');
    expect(file.checked).toBe(
      'Decoded again: all 40 × 28 pixels unchanged, and the plan inside has the same hash.',
    );
    const { picture, text } = decodePng(new Uint8Array(await file.blob.arrayBuffer()));
    const at = (x: number, y: number) => picture.data[y * picture.width + x];
    // Second picture, second row of pixels, of the base and of the graft; each pixel is 4 × 4.
    expect([at(4 + 12, 4 + 4), at(4 + 12, 16 + 4)]).toEqual([16, 106]);
    expect([at(0, 0), at(3, 5)]).toEqual([255, 255]);
    expect(parsePlanText(text.scion_plan ?? '')).toEqual(plan);
    expect(text.Description).toContain(
      'graft (trained weights): seeds from 7, classes 0 1 2, guidance 3, 20 DDIM steps',
    );
  });

  it('leave the graft of another plan out', async () => {
    startDocument(emptyPlan(testModel.id), 'other');
    const { picture } = decodePng(new Uint8Array(await (await written('png')).blob.arrayBuffer()));
    expect(picture.height).toBe(16);
  });

  it('have to be drawn first', async () => {
    useSession.setState({ strips: { base: null, graft: null } });
    await expect(written('png')).rejects.toThrow(
      'There are no pictures to save yet; draw them first, in the Images tab.',
    );
  });

  it('keep colours', () => {
    const row = strip('base', 0);
    const [frame] = row.frames;
    if (!frame) throw new Error('no frame');
    const colour = { ...frame, size: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3) };
    const grid = pictureGrid([
      { which: 'base', strip: { ...row, job: { ...row.job, classes: [0] } }, frame: colour },
    ]);
    expect([...grid.data.slice((4 * grid.width + 4) * 3, (4 * grid.width + 5) * 3)]).toEqual([1, 2, 3]);
  });
});

describe('the report', () => {
  it('holds curves, pictures, costs, errors and provenance, and is checked', async () => {
    const file = await written('html');
    expect(file.checked).toBe(
      'Read again: the plan inside has the same hash, 2 pictures and 1 curve are in the file, and nothing is loaded from elsewhere.',
    );
    const html = await file.blob.text();
    for (const text of [
      hash,
      'FD (Fashion-MNIST CNN), 100 images',
      'inherit',
      '0.25',
      'multiply-adds',
      'seed of the graft',
      'Stage 2, fine-tuning',
      'Graft, trained weights',
    ])
      expect(html, text).toContain(text);
  });

  it('says that a plan was not grafted', async () => {
    useSession.setState({ summaries: {}, run: null });
    expect(await (await written('html')).blob.text()).toContain(
      'It has not been grafted: there are no curves',
    );
  });

  const report: Report = {
    title: '</title><script>alert(1)</script>',
    summary: '"><img src="http://evil">',
    plan: { ...plan, base: '</script><script>alert(2)</script>' },
    costs: [['<b>', 1, Number.NaN, '&']],
    slots: [],
    stage1: [{ label: '"<svg', points: [] }],
    stage2: [],
    results: [],
    pictures: [],
    provenance: [['x', '<link rel="stylesheet" href="http://evil">']],
  };

  it('cannot be broken out of', () => {
    const html = reportHtml(report);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<link');
    expect(checkReport(html, report)).toContain('0 pictures and 0 curves');
  });

  it('is caught when it loads something', () => {
    const html = reportHtml(report).replace('<main>', '<main><img src="http://evil/x.png">');
    expect(() => checkReport(html, report)).toThrow('the report loads  src="');
  });
});
