// The plans of the plot as numbers, predictions beside what was measured; the cost of a row loads its plan.
import type { Search } from '../../../store/searchPlans.ts';
import { percentText, small } from '../../format/numbers.ts';
import { pointText } from './ParetoPlot.tsx';
import { budgetNames, costText } from './priceText.ts';
import type { PlotPoint } from './searchPoints.ts';

interface Props {
  readonly search: Search;
  readonly points: readonly PlotPoint[];
  onLoad(point: PlotPoint): void;
}

export function PlansTable({ search, points, onLoad }: Props) {
  const { base, kind } = search.price;
  return (
    <table className="data-table" aria-label="Plans by cost">
      <thead>
        <tr>
          <th scope="col">{budgetNames[kind]}</th>
          <th scope="col">Change</th>
          <th scope="col">Predicted</th>
          <th scope="col">Untrained</th>
          <th scope="col">Trained</th>
          <th scope="col">FD</th>
        </tr>
      </thead>
      <tbody>
        {points.map((point) => (
          <tr key={point.key} aria-current={point.isPresent} className={point.isBest ? 'is-best' : undefined}>
            <td className="num">
              <button
                type="button"
                className="link"
                aria-label={`Load the plan of ${pointText(point, search, base)}`}
                onClick={() => onLoad(point)}
              >
                {costText(kind, point.cost)}
              </button>
            </td>
            <td className="num">{percentText(point.cost, base)}</td>
            <td className="num">{small(point.predicted)}</td>
            <td className="num">{small(point.start)}</td>
            <td className="num">{small(point.trained)}</td>
            <td className="num">{point.distance === null ? '–' : percentText(1 + point.distance, 1)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
