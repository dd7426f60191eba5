// The runs whose curves can be drawn: the one on show, and every earlier one whose result is kept.
import { planHash } from '../../../plan/hash.ts';
import type { Plan, SlotId } from '../../../plan/plan.ts';
import { planName } from '../../../plan/planName.ts';
import { appendPoints, type Curves, noCurves } from '../../../store/curves.ts';
import type { SessionState } from '../../../store/sessionStore.ts';
import type { CurvePoint, SlotProgress, StoredRun } from '../../../workers/protocol.ts';

export interface CurveRun {
  readonly key: string;
  readonly plan: Plan;
  /** `a3f9`, for legends and tables. */
  readonly short: string;
  readonly name: string;
  readonly curves: Curves;
  readonly slots: readonly SlotProgress[];
  /** Held-out loss between stage 1 and the fine-tune. */
  readonly afterStage1: number | null;
  readonly savedAt: number | null;
  readonly isCurrent: boolean;
}

/** Colours beside the accent; further runs are listed but start switched off. */
export const runColours = 4;

const earlier = new WeakMap<StoredRun, CurveRun>();

/** The run on show first, then earlier ones, newest first. */
export function curveRuns({
  run,
  runPlan,
  curves,
  summaries,
  storedRuns,
}: Pick<SessionState, 'run' | 'runPlan' | 'curves' | 'summaries' | 'storedRuns'>): CurveRun[] {
  const shown = runPlan && curves.size > 0 ? described(runPlan).key : null;
  const others = storedRuns
    .filter(({ finished, planHash: hash, points }) => finished && hash !== shown && points.length > 0)
    .map(ofStored);
  if (!runPlan || shown === null) return others;
  const own: CurveRun = {
    ...described(runPlan),
    curves,
    slots: run?.slots ?? [],
    afterStage1: summaries[shown]?.heldOutLoss.afterStage1 ?? null,
    savedAt: run?.savedAt ?? null,
    isCurrent: true,
  };
  return [own, ...others];
}

function ofStored(stored: StoredRun): CurveRun {
  const known = earlier.get(stored);
  if (known) return known;
  const made: CurveRun = {
    ...described(stored.plan),
    curves: appendPoints(noCurves, stored.points),
    slots: stored.summary?.slots ?? [],
    afterStage1: stored.summary?.heldOutLoss.afterStage1 ?? null,
    savedAt: stored.savedAt,
    isCurrent: false,
  };
  earlier.set(stored, made);
  return made;
}

type Description = Pick<CurveRun, 'key' | 'plan' | 'short' | 'name'>;
/** Points come ten times a second; a plan's hash and name stay. */
const descriptions = new WeakMap<Plan, Description>();

function described(plan: Plan): Description {
  const known = descriptions.get(plan);
  if (known) return known;
  const key = planHash(plan);
  const made = { key, plan, short: key.slice(0, 4), name: planName(plan) };
  descriptions.set(plan, made);
  return made;
}

/** Runs that are drawn: those not switched off; of the earlier ones as many as there are colours, until chosen. */
export function visibleRuns(runs: readonly CurveRun[], hidden: readonly string[]): CurveRun[] {
  return runs.filter(({ key }) => !hidden.includes(key)).slice(0, runColours + 1);
}

/** A run keeps its colour while others come and go: 0 is the accent, of the run on show. */
export function colourOf(runs: readonly CurveRun[], { key }: CurveRun): number {
  const place = runs.findIndex((run) => run.key === key);
  const hasCurrent = runs[0]?.isCurrent === true;
  return hasCurrent ? place : place + 1;
}

/** The series of these runs: stage 2 first, then the slots in the order of the model. */
export function seriesOf(
  runs: readonly CurveRun[],
  order: (a: SlotId, b: SlotId) => number,
): CurvePoint['series'][] {
  const all = new Set(runs.flatMap(({ curves }) => [...curves.keys()]));
  const slots = [...all].filter((series): series is SlotId => series !== 'stage2').sort(order);
  return all.has('stage2') ? ['stage2', ...slots] : slots;
}
