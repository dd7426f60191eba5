// The lens as a table: every slot a row, sorted by any column; a click flies to the slot.
import { useEffect, useState } from 'react';
import { slotIds } from '../../../models/shape.ts';
import { operatorById } from '../../../operators/index.ts';
import type { SlotId } from '../../../plan/plan.ts';
import { slotShortLabel } from '../../../plan/slots.ts';
import { teacherPlan } from '../../../store/costs.ts';
import { select, selectIsSelected, showLensTable, useView } from '../../../store/viewStore.ts';
import { Icon } from '../../icons/Icon.tsx';
import { Num } from '../../parts/Num.tsx';
import { flyTo } from '../camera.ts';
import { Bars } from './LensSign.tsx';
import type { LensFacts, LensRecord } from './lens.ts';
import { type Readings, useReadings } from './readings.ts';
import { type Direction, sorted } from './sorting.ts';

export function LensTable() {
  const readings = useReadings();
  const facts = readings.facts.get('only') ?? readings.facts.get('right');
  if (!readings.lens || !facts) return null;
  return <Table lens={readings.lens} facts={facts} readings={readings} />;
}

interface Sort {
  /** Id of a column; `slot` is the model's own order. */
  readonly by: string;
  readonly direction: Direction;
}

function Table({ lens, facts, readings }: { lens: LensRecord; facts: LensFacts; readings: Readings }) {
  const [sort, setSort] = useState<Sort>({ by: 'slot', direction: 'ascending' });
  // Another lens has other columns.
  useEffect(() => setSort({ by: 'slot', direction: 'ascending' }), [lens]);
  const side = readings.sides.get('only') ?? readings.sides.get('right');
  const rows = slotIds(facts.shape)
    .filter((slot) => side?.has(slot))
    .map((slot) => ({ slot, values: lens.columns.map((column) => column.read(facts, slot)) }));
  const at = lens.columns.findIndex(({ id }) => id === sort.by);
  const ordered =
    at < 0 ? (sort.direction === 'ascending' ? rows : [...rows].reverse()) : sorted(rows, at, sort.direction);
  const turn = (by: string) =>
    setSort((now) => ({
      by,
      direction:
        now.by === by
          ? now.direction === 'ascending'
            ? 'descending'
            : 'ascending'
          : by === 'slot'
            ? 'ascending'
            : 'descending',
    }));
  const heading = (id: string, label: string) => (
    <th key={id} scope="col" aria-sort={sort.by === id ? sort.direction : 'none'}>
      <button type="button" onClick={() => turn(id)}>
        {label}
        {sort.by === id && <i className={sort.direction}>{sort.direction === 'ascending' ? '↑' : '↓'}</i>}
      </button>
    </th>
  );
  return (
    <section className="lens-table nowheel nopan" aria-label={`Table of the lens ${lens.label}`}>
      <header>
        <h2 className="head">{lens.label}</h2>
        <span className="muted">{lens.quantity}</span>
        <button
          type="button"
          className="btn btn--icon btn--small"
          aria-label="Close the table"
          onClick={() => showLensTable(false)}
        >
          <Icon name="close" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus to be scrolled by keys. */}
      <div className="scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {heading('slot', 'Slot')}
              {lens.columns.map(({ id, label }) => heading(id, label))}
            </tr>
          </thead>
          <tbody>
            {ordered.map(({ slot, values }) => (
              <SlotRow
                key={slot}
                slot={slot}
                values={values}
                lens={lens}
                facts={facts}
                level={side?.get(slot)?.level ?? 1}
              />
            ))}
          </tbody>
          {lens.columns.some(({ sums }) => sums) && (
            <tfoot>
              <tr>
                <th scope="row">All slots</th>
                {lens.columns.map((column, index) => (
                  <td key={column.id}>
                    {column.sums && (
                      <Num
                        {...column.write(rows.reduce((sum, { values }) => sum + (values[index] ?? 0), 0))}
                      />
                    )}
                  </td>
                ))}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
    </section>
  );
}

interface SlotRowProps {
  readonly slot: SlotId;
  readonly values: readonly (number | null)[];
  readonly lens: LensRecord;
  readonly facts: LensFacts;
  readonly level: 1 | 2 | 3 | 4;
}

function SlotRow({ slot, values, lens, facts, level }: SlotRowProps) {
  const selected = useView(selectIsSelected(slot));
  const held = facts.slots[slot];
  const { label } = operatorById((held ?? teacherPlan(facts.shape, slot)).operator);
  const go = () => {
    select([slot]);
    flyTo(slot);
  };
  return (
    <tr className={selected ? 'is-selected' : ''} onClick={go}>
      <th scope="row">
        <button type="button" aria-label={`Go to ${slotShortLabel(slot)}, ${label}`}>
          <Bars level={level} />
          <span className="num">{slotShortLabel(slot)}</span>
          <span className={held ? 'operator is-grafted' : 'operator'}>{label}</span>
        </button>
      </th>
      {lens.columns.map((column, at) => {
        const value = values[at] ?? null;
        return (
          <td key={column.id}>
            {value === null ? <span className="muted">–</span> : <Num {...column.write(value)} />}
          </td>
        );
      })}
    </tr>
  );
}
