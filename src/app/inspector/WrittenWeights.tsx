// What the generator of operators wrote, block by block (a block is a slot): as large as trained ones, a copy, or a mean.
import type { SlotId } from '../../plan/plan.ts';
import { slotShortLabel } from '../../plan/slots.ts';
import { useWritten } from '../../store/written.ts';
import { verdict } from '../dialogs/styles/verdict.ts';

export function WrittenWeights({ slots }: { slots: readonly SlotId[] }) {
  const written = useWritten((state) => state.slots);
  const own = written?.filter(({ slot }) => slots.includes(slot)) ?? [];
  if (own.length === 0) return null;
  return (
    <div className="section" data-written>
      <h3 className="head">Generated weights</h3>
      <table className="table" aria-label="Generated weights beside trained ones">
        <thead>
          <tr>
            <th scope="col">Slot</th>
            <th scope="col" title="Norm over that of trained operators, as deviations from their mean">
              Size
            </th>
            <th scope="col" title="Distance to the nearest trained operator">
              Nearest
            </th>
            <th scope="col" title="Distance to the mean of the trained operators">
              Mean
            </th>
          </tr>
        </thead>
        <tbody>
          {own.map(({ slot, normRatio, nearest, mean }) => (
            <tr key={slot}>
              <th scope="row">{slotShortLabel(slot)}</th>
              <td className="num">{normRatio.toFixed(2)}×</td>
              <td className="num" title={nearest.label}>
                {nearest.distance.toFixed(2)}
              </td>
              <td className="num">{mean.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {own.map((block) => (
        <p key={block.slot} className="caption">
          {slotShortLabel(block.slot)}: {verdict(block)}; nearest of {block.trained} trained is{' '}
          {block.nearest.label}. Trained ones are typically {block.typical.toFixed(2)} apart.
        </p>
      ))}
    </div>
  );
}
