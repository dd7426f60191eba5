// A uPlot in a React box: made once per size, scale and theme, and fed with new data without rendering.
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { useSettings } from '../../../store/settingsStore.ts';
import { useShownTheme } from '../../useTheme.ts';
import { type Axes, type Columns, positive } from './curveData.ts';
import { type PlotSetup, plotSetup } from './plotOptions.ts';

interface Props {
  readonly data: Columns;
  readonly axes: Axes;
  readonly label: string;
}

export function Plot({ data, axes, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ plot: uPlot; setup: PlotSetup } | null>(null);
  const [width, setWidth] = useState(0);
  const theme = useShownTheme();
  const logScale = useSettings((settings) => settings.logScale);
  const shown = logScale ? positive(data) : data;
  const shared = useRef(axes);
  shared.current = axes;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = box.current;
    if (!element || width === 0) return;
    const size = { width, height: element.clientHeight };
    const setup = plotSetup(element, size, logScale, () => shared.current);
    const plot = new uPlot(setup.options, [[], [], [], [], []], element);
    drawn.current = { plot, setup };
    return () => {
      plot.destroy();
      drawn.current = null;
    };
  }, [width, logScale, theme]);

  useEffect(() => {
    const now = drawn.current;
    // A zoom that the person made stays while new points arrive.
    now?.plot.setData(shown, !now.setup.isZoomed());
  });

  return <div className="plot" ref={box} role="img" aria-label={label} />;
}
