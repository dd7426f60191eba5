// The run at a glance: queue and results, curves, pictures.
import { lazy, Suspense } from 'react';
import { showDock } from '../../../store/viewStore.ts';
import { LogToggle } from '../curves/CurveControls.tsx';
import { Gallery } from '../images/Gallery.tsx';
import { GraftNote } from '../images/GraftNote.tsx';
import { usePicked } from '../images/picked.ts';
import { Scrubber } from '../images/Scrubber.tsx';
import { DemoSign } from './DemoSign.tsx';
import { PaceChoice } from './PaceChoice.tsx';
import { Queue } from './Queue.tsx';
import { Results } from './Results.tsx';
import { SavedAt } from './SavedAt.tsx';

const CurveTiles = lazy(async () => ({ default: (await import('../curves/CurveTiles.tsx')).CurveTiles }));

export function RunTab() {
  return (
    <div className="panes">
      <section className="pane" aria-label="Queue">
        <div className="pane-head">
          <h2 className="head">Queue</h2>
          <SavedAt />
          <DemoSign />
        </div>
        <div className="pane-body">
          <Queue />
          <PaceChoice />
          <Results />
        </div>
      </section>
      <section className="pane" aria-label="Curves">
        <div className="pane-head">
          <h2 className="head">Curves</h2>
          <small>loss by step</small>
          <span className="spacer" />
          <LogToggle />
        </div>
        <div className="pane-body">
          <Suspense fallback={null}>
            <CurveTiles size="small" />
          </Suspense>
        </div>
      </section>
      <section className="pane" aria-label="Images">
        <div className="pane-head">
          <h2 className="head">Images</h2>
          <small className="aside">same seeds</small>
          <GraftNote />
          <Scrubber />
        </div>
        <div className="pane-body">
          <Gallery columns={8} picked={null} onPick={showLarge} />
        </div>
      </section>
    </div>
  );
}

function showLarge(index: number): void {
  usePicked.setState({ index });
  showDock('images');
}
