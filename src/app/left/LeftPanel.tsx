// The left panel: operators to drag, and the model as a tree.
import { lazy, Suspense } from 'react';
import { showLeft, useView } from '../../store/viewStore.ts';
import { Resizer } from '../parts/Resizer.tsx';
import { Tabs } from '../parts/Tabs.tsx';
import { Palette } from './Palette.tsx';

const Outline = lazy(async () => ({ default: (await import('./Outline.tsx')).Outline }));
// It shows once the model is open, which takes longer.
const PlanTree = lazy(async () => ({ default: (await import('./plans/PlanTree.tsx')).PlanTree }));

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
      <Suspense fallback={null}>{tab === 'operators' ? <Palette /> : <Outline />}</Suspense>
      <Suspense fallback={null}>
        <PlanTree />
      </Suspense>
      <Resizer size="leftWidth" />
    </nav>
  );
}
