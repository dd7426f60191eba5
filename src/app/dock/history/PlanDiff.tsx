// The difference of two plans: every slot and setting that differs, and the sum. A click flies to the slot.
import { useMemo } from 'react';
import { planHash } from '../../../plan/hash.ts';
import { type History, type NodeId, nodeAt } from '../../../plan/history.ts';
import type { Plan } from '../../../plan/plan.ts';
import { slotLabel } from '../../../plan/slots.ts';
import { useDocument } from '../../../store/documentStore.ts';
import { planDifference, type SlotDifference, settingLabel } from '../../../store/planDiff.ts';
import { type Against, nodeName } from '../../../store/planFigures.ts';
import { usePlanView } from '../../../store/planView.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import { select, useView } from '../../../store/viewStore.ts';
import { reveal } from '../../canvas/camera.ts';
import { showOnBothCanvases } from '../../commands/plans.ts';
import { compact, macs, type Quantity } from '../../format/numbers.ts';
import { Icon } from '../../icons/Icon.tsx';
import { treeRows } from '../../left/plans/treeRows.ts';
import { Change, Num } from '../../parts/Num.tsx';

export function PlanDiff() {
  const history = useDocument((state) => state.history);
  const model = useSession(selectModel);
  const view = usePlanView();
  const before = existing(history, view.before);
  const after = existing(history, view.after);
  const difference = useMemo(() => {
    const plan = (id: NodeId | null): Plan => nodeAt(history, id ?? history.here).plan;
    return model && planDifference(plan(before), plan(after), model.config);
  }, [history, before, after, model]);
  if (!difference) return null;
  const { slots, settings } = difference;
  const isSame = slots.length === 0 && settings.length === 0;
  return (
    <section className="plan-diff" aria-label="Difference of two plans">
      <div className="diff-head">
        <PlanChoice
          label="Before"
          history={history}
          value={before}
          onChange={(id) => usePlanView.setState({ before: id })}
        />
        <Icon name="arrow" />
        <PlanChoice
          label="After"
          history={history}
          value={after}
          onChange={(id) => usePlanView.setState({ after: id })}
        />
        <span className="spacer" />
        {!isSame && <SplitButton />}
      </div>
      {isSame ? (
        <p className="empty">
          <strong>The same plan</strong>
          Choose two plans above, or press D on one in the tree: what differs is listed here, slot by slot.
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus to be scrolled by keys.
        <div className="diff-body" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th className="head" scope="col">
                  {slots.length === 1 ? '1 slot differs' : `${slots.length} slots differ`}
                </th>
                <th scope="col" className="words">
                  Before → after
                </th>
                <th scope="col">Parameters</th>
                <th scope="col">MACs</th>
              </tr>
            </thead>
            <tbody>
              {slots.map((row) => (
                <SlotRow key={row.slot} row={row} />
              ))}
              {settings.map(({ name, before: was, after: now }) => (
                <tr key={name} data-diff={name}>
                  <td>{settingLabel(name)}</td>
                  <td className="words">
                    <span className="was">{String(was)}</span> <Icon name="arrow" /> {String(now)}
                  </td>
                  <td />
                  <td />
                </tr>
              ))}
            </tbody>
            {slots.length > 0 && (
              <tfoot>
                <tr>
                  <td>Model</td>
                  <td />
                  <Cost against={difference.parameters} quantity={compact} />
                  <Cost against={difference.macs} quantity={macs} />
                </tr>
              </tfoot>
            )}
          </table>
        </div>
      )}
    </section>
  );
}

/** A plan that was deleted meanwhile gives way to the present one. */
function existing(history: History, id: NodeId | null): NodeId | null {
  return id !== null && history.nodes.has(id) ? id : null;
}

function SplitButton() {
  const isSplit = useView((state) => state.split !== null);
  return (
    <button
      type="button"
      className="btn btn--small btn--outline"
      aria-pressed={isSplit}
      onClick={showOnBothCanvases}
    >
      Show on both canvases
    </button>
  );
}

function SlotRow({ row }: { row: SlotDifference }) {
  return (
    <tr data-diff={row.slot}>
      <td>
        <button
          type="button"
          className="plan-link"
          onClick={() => {
            select([row.slot]);
            reveal(row.slot);
          }}
        >
          {slotLabel(row.slot)}
        </button>
      </td>
      <td className="words">
        <span className="was">{row.before}</span> <Icon name="arrow" /> {row.after}
      </td>
      <Cost against={row.parameters} quantity={compact} />
      <Cost against={row.macs} quantity={macs} />
    </tr>
  );
}

function Cost({ against, quantity }: { against: Against; quantity(count: number): Quantity }) {
  return (
    <td>
      <Num {...quantity(against.now)} />
      <Change {...against} />
    </td>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly history: History;
  /** Null: the present plan, whichever that is. */
  readonly value: NodeId | null;
  onChange(id: NodeId | null): void;
}

function PlanChoice({ label, history, value, onChange }: ChoiceProps) {
  const rows = useMemo(() => treeRows(history, (node) => node.id === value), [history, value]);
  return (
    <select
      className="pick"
      aria-label={label}
      value={value ?? 'present'}
      onChange={(event) => onChange(event.target.value === 'present' ? null : Number(event.target.value))}
    >
      <option value="present">Present plan</option>
      {rows.map(({ node }) => (
        <option key={node.id} value={node.id}>
          {`${planHash(node.plan).slice(0, 4)} ${nodeName(history, node)}`}
        </option>
      ))}
    </select>
  );
}
