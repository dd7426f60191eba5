// The curves in full: larger tiles, smoothing, log scale, and the numbers as a table.
import { useState } from 'react';
import { useSession } from '../../../store/sessionStore.ts';
import { Icon } from '../../icons/Icon.tsx';
import { CurveLegend, LogToggle, SmoothingControl } from './CurveControls.tsx';
import { CurveTable } from './CurveTable.tsx';
import { CurveTiles } from './CurveTiles.tsx';

export function CurvesTab() {
  const [asTable, setAsTable] = useState(false);
  const hasCurves = useSession((state) => state.curves.size > 0);
  return (
    <div className="pane" style={{ height: '100%' }}>
      <div className="pane-head">
        <h2 className="head">Curves</h2>
        <small>loss by step; drag on a curve to zoom, double-click to reset</small>
        <span className="spacer" />
        {hasCurves && <CurveLegend />}
        <SmoothingControl />
        <LogToggle />
        <button
          type="button"
          className="btn btn--small"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          <Icon name="table" /> Table
        </button>
      </div>
      <div className="pane-body">{asTable ? <CurveTable /> : <CurveTiles size="large" />}</div>
    </div>
  );
}
