// The left panel: operators to drag, and the model as a tree.
import { showLeft, useView } from '../../store/viewStore.ts';
import { Resizer } from '../parts/Resizer.tsx';
import { Tabs } from '../parts/Tabs.tsx';
import { Outline } from './Outline.tsx';
import { Palette } from './Palette.tsx';
import { PlanTree } from './plans/PlanTree.tsx';

const tabs = [
  { id: 'operators', label: 'Operators' },
  { id: 'outline', label: 'Outline' },
] as const;

export function LeftPanel() {
  const tab = useView((state) => state.leftTab);
  return (
    <nav className="left-panel" aria-label="Operators and outline">
      <div className="left-head">
        <Tabs label="Left panel" tabs={tabs} current={tab} panel="left-body" onChange={showLeft} />
      </div>
      {tab === 'operators' ? <Palette /> : <Outline />}
      <PlanTree />
      <Resizer size="leftWidth" />
    </nav>
  );
}
