// The curves as numbers, for whoever cannot or does not want to read lines.
import { slotLabel } from '../../../plan/slots.ts';
import type { Curve } from '../../../store/curves.ts';
import { useSession } from '../../../store/sessionStore.ts';
import { small } from '../../format/numbers.ts';

export function CurveTable() {
  const curves = useSession((state) => state.curves);
  if (curves.size === 0) {
    return (
      <div className="empty">
        <strong>No numbers yet</strong>
        <p>Press Graft to fill the table.</p>
      </div>
    );
  }
  return (
    <table className="data-table">
      <thead>
        <tr>
          <th scope="col">Series</th>
          <th scope="col">Points</th>
          <th scope="col">Last step</th>
          <th scope="col">First loss</th>
          <th scope="col">Lowest loss</th>
          <th scope="col">Last loss</th>
          <th scope="col">Last held-out error</th>
        </tr>
      </thead>
      <tbody>
        {[...curves.values()].map((curve) => (
          <CurveRow key={curve.series} curve={curve} />
        ))}
      </tbody>
    </table>
  );
}

function CurveRow({ curve }: { curve: Curve }) {
  const { points, series } = curve;
  const first = points[0];
  const last = points[points.length - 1];
  const lowest = points.reduce((low, point) => Math.min(low, point.loss), Number.POSITIVE_INFINITY);
  const error = points.findLast((point) => point.error !== null)?.error ?? null;
  return (
    <tr>
      <td>{series === 'stage2' ? 'Stage 2' : slotLabel(series)}</td>
      <td className="num">{points.length}</td>
      <td className="num">{last?.step ?? '–'}</td>
      <td className="num">{small(first?.loss ?? null)}</td>
      <td className="num">{small(lowest)}</td>
      <td className="num">{small(last?.loss ?? null)}</td>
      <td className="num">{small(error)}</td>
    </tr>
  );
}
