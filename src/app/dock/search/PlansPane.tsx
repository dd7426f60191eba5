// Quality against cost: the plot, and the same plans as a table beside it.
import { useState } from 'react';
import { editPlan, selectPlan, useDocument } from '../../../store/documentStore.ts';
import { useSearch } from '../../../store/search.ts';
import type { Search } from '../../../store/searchPlans.ts';
import { loadPoint } from '../../../store/searchSession.ts';
import { useSession } from '../../../store/sessionStore.ts';
import { say } from '../../../store/viewStore.ts';
import type { DitShape } from '../../../workers/protocol.ts';
import { percentText } from '../../format/numbers.ts';
import { ParetoPlot, pointText } from './ParetoPlot.tsx';
import { PlansTable } from './PlansTable.tsx';
import { costText } from './priceText.ts';
import { composition, type PlotPoint, plotPoints, predictionRatios } from './searchPoints.ts';

export function PlansPane({ shape, search }: { shape: DitShape; search: Search | null }) {
  return (
    <section className="pane" aria-label="Quality against cost">
      {search ? <Plans shape={shape} search={search} /> : <Nothing />}
    </section>
  );
}

function Nothing() {
  return (
    <>
      <div className="pane-head">
        <h2 className="head">Quality against cost</h2>
      </div>
      <div className="empty">
        <strong>No plans yet</strong>
        <p>
          Measure how much the output moves when single slots are swapped. From that follow the plans that
          change it least for any cost.
        </p>
      </div>
    </>
  );
}

function Plans({ shape, search }: { shape: DitShape; search: Search }) {
  const present = useDocument(selectPlan);
  const changes = useSearch((state) => state.changes);
  const sensitivities = useSearch((state) => state.sensitivities);
  const saving = useSearch((state) => state.budget.saving);
  const summaries = useSession((state) => state.summaries);
  const [pointed, setPointed] = useState<PlotPoint | null>(null);
  const points = plotPoints({ search, present, changes, sensitivities, summaries });
  const load = (point: PlotPoint) => {
    if (point.index !== null) {
      const { kind, base } = search.price;
      loadPoint(search, point.index, `${costText(kind, point.cost)} (${percentText(point.cost, base)})`);
    } else if (editPlan({ plan: point.plan, label: 'Search: a measured plan' })) {
      say('The measured plan is loaded. Undo brings yours back.');
    }
  };
  return (
    <>
      <div className="pane-head">
        <h2 className="head">Quality against cost</h2>
        <small>
          {pointed
            ? `${pointText(pointed, search, search.price.base)}: ${composition(shape, pointed.plan)}`
            : agreement(points)}
        </small>
        <span className="spacer" />
        <Legend />
      </div>
      <div className="search-plans">
        <ParetoPlot search={search} points={points} saving={saving} onLoad={load} onPoint={setPointed} />
        <div className="search-plans-table">
          <PlansTable search={search} points={points} onLoad={load} />
        </div>
      </div>
    </>
  );
}

/** How well predictions of untrained plans held, as far as any was checked. */
function agreement(points: readonly PlotPoint[]): string {
  const ratios = predictionRatios(points);
  if (!ratios) return 'click a point to load its plan';
  const range =
    ratios.count === 1 ? ratios.low.toFixed(2) : `${ratios.low.toFixed(2)} to ${ratios.high.toFixed(2)}`;
  return `untrained, measured was ${range} × predicted (${ratios.count} ${ratios.count === 1 ? 'plan' : 'plans'})`;
}

function Legend() {
  return (
    <span className="legend pareto-legend">
      <span>
        <svg viewBox="0 0 10 10" aria-hidden="true">
          <circle className="ring" cx={5} cy={5} r={4} />
        </svg>
        predicted
      </span>
      <span>
        <svg viewBox="0 0 10 10" aria-hidden="true">
          <path className="start" d="M1.5 1.5l7 7M1.5 8.5l7-7" />
        </svg>
        measured untrained
      </span>
      <span>
        <svg viewBox="0 0 10 10" aria-hidden="true">
          <circle className="disc" cx={5} cy={5} r={4.5} />
        </svg>
        after its run
      </span>
    </span>
  );
}
