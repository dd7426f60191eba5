// The dock: the run, its curves and pictures, comparisons, problems and log, with the Graft button always in reach.
import { type ComponentType, type KeyboardEvent, lazy, type ReactNode, Suspense } from 'react';
import { known } from '../../lib/errors.ts';
import { type DockTab, showDock, useView } from '../../store/viewStore.ts';
import { Icon } from '../icons/Icon.tsx';
import { CommandButton } from '../parts/CommandButton.tsx';
import { Resizer } from '../parts/Resizer.tsx';
import { Tabs } from '../parts/Tabs.tsx';
import { setEnlarged, useEnlarged } from './enlarged.ts';
import { ImagesTab } from './images/ImagesTab.tsx';
import { ProblemCount, ProblemsTab } from './ProblemsTab.tsx';
import { ResumeOffer } from './ResumeOffer.tsx';
import { GraftButton } from './run/GraftButton.tsx';
import { RunFacts } from './run/RunFacts.tsx';
import { RunTab } from './run/RunTab.tsx';

interface DockRecord {
  readonly id: DockTab;
  readonly label: string;
  readonly sign?: ReactNode;
  readonly Body: ComponentType;
}

const SearchTab = lazy(async () => ({ default: (await import('./search/SearchTab.tsx')).SearchTab }));
const CurvesTab = lazy(async () => ({ default: (await import('./curves/CurvesTab.tsx')).CurvesTab }));
const HistoryTab = lazy(async () => ({ default: (await import('./HistoryTab.tsx')).HistoryTab }));
const LogTab = lazy(async () => ({ default: (await import('./log/LogTab.tsx')).LogTab }));
const CompareTab = lazy(async () => ({ default: (await import('./compare/CompareTab.tsx')).CompareTab }));

/** In the order of the tabs. A new tab is a record here and its name in DockTab. */
const tabs: readonly DockRecord[] = [
  { id: 'run', label: 'Run', Body: RunTab },
  { id: 'curves', label: 'Curves', Body: CurvesTab },
  { id: 'images', label: 'Images', Body: ImagesTab },
  { id: 'compare', label: 'Compare', Body: CompareTab },
  { id: 'search', label: 'Search', Body: SearchTab },
  { id: 'problems', label: 'Problems', sign: <ProblemCount />, Body: ProblemsTab },
  { id: 'log', label: 'Log', Body: LogTab },
  { id: 'history', label: 'History', Body: HistoryTab },
];

export function Dock() {
  const tab = useView((state) => state.dockTab);
  const enlarged = useEnlarged((state) => state.enlarged);
  const { Body } = known(
    tabs.find(({ id }) => id === tab),
    `dock tab ${tab}`,
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !enlarged) return;
    event.preventDefault();
    setEnlarged(false);
  };
  return (
    <section
      className={enlarged ? 'dock dock--large' : 'dock'}
      aria-label="Run and results"
      onKeyDown={onKeyDown}
    >
      <ResumeOffer />
      <div className="dock-head">
        <Tabs label="Dock" tabs={tabs} current={tab} panel="dock-body" onChange={showDock} />
        <span className="spacer" />
        <RunFacts />
        <GraftButton />
        <CommandButton id="view.enlargeDock">
          <Icon name={enlarged ? 'shrink' : 'enlarge'} />
        </CommandButton>
      </div>
      <div className="dock-body" id="dock-body" role="tabpanel" aria-labelledby={`dock-body-${tab}`}>
        <Suspense fallback={null}>
          <Body />
        </Suspense>
      </div>
      {!enlarged && <Resizer size="dockHeight" />}
    </section>
  );
}
