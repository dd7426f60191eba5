// The dock: run, curves, images, problems and history of the plan, with the Graft button always in reach.
import { showDock, useView } from '../../store/viewStore.ts';
import { Resizer } from '../parts/Resizer.tsx';
import { Tabs } from '../parts/Tabs.tsx';
import { CurvesTab } from './curves/CurvesTab.tsx';
import { HistoryTab } from './HistoryTab.tsx';
import { ImagesTab } from './images/ImagesTab.tsx';
import { ProblemCount, ProblemsTab } from './ProblemsTab.tsx';
import { ResumeOffer } from './ResumeOffer.tsx';
import { GraftButton } from './run/GraftButton.tsx';
import { RunFacts } from './run/RunFacts.tsx';
import { RunTab } from './run/RunTab.tsx';

const tabs = [
  { id: 'run', label: 'Run' },
  { id: 'curves', label: 'Curves' },
  { id: 'images', label: 'Images' },
  { id: 'problems', label: 'Problems', sign: <ProblemCount /> },
  { id: 'history', label: 'History' },
] as const;

const bodies = {
  run: <RunTab />,
  curves: <CurvesTab />,
  images: <ImagesTab />,
  problems: <ProblemsTab />,
  history: <HistoryTab />,
};

export function Dock() {
  const tab = useView((state) => state.dockTab);
  return (
    <section className="dock" aria-label="Run and results">
      <ResumeOffer />
      <div className="dock-head">
        <Tabs label="Dock" tabs={tabs} current={tab} panel="dock-body" onChange={showDock} />
        <span className="spacer" />
        <RunFacts />
        <GraftButton />
      </div>
      <div className="dock-body" id="dock-body" role="tabpanel" aria-labelledby={`dock-body-${tab}`}>
        {bodies[tab]}
      </div>
      <Resizer size="dockHeight" />
    </section>
  );
}
