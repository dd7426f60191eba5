// The demo: a finished graft that ships with the page, shown under its plan's hash where finished runs are shown. Its figures
// stay the demo's: nothing of them is written among what this browser measured.
import { create } from 'zustand';
import { FileError } from '../../lib/errors.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { openSettings } from '../../storage/settings.ts';
import type { CurvePoint, RunProgress, RunSummary, SampleFrame, StoredRun } from '../../workers/protocol.ts';
import type { Strip, Strips } from '../images.ts';
import { type Demo, type DemoPictures, parseDemo } from './demoFile.ts';
import type { ReadDemoFile } from './demoFiles.ts';

export interface DemoState {
  readonly demo: Demo | null;
  readonly strips: Strips;
  /** When its weights were put among the stored results of this browser; null before that. */
  readonly weightsSavedAt: number | null;
}

export const useDemo = create<DemoState>()(() => ({
  demo: null,
  strips: { base: null, graft: null },
  weightsSavedAt: null,
}));

const settings = openSettings();
const key = 'demo';

/** Was the demo shown in this browser before? Its figures then stay with its plan. */
export function wasDemoShown(): boolean {
  return settings.get(key, (value) => (isMark(value) ? true : undefined), false);
}

function isMark(value: unknown): value is { readonly weightsSavedAt: number | null } {
  return typeof value === 'object' && value !== null && 'weightsSavedAt' in value;
}

/** Reads the demo, once a visit. @throws UserError where a file is missing or damaged */
export async function loadDemo(read: ReadDemoFile): Promise<Demo> {
  const loaded = useDemo.getState().demo;
  if (loaded) return loaded;
  const demo = parseDemo(JSON.parse(new TextDecoder().decode(await read('demo.json'))));
  const { decodePng } = await import('../../formats/png.ts');
  const { picture } = decodePng(await read(demo.pictures.file), demo.pictures.file);
  const strips = stripsOf(demo, picture.data);
  const weightsSavedAt = settings.get(
    key,
    (value) => (isMark(value) ? value.weightsSavedAt : undefined),
    null,
  );
  useDemo.setState({ demo, strips, weightsSavedAt });
  settings.set(key, { weightsSavedAt });
  return demo;
}

export function keepWeightsTime(weightsSavedAt: number): void {
  useDemo.setState({ weightsSavedAt });
  settings.set(key, { weightsSavedAt });
}

/** Is this summary the demo's, and not that of a run in this browser? */
export function isDemoSummary(summary: RunProgress | null | undefined): boolean {
  const { demo } = useDemo.getState();
  return demo !== null && summary === demo.summary;
}

/** The demo's result under its plan's hash, unless this browser has one of its own. */
export function withDemoSummary(
  summaries: Readonly<Record<string, RunSummary>>,
): Readonly<Record<string, RunSummary>> {
  const { demo } = useDemo.getState();
  return !demo || summaries[demo.hash] ? summaries : { ...summaries, [demo.hash]: demo.summary };
}

/** The trainer knows the demo's weights as a file's; what is known of their training is added. */
export function withDemoHistory(run: StoredRun): StoredRun {
  const { demo, weightsSavedAt } = useDemo.getState();
  const isDemos = demo?.hash === run.planHash && run.savedAt === weightsSavedAt;
  return isDemos ? { ...run, summary: demo.summary, points: demo.points } : run;
}

/** The curves of the demo, for its plan. */
export function demoPoints(hash: string): readonly CurvePoint[] {
  const { demo } = useDemo.getState();
  return demo?.hash === hash ? demo.points : [];
}

/** The precomputed pictures for a plan; none but the demo's own has any. */
export function demoStrips(plan: Plan): Strips | null {
  const { demo, strips } = useDemo.getState();
  return demo && planHash(plan) === demo.hash ? strips : null;
}

function stripsOf({ plan, hash, pictures }: Demo, pixels: Uint8Array): Strips {
  const strip = (which: 'base' | 'graft'): Strip => {
    const { seed, guidance, steps, classes, size } = pictures;
    const jobId = `demo-${which}`;
    const frame: SampleFrame = {
      jobId,
      which,
      step: steps,
      steps,
      size,
      channels: 1,
      pixels: rowOf(pixels, pictures, which),
    };
    return {
      job: { jobId, which, plan, seed, classes, guidance, steps, sampler: 'ddim' },
      planHash: hash,
      frames: [frame],
      state: 'done',
      milliseconds: null,
      bundled: true,
      weights: which === 'base' ? 'pretrained' : 'trained',
    };
  };
  return { base: strip('base'), graft: strip('graft') };
}

/** [2·size, count·size] to [count, 1, size, size] of one row of pictures. */
function rowOf(
  pixels: Uint8Array,
  { size, classes, file }: DemoPictures,
  which: 'base' | 'graft',
): Uint8Array {
  const count = classes.length;
  const width = count * size;
  if (pixels.length !== 2 * size * width)
    throw new FileError(
      `${file} should have ${width} × ${2 * size} grey pixels, got ${pixels.length} values.`,
    );
  const row = new Uint8Array(size * width);
  for (let picture = 0; picture < count; picture++) {
    for (let y = 0; y < size; y++) {
      const from = ((which === 'base' ? 0 : size) + y) * width + picture * size;
      row.set(pixels.subarray(from, from + size), (picture * size + y) * size);
    }
  }
  return row;
}
