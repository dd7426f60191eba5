// One plan of the tree: its rail, its hash, its name, and the figure that was asked for.
import type { MouseEvent } from 'react';
import { graftedSlots } from '../../../plan/edits.ts';
import { planHash } from '../../../plan/hash.ts';
import { goToPlan, renamePlan } from '../../../store/documentStore.ts';
import { type PlanFigures, planFigures } from '../../../store/planFigures.ts';
import { usePlanResults } from '../../../store/planResults.ts';
import { type PlanMetric, usePlanView } from '../../../store/planView.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import { clockTime, percentText } from '../../format/numbers.ts';
import { NameEntry } from '../../parts/NameEntry.tsx';
import { Rail } from './Rail.tsx';
import type { TreeRow } from './treeRows.ts';

interface Props {
  readonly row: TreeRow;
  readonly name: string;
  onMenu(event: MouseEvent): void;
}

export function PlanRow({ row, name, onMenu }: Props) {
  const { node, lane, isHere } = row;
  const hash = planHash(node.plan);
  const figures = useFigures(row, hash);
  const metric = usePlanView((state) => state.metric);
  const isRenaming = usePlanView((state) => state.renaming === node.id);
  const grafted = graftedSlots(node.plan).length > 0;
  const figure = figures ? figureText(figures, metric) : '';
  const classes = ['plan-row', isHere && 'is-here', grafted && 'is-grafted', row.isOnPath || 'is-aside'];
  if (isRenaming) {
    const done = () => usePlanView.setState({ renaming: null });
    return (
      // biome-ignore lint/a11y/useFocusableInteractive: the field inside has the focus.
      <div className="plan-row" role="treeitem" aria-selected={isHere} data-plan={node.id}>
        <Rail row={row} trained={isTrained(figures)} />
        <NameEntry
          label="Name of the plan"
          value={node.name ?? name}
          onTake={(typed) => {
            // The name that is made from the plan stays made from it.
            if (typed !== name) renamePlan(node.id, typed);
            done();
          }}
          onLeave={done}
        />
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the keys.
    <div
      className={classes.filter(Boolean).join(' ')}
      role="treeitem"
      aria-level={lane + 1}
      aria-selected={isHere}
      aria-current={isHere}
      aria-label={describe(row, name, hash, figures)}
      tabIndex={isHere ? 0 : -1}
      title={`${name}\n${node.label}, ${clockTime(node.made)}${row.hidden > 0 ? `, ${row.hidden} edits before it` : ''}`}
      data-plan={node.id}
      onClick={() => goToPlan(node.id)}
      onDoubleClick={() => usePlanView.setState({ renaming: node.id })}
      onContextMenu={onMenu}
    >
      <Rail row={row} trained={isTrained(figures)} />
      <span className="num hash">{grafted ? hash.slice(0, 4) : 'base'}</span>
      <span className="name">{name}</span>
      <span className="num plan-figure">{figure}</span>
    </div>
  );
}

function useFigures({ node }: TreeRow, hash: string): PlanFigures | null {
  const model = useSession(selectModel);
  const summaries = useSession((state) => state.summaries);
  const distances = useSession((state) => state.distances);
  const measurements = useSession((state) => state.measurements);
  // Only the run of this very plan matters here, and of it the phase: not every step renders the tree.
  const phase = useSession((state) =>
    state.run?.planHash === hash ? `${state.run.state} ${state.run.phase}` : null,
  );
  const result = usePlanResults((state) => state.byHash.get(hash));
  if (!model) return null;
  const run = phase === null ? null : useSession.getState().run;
  return planFigures(hash, node.plan, model.config, { summaries, distances, measurements, run }, result);
}

function isTrained(figures: PlanFigures | null): boolean {
  return figures?.state === 'trained' || figures?.state === 'pretrained';
}

/** What is known, or how far the run is; nothing rather than a dash where nothing was tried. */
export function figureText(figures: PlanFigures, metric: PlanMetric): string {
  if (['stage 1', 'stage 2', 'scoring'].includes(figures.state)) return figures.state;
  const { distance, milliseconds } = figures;
  switch (metric) {
    case 'distance':
      return distance ? distance.now.toFixed(2) : '';
    case 'milliseconds':
      return milliseconds ? milliseconds.now.toFixed(2) : '';
    case 'macs':
      return figures.state === 'pretrained' ? '' : percentText(figures.macs.now, figures.macs.was);
    case 'parameters':
      return figures.state === 'pretrained'
        ? ''
        : percentText(figures.parameters.now, figures.parameters.was);
    default:
      return metric satisfies never;
  }
}

function describe(row: TreeRow, name: string, hash: string, figures: PlanFigures | null): string {
  const facts = [`${name}, plan ${hash.slice(0, 4)}`];
  if (figures && figures.state !== 'pretrained') facts.push(figures.state);
  if (figures?.distance) facts.push(`distance ${figures.distance.now.toFixed(2)}`);
  if (row.isHere) facts.push('present plan');
  return facts.join(', ');
}
