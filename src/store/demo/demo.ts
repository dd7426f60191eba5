// The demo: a finished graft that ships with the page, shown under its plan's hash where finished runs are shown. Its figures
// stay the demo's: nothing of them is written among what this browser measured.
import { create } from 'zustand';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { openSettings } from '../../storage/settings.ts';
import type { CurvePoint, RunProgress, RunSummary, StoredRun } from '../../workers/protocol.ts';
import type { Strips } from '../images.ts';
import type { Demo } from './demoFile.ts';

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

/** From now on this demo is known, also in later visits. */
export function keepDemo(demo: Demo, strips: Strips): void {
  const weightsSavedAt = settings.get(
    key,
    (value) => (isMark(value) ? value.weightsSavedAt : undefined),
    null,
  );
  useDemo.setState({ demo, strips, weightsSavedAt });
  settings.set(key, { weightsSavedAt });
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
