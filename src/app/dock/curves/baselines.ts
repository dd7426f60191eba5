// The dashed line of a tile: what the curve must be read against, where that was measured.
import type { SlotId } from '../../../plan/plan.ts';
import { teacherPlan } from '../../../store/costs.ts';
import { endOf, type SelfGraft, sameLoss } from '../../../store/selfGraft/selfGraftFile.ts';
import type { CurvePoint, DitShape } from '../../../workers/protocol.ts';
import type { CurveRun } from './curveRuns.ts';
import type { Metric } from './curveView.ts';

export interface Baseline {
  readonly value: number;
  readonly label: string;
}

/**
 * Of a slot: the error of a self-graft, the base's own kind of operator trained the same way, of a shown run or else of
 * the bundled record; and, on the error scale, the error before training of the start that was taken. Of stage 2: the
 * held-out loss that the fine-tune began with.
 */
export function baselinesOf(
  series: CurvePoint['series'],
  metric: Metric,
  runs: readonly CurveRun[],
  shape: DitShape | null,
  bundled: SelfGraft | null = null,
): Baseline[] {
  const [first] = runs;
  if (!first) return [];
  if (series === 'stage2') {
    return first.afterStage1 === null ? [] : [{ value: first.afterStage1, label: 'after stage 1' }];
  }
  const own = first.slots.find(({ slot }) => slot === series);
  const control = shape && runs.find((run) => run !== first && isSelfGraft(run, series, shape));
  const found: Baseline[] = [];
  const value = control
    ? metric === 'loss'
      ? lastLoss(control, first, series)
      : errorOf(control, series)
    : bundledValue(bundled, metric, first, series);
  if (value !== null) found.push({ value, label: 'self-graft' });
  const start = own?.chosen ? own.initial[own.chosen] : undefined;
  if (metric === 'error' && own?.chosen && start !== undefined)
    found.push({ value: start, label: `${own.chosen} start` });
  return found.filter(({ value }) => Number.isFinite(value));
}

export function isSelfGraft({ plan }: CurveRun, slot: SlotId, shape: DitShape): boolean {
  const held = plan.slots[slot];
  const teacher = teacherPlan(shape, slot);
  return (
    held?.operator === teacher.operator && JSON.stringify(held.config) === JSON.stringify(teacher.config)
  );
}

function errorOf(run: CurveRun, slot: SlotId): number | null {
  return run.slots.find((progress) => progress.slot === slot)?.bestError ?? null;
}

function lastLoss(control: CurveRun, shown: CurveRun, slot: SlotId): number | null {
  if (!sameLoss(control.plan.stage1, shown.plan.stage1)) return null;
  return endOf(control.curves.get(slot)?.points.map(({ loss, mean }) => mean ?? loss) ?? []);
}

function bundledValue(
  bundled: SelfGraft | null,
  metric: Metric,
  shown: CurveRun,
  slot: SlotId,
): number | null {
  const ends = bundled?.slots[slot];
  if (!bundled || !ends) return null;
  if (metric !== 'loss') return ends.error;
  return sameLoss(bundled.plan.stage1, shown.plan.stage1) ? ends.loss : null;
}
