// A uPlot in a React box: made once per size, scale and theme, and fed with new data without rendering.
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { useSettings } from '../../../store/settingsStore.ts';
import { useShownTheme } from '../../useTheme.ts';
import { type Axes, type Columns, positive } from './curveData.ts';
import { plotOptions } from './plotOptions.ts';

interface Props {
  readonly data: Columns;
  readonly axes: Axes;
  readonly label: string;
}

export function Plot({ data, axes, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [width, setWidth] = useState(0);
  const theme = useShownTheme();
  const logScale = useSettings((settings) => settings.logScale);
  const shown = logScale ? positive(data) : data;
  const { steps, low, high } = axes;

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
    const made = new uPlot(
      plotOptions(element, size, logScale, { steps, low, high }),
      [[], [], [], [], []],
      element,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [width, logScale, theme, steps, low, high]);

  useEffect(() => {
    plot.current?.setData(shown);
  });

  return <div className="plot" ref={box} role="img" aria-label={label} />;
}
