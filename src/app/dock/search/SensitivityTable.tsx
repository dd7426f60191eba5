// The sensitivities as numbers: sortable by every column, a row shows its slot on the canvas.
import { useState } from 'react';
import { compareSlots, slotLabel } from '../../../plan/slots.ts';
import { slotCost, teacherCost } from '../../../store/costs.ts';
import { heldLabel } from '../../../store/placing.ts';
import { useSearch } from '../../../store/search.ts';
import type { DitShape, Sensitivity } from '../../../workers/protocol.ts';
import { percentText, small } from '../../format/numbers.ts';
import { showSlot } from './SensitivityStrip.tsx';

interface Column {
  readonly id: string;
  readonly title: string;
  readonly isNumber: boolean;
  text(row: Sensitivity, shape: DitShape): string;
  compare(a: Sensitivity, b: Sensitivity, shape: DitShape): number;
}

const macsOf = (shape: DitShape, { slot, candidate }: Sensitivity) =>
  slotCost(shape, slot, { ...candidate, initialisation: 'auto' }).macs;
const wordsOf = (shape: DitShape, { slot, candidate }: Sensitivity) =>
  heldLabel(shape, slot, { ...candidate, initialisation: 'auto' });
const startWords = {
  random: 'random',
  inherit: 'inherited',
  ridge: 'ridge',
  generated: 'generated',
} as const;

const columns: readonly Column[] = [
  {
    id: 'slot',
    title: 'Slot',
    isNumber: false,
    text: ({ slot }) => slotLabel(slot),
    compare: (a, b) => compareSlots(a.slot, b.slot),
  },
  {
    id: 'operator',
    title: 'Swapped for',
    isNumber: false,
    text: (row, shape) => wordsOf(shape, row),
    compare: (a, b, shape) => wordsOf(shape, a).localeCompare(wordsOf(shape, b)),
  },
  {
    id: 'change',
    title: 'Output change',
    isNumber: true,
    text: ({ change }) => small(change),
    compare: (a, b) => a.change - b.change,
  },
  {
    id: 'operatorError',
    title: 'Operator error',
    isNumber: true,
    text: ({ slotError }) => small(slotError),
    compare: (a, b) => a.slotError - b.slotError,
  },
  {
    id: 'macs',
    title: 'Slot MACs',
    isNumber: true,
    text: (row, shape) => percentText(macsOf(shape, row), teacherCost(shape, row.slot).macs),
    compare: (a, b, shape) => macsOf(shape, a) - macsOf(shape, b),
  },
  {
    id: 'start',
    title: 'Start',
    isNumber: false,
    text: ({ initialisation }) => startWords[initialisation],
    compare: (a, b) => a.initialisation.localeCompare(b.initialisation),
  },
];

export function SensitivityTable({ shape }: { shape: DitShape }) {
  const sensitivities = useSearch((state) => state.sensitivities);
  const [sort, setSort] = useState({ column: 'change', direction: 1 });
  const column = columns.find(({ id }) => id === sort.column);
  const rows = [...sensitivities.values()].sort(
    (a, b) => sort.direction * (column?.compare(a, b, shape) ?? 0) || compareSlots(a.slot, b.slot),
  );
  return (
    <table className="data-table" aria-label="Sensitivities">
      <thead>
        <tr>
          {columns.map(({ id, title, isNumber }) => (
            <th
              key={id}
              scope="col"
              className={isNumber ? undefined : 'is-text'}
              aria-sort={sort.column !== id ? 'none' : sort.direction > 0 ? 'ascending' : 'descending'}
            >
              <button
                type="button"
                onClick={() => setSort({ column: id, direction: sort.column === id ? -sort.direction : 1 })}
              >
                {title}
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.slot} ${wordsOf(shape, row)}`}>
            {columns.map(({ id, isNumber, text }) => (
              <td key={id} className={isNumber ? 'num' : 'is-text'}>
                {id === 'slot' ? (
                  <button type="button" className="link" onClick={() => showSlot(row.slot)}>
                    {text(row, shape)}
                  </button>
                ) : (
                  text(row, shape)
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
