// Commands on the tree of plans: names, branches, differences, and which figure stands beside each plan.
import { type NodeId, type PlanNode, presentNode } from '../../plan/history.ts';
import { deleteBranch, restoreDeleted, useDocument } from '../../store/documentStore.ts';
import { nodeName } from '../../store/planFigures.ts';
import { compareWithPresent, type PlanMetric, usePlanView } from '../../store/planView.ts';
import { setSettings } from '../../store/settingsStore.ts';
import { announce, say, setSplit, showDock, useView } from '../../store/viewStore.ts';
import { always, type Command } from './command.ts';

const history = () => useDocument.getState().history;
const here = (): PlanNode => presentNode(history());

/** Types a new name into the tree. */
export function startRenaming(id: NodeId): void {
  setSettings({ leftOpen: true });
  usePlanView.setState({ renaming: id });
}

/** Deletes without asking: one undo brings it all back. */
export function deleteWithNotice(id: NodeId): void {
  const node = history().nodes.get(id);
  if (!node) return;
  const before = history().nodes.size;
  const name = nodeName(history(), node);
  if (!deleteBranch(id)) return;
  const gone = before - history().nodes.size;
  const later = gone > 1 ? ` and ${gone - 1} later ${gone === 2 ? 'edit' : 'edits'}` : '';
  say(`${name}${later} deleted. Undo brings it back; results are kept.`);
}

/** Lists what differs between a plan and the present one. */
export function showDifference(before: NodeId): void {
  compareWithPresent(before);
  setSettings({ dockOpen: true });
  showDock('history');
}

const branches: readonly Command[] = [
  {
    id: 'plans.rename',
    title: 'Rename this plan',
    group: 'Plans',
    keys: ['F2'],
    keywords: 'name label title',
    unavailable: always,
    run: () => startRenaming(here().id),
  },
  {
    id: 'plans.delete',
    title: 'Delete this branch of plans',
    group: 'Plans',
    keys: [],
    keywords: 'remove',
    unavailable: () => (here().parent === null ? 'the first plan stays' : null),
    run: () => deleteWithNotice(here().id),
  },
  {
    id: 'plans.restoreDeleted',
    title: 'Bring the deleted branch back',
    group: 'Plans',
    keys: [],
    icon: 'restore',
    keywords: 'undelete restore plan',
    unavailable: () => (history().removed.length > 0 ? null : 'no branch was deleted'),
    run: () => {
      if (restoreDeleted()) announce('The branch is back.');
    },
  },
];

const differences: readonly Command[] = [
  {
    id: 'plans.compareBefore',
    title: 'Compare with the plan before',
    group: 'Plans',
    keys: ['Shift+D'],
    icon: 'history',
    keywords: 'diff difference previous',
    unavailable: () => (here().parent === null ? 'this is the first plan' : null),
    run: () => {
      const { parent } = here();
      if (parent !== null) showDifference(parent);
    },
  },
  {
    id: 'plans.compareFirst',
    title: 'Compare with the first plan',
    group: 'Plans',
    keys: [],
    icon: 'history',
    keywords: 'diff difference base pretrained root',
    unavailable: () => (here().parent === null ? 'this is the first plan' : null),
    run: () => showDifference(0),
  },
  {
    id: 'plans.split',
    title: 'Show both compared plans on the canvas',
    group: 'Plans',
    keys: [],
    keywords: 'diff difference split side by side',
    unavailable: () => (history().nodes.size > 1 ? null : 'there is only one plan'),
    run: showOnBothCanvases,
  },
];

/** The two compared plans side by side; the present one stays editable. */
export function showOnBothCanvases(): void {
  const tree = history();
  const { before, after } = usePlanView.getState();
  const side = (id: NodeId | null) => {
    const node = id === null ? here() : (tree.nodes.get(id) ?? here());
    return { label: nodeName(tree, node), slots: node.id === tree.here ? null : node.plan.slots };
  };
  setSplit({ left: side(before), right: side(after) });
}

const metrics: readonly { readonly metric: PlanMetric; readonly title: string; readonly keywords: string }[] =
  [
    { metric: 'distance', title: 'Plans: show the Fréchet distance', keywords: 'fd frechet quality' },
    { metric: 'macs', title: 'Plans: show the change in MACs', keywords: 'cost compute flops' },
    { metric: 'parameters', title: 'Plans: show the change in parameters', keywords: 'cost size' },
    { metric: 'milliseconds', title: 'Plans: show the measured time', keywords: 'cost speed latency ms' },
  ];

const looks: readonly Command[] = [
  ...metrics.map(
    ({ metric, title, keywords }): Command => ({
      id: `plans.${metric}`,
      title,
      group: 'Plans',
      keys: [],
      keywords,
      unavailable: always,
      run: () => usePlanView.setState({ metric }),
    }),
  ),
  {
    id: 'plans.everyEdit',
    title: 'Plans: show or hide every edit',
    group: 'Plans',
    keys: [],
    keywords: 'history steps tree',
    unavailable: always,
    run: () => usePlanView.setState(({ everyEdit }) => ({ everyEdit: !everyEdit })),
  },
  {
    id: 'plans.endSplit',
    title: 'Show the present plan alone again',
    group: 'Plans',
    keys: [],
    unavailable: () => (useView.getState().split ? null : 'it stands alone'),
    run: () => setSplit(null),
  },
];

export const planCommands: readonly Command[] = [...branches, ...differences, ...looks];
