// Teacher against graft: parameters, multiply-adds, and milliseconds where they were measured.
import { planHash } from '../../plan/hash.ts';
import type { SlotId } from '../../plan/plan.ts';
import { baseCost, slotCost, teacherCost } from '../../store/costs.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { useSession } from '../../store/sessionStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { compact, macs } from '../format/numbers.ts';
import { CommandButton } from '../parts/CommandButton.tsx';
import { Change, Num } from '../parts/Num.tsx';

export function CostTable({ shape, slots }: { shape: DitShape; slots: readonly SlotId[] }) {
  const plan = useDocument(selectPlan);
  const measurement = useSession((state) => state.measurements[planHash(plan)]);
  const was = slots.map((slot) => teacherCost(shape, slot));
  const now = slots.map((slot) => slotCost(shape, slot, plan.slots[slot]));
  const times = measurement?.slots.filter(({ slot }) => slots.includes(slot)) ?? [];
  const total = (costs: readonly { macs: number; parameters: number }[], of: 'macs' | 'parameters') =>
    costs.reduce((sum, cost) => sum + cost[of], 0);
  const macsWas = total(was, 'macs');
  const share = (macsWas / baseCost(shape).macs) * 100;
  return (
    <div className="section">
      <table className="table">
        <thead>
          <tr>
            <th className="head" scope="col">
              Cost
            </th>
            <th scope="col">Teacher</th>
            <th scope="col">Graft</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          <Row
            name="Parameters"
            was={total(was, 'parameters')}
            now={total(now, 'parameters')}
            format={compact}
          />
          <Row name="MACs per image" was={macsWas} now={total(now, 'macs')} format={macs} />
          {times.length > 0 && measurement && (
            <Row
              name={`Measured, batch ${measurement.batch}`}
              was={times.reduce((sum, { teacherMs }) => sum + teacherMs, 0)}
              now={times.reduce((sum, { operatorMs }) => sum + operatorMs, 0)}
              format={(ms) => ({ value: ms.toFixed(2), unit: 'ms' })}
            />
          )}
        </tbody>
      </table>
      <p className="caption">
        {slots.length === 1 ? 'This slot is' : 'These slots are'} {share.toFixed(share < 10 ? 1 : 0)} % of the
        model’s MACs.{' '}
        {times.length === 0 && (
          <CommandButton id="run.measure" className="btn btn--small">
            Measure ms
          </CommandButton>
        )}
      </p>
    </div>
  );
}

interface RowProps {
  readonly name: string;
  readonly was: number;
  readonly now: number;
  format(count: number): { value: string; unit: string };
}

function Row({ name, was, now, format }: RowProps) {
  return (
    <tr>
      <td>{name}</td>
      <td className="was">
        <Num {...format(was)} />
      </td>
      <td>
        <Num {...format(now)} />
      </td>
      <td>
        <Change now={now} was={was} />
      </td>
    </tr>
  );
}
