// The curves in full: small multiples of all runs, smoothing, log scale, errors by timestep, and the numbers as a table.
import { CommandButton } from '../../parts/CommandButton.tsx';
import { DemoSign } from '../run/DemoSign.tsx';
import { LogToggle, MetricChoice, SmoothingControl, TableToggle, ZoomReset } from './CurveControls.tsx';
import { CurveTable } from './CurveTable.tsx';
import { CurveTiles } from './CurveTiles.tsx';
import { useCurveView } from './curveView.ts';
import { LineLegend, PinSign, RunLegend } from './RunLegend.tsx';
import { TimestepTiles } from './TimestepTiles.tsx';
import { useCurveRuns } from './useCurveRuns.ts';

export function CurvesTab() {
  const { all, visible } = useCurveRuns();
  const asTable = useCurveView((view) => view.asTable);
  const metric = useCurveView((view) => view.metric);
  return (
    <div className="pane curves-pane">
      <div className="pane-head">
        <h2 className="head">Curves</h2>
        <MetricChoice />
        <RunLegend all={all} visible={visible} />
        <DemoSign />
        <span className="spacer" />
        <PinSign />
        <ZoomReset />
        {metric === 'loss' && <SmoothingControl />}
        {metric !== 'timestep' && <LogToggle />}
        <TableToggle />
        <CommandButton id="curves.copy" className="btn btn--small">
          Copy CSV
        </CommandButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="pane-body" tabIndex={0} aria-label="Loss and error of every slot">
        {asTable ? (
          <CurveTable visible={visible} />
        ) : metric === 'timestep' ? (
          <TimestepTiles all={all} visible={visible} />
        ) : (
          <CurveTiles size="large" />
        )}
      </section>
      {!asTable && visible.length > 0 && (
        <div className="pane-foot">
          <LineLegend metric={metric} />
          {metric !== 'timestep' && <small>Drag to zoom, double-click to reset, click to pin a step.</small>}
        </div>
      )}
    </div>
  );
}
