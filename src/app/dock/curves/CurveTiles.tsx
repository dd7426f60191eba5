// Small multiples: one tile a slot on shared axes, one for stage 2 on its own.
import { useMemo } from 'react';
import { compareSlots } from '../../../plan/slots.ts';
import type { Curve } from '../../../store/curves.ts';
import { useSession } from '../../../store/sessionStore.ts';
import { CurveTile } from './CurveTile.tsx';
import { sharedAxes } from './curveData.ts';

export function CurveTiles({ size }: { size: 'small' | 'large' }) {
  const curves = useSession((state) => state.curves);
  const stage1Steps = useSession((state) => state.runPlan?.stage1.steps ?? null);
  const stage2Steps = useSession((state) => state.runPlan?.stage2.steps ?? null);
  const slots = useMemo(() => slotCurves([...curves.values()]), [curves]);
  const stage2 = curves.get('stage2');
  const axes = useMemo(() => sharedAxes(slots, stage1Steps), [slots, stage1Steps]);
  const stage2Axes = useMemo(() => sharedAxes(stage2 ? [stage2] : [], stage2Steps), [stage2, stage2Steps]);
  if (slots.length === 0 && !stage2) {
    return (
      <div className="empty">
        <strong>No curves yet</strong>
        <p>Press Graft: one loss curve a slot falls here, then the one of the fine-tune.</p>
      </div>
    );
  }
  return (
    <div className={size === 'large' ? 'tiles tiles--large' : 'tiles'}>
      {stage2 && <CurveTile curve={stage2} axes={stage2Axes} />}
      {slots.map((curve) => (
        <CurveTile key={curve.series} curve={curve} axes={axes} />
      ))}
    </div>
  );
}

function slotCurves(curves: readonly Curve[]): Curve[] {
  return curves
    .filter((curve) => curve.series !== 'stage2')
    .sort((a, b) => (a.series === 'stage2' || b.series === 'stage2' ? 0 : compareSlots(a.series, b.series)));
}
