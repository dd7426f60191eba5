// The tree of plans in the left panel: where each came from, what came of it; a click goes there.
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef } from 'react';
import { planHash } from '../../../plan/hash.ts';
import { type PlanNode, rootOf } from '../../../plan/history.ts';
import { goToPlan, useDocument } from '../../../store/documentStore.ts';
import { nodeName } from '../../../store/planFigures.ts';
import { type PlanMetric, usePlanView } from '../../../store/planView.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import { announce } from '../../../store/viewStore.ts';
import { commandById } from '../../commands/index.ts';
import { deleteWithNotice, showDifference, startRenaming } from '../../commands/plans.ts';
import { Icon } from '../../icons/Icon.tsx';
import { commandItem } from '../../parts/CommandButton.tsx';
import { openContextMenu } from '../../parts/ContextMenu.tsx';
import type { MenuItem } from '../../parts/Menu.tsx';
import { PlanRow } from './PlanRow.tsx';
import { treeRows } from './treeRows.ts';

export function PlanTree() {
  const history = useDocument((state) => state.history);
  const hasModel = useSession((state) => selectModel(state) !== null);
  const everyEdit = usePlanView((state) => state.everyEdit);
  const known = useKnownResults();
  const rows = useMemo(
    () => treeRows(history, (node) => everyEdit || known(planHash(node.plan))),
    [history, everyEdit, known],
  );
  const list = useRef<HTMLDivElement>(null);
  const { here } = history;
  useEffect(() => {
    list.current?.querySelector(`[data-plan="${here}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [here]);
  if (!hasModel) return null;
  return (
    <section className="plans" aria-label="Plans">
      <PlansHead />
      <div
        className="plan-tree"
        role="tree"
        aria-label="Plans"
        onKeyDown={onKeyDown}
        tabIndex={-1}
        ref={list}
      >
        {rows.map((row) => (
          <PlanRow
            key={row.node.id}
            row={row}
            name={nodeName(history, row.node)}
            onMenu={(event) => openMenu(event, row.node)}
          />
        ))}
      </div>
      {rows.length === 1 && (
        <p className="hint">Edits grow this tree. Undo never deletes a plan or its results.</p>
      )}
    </section>
  );
}

/** Has anything come of a plan? The answer changes identity only when one more plan has results. */
function useKnownResults(): (hash: string) => boolean {
  const summaries = useSession((state) => state.summaries);
  const distances = useSession((state) => state.distances);
  const running = useSession((state) => state.run?.planHash);
  return useMemo(
    () => (hash) => hash === running || summaries[hash] !== undefined || distances[hash] !== undefined,
    [summaries, distances, running],
  );
}

const metricNames: Readonly<Record<PlanMetric, string>> = {
  distance: 'FD',
  macs: 'MACs',
  parameters: 'params',
  milliseconds: 'ms per image',
};

function PlansHead() {
  const metric = usePlanView((state) => state.metric);
  const open = (event: MouseEvent<HTMLElement>, label: string, items: readonly MenuItem[]) => {
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    openContextMenu({ label, items, x: left, y: bottom + 4 });
  };
  return (
    <div className="plans-head">
      <h2 className="head">Plans</h2>
      <span className="spacer" />
      <button
        type="button"
        className="btn btn--small plans-metric"
        aria-haspopup="menu"
        aria-label={`Figure beside each plan: ${metricNames[metric]}`}
        onClick={(event) => open(event, 'Figure beside each plan', metricItems(metric))}
      >
        {metricNames[metric]} <Icon name="down" />
      </button>
      <button
        type="button"
        className="btn btn--icon btn--small"
        aria-haspopup="menu"
        aria-label="Actions on plans"
        title="Actions on plans"
        onClick={(event) => open(event, 'Actions on plans', headItems())}
      >
        <Icon name="more" />
      </button>
    </div>
  );
}

function metricItems(metric: PlanMetric): MenuItem[] {
  const names: Readonly<Record<PlanMetric, string>> = {
    distance: 'Fréchet distance',
    macs: 'Change in MACs',
    parameters: 'Change in parameters',
    milliseconds: 'Measured ms per image',
  };
  const order: readonly PlanMetric[] = ['distance', 'macs', 'parameters', 'milliseconds'];
  return order.map((id) => ({
    id,
    label: names[id],
    checked: id === metric,
    run: () => commandById(`plans.${id}`).run(),
  }));
}

function headItems(): MenuItem[] {
  return [
    commandItem('plans.rename'),
    commandItem('plans.compareBefore'),
    commandItem('plans.compareFirst'),
    { ...commandItem('plans.delete'), startsGroup: true },
    commandItem('plans.restoreDeleted'),
    { ...commandItem('plans.everyEdit'), startsGroup: true },
    commandItem('view.history'),
  ];
}

function openMenu(event: MouseEvent, node: PlanNode): void {
  event.preventDefault();
  const isRoot = node.id === rootOf(useDocument.getState().history).id;
  const isHere = node.id === useDocument.getState().history.here;
  const items: MenuItem[] = [
    { id: 'go', label: 'Go to this plan', unavailable: isHere ? 'you are here' : null, run: () => go(node) },
    {
      id: 'compare',
      label: 'Compare with the present plan',
      icon: 'history',
      detail: 'D',
      unavailable: isHere ? 'this is the present plan' : null,
      run: () => showDifference(node.id),
    },
    { id: 'rename', label: 'Rename…', detail: 'F2', run: () => startRenaming(node.id) },
    {
      id: 'delete',
      label: 'Delete this branch',
      detail: 'Del',
      startsGroup: true,
      unavailable: isRoot ? 'the first plan stays' : null,
      run: () => deleteWithNotice(node.id),
    },
  ];
  const name = nodeName(useDocument.getState().history, node);
  openContextMenu({ label: name, items, x: event.clientX, y: event.clientY });
}

function go(node: PlanNode): void {
  if (goToPlan(node.id)) announce(`Went to ${nodeName(useDocument.getState().history, node)}.`);
}

function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
  if (event.target instanceof HTMLInputElement) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="treeitem"]')];
  const at = items.findIndex((item) => item.isSameNode(document.activeElement));
  const id = Number(items[at]?.dataset.plan);
  const { history } = useDocument.getState();
  const node = history.nodes.get(id);
  if (!node) return;
  const last = items.length - 1;
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
  const acts: Readonly<Record<string, () => void>> = {
    Enter: () => go(node),
    ' ': () => go(node),
    F2: () => startRenaming(id),
    d: () => showDifference(id),
    Delete: () => {
      items[Math.max(0, at - 1)]?.focus();
      deleteWithNotice(id);
    },
  };
  const act = acts[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey || (target === undefined && !act)) return;
  event.preventDefault();
  event.stopPropagation();
  if (target !== undefined) items[Math.min(last, Math.max(0, target))]?.focus();
  else act?.();
}
