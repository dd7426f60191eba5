// How pictures are laid over each other, and the setting that belongs to it; enlargement; the step.
import type { ReactNode } from 'react';
import { type Mode, noZoom, setMode, useComparison, zoomFactors } from '../../../store/comparison.ts';
import { Segmented } from '../../parts/Segmented.tsx';
import { StepBar } from './StepBar.tsx';
import type { Compared } from './useCompared.ts';

const modes: readonly { readonly value: Mode; readonly label: string }[] = [
  { value: 'sides', label: 'Side by side' },
  { value: 'wipe', label: 'Wipe' },
  { value: 'flicker', label: 'Flicker' },
  { value: 'difference', label: 'Difference' },
];

const settings: Readonly<Record<Mode, () => ReactNode>> = {
  sides: () => null,
  wipe: () => null,
  flicker: FlickerSettings,
  difference: GainSetting,
};

export function ModeBar({ compared }: { compared: Compared }) {
  const mode = useComparison((state) => state.mode);
  const Setting = settings[mode];
  return (
    <div className="compare-bar">
      <Segmented label="How to compare" choices={modes} value={mode} onChange={setMode} />
      <Setting />
      <span className="spacer" />
      <StepBar compared={compared} />
      <ZoomChoice />
    </div>
  );
}

function FlickerSettings() {
  const flickering = useComparison((state) => state.flickering);
  const rate = useComparison((state) => state.rate);
  return (
    <>
      <button
        type="button"
        className="btn btn--small btn--outline"
        aria-pressed={flickering}
        onClick={() => useComparison.setState({ flickering: !flickering })}
      >
        {flickering ? 'Stop' : 'Start'}
      </button>
      <label className="legend">
        changes a second
        <input
          type="range"
          className="slider"
          min={0.5}
          max={2}
          step={0.5}
          value={rate}
          style={{ '--fill': `${((rate - 0.5) / 1.5) * 100}%`, width: 56 } as React.CSSProperties}
          onChange={(event) => useComparison.setState({ rate: Number(event.target.value) })}
        />
        <span className="num">{rate}</span>
      </label>
    </>
  );
}

function GainSetting() {
  const gain = useComparison((state) => state.gain);
  return (
    <label className="legend">
      brighter
      <input
        type="range"
        className="slider"
        aria-label="Brightness of the difference"
        min={1}
        max={32}
        step={1}
        value={gain}
        style={{ '--fill': `${((gain - 1) / 31) * 100}%`, width: 80 } as React.CSSProperties}
        onChange={(event) => useComparison.setState({ gain: Number(event.target.value) })}
      />
      <span className="num">×{gain}</span>
    </label>
  );
}

function ZoomChoice() {
  const { factor } = useComparison((state) => state.zoom);
  return (
    <Segmented
      label="Enlargement"
      choices={zoomFactors.map((value) => ({ value, label: `${value}×` }))}
      value={factor}
      onChange={(chosen) =>
        useComparison.setState(({ zoom }) => ({ zoom: chosen === 1 ? noZoom : { ...zoom, factor: chosen } }))
      }
    />
  );
}
