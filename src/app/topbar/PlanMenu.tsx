// The present plan by its hash: its place in the tree, its name, its link.
import { planHash } from '../../plan/hash.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { Icon } from '../icons/Icon.tsx';
import { commandItem } from '../parts/CommandButton.tsx';
import { Menu, type MenuItem } from '../parts/Menu.tsx';

export function PlanMenu() {
  const plan = useDocument(selectPlan);
  const hash = planHash(plan).slice(0, 4);
  return (
    <Menu label={`Plan ${hash}`} items={planItems}>
      <span className="label">plan</span> <span className="num">{hash}</span>
      <Icon name="down" />
    </Menu>
  );
}

function planItems(): MenuItem[] {
  return [
    commandItem('view.history'),
    commandItem('plans.rename'),
    commandItem('plans.compareBefore'),
    commandItem('plans.compareFirst'),
    { ...commandItem('file.link'), startsGroup: true },
    commandItem('file.savePlan'),
    { ...commandItem('edit.restoreAll'), startsGroup: true },
    commandItem('plans.delete'),
  ];
}
