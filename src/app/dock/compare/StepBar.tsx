// One slider over the denoising steps of every picture, and play.
import { useEffect } from 'react';
import { useComparison } from '../../../store/comparison.ts';
import { setScrubStep, useSession } from '../../../store/sessionStore.ts';
import { runCommand } from '../../commands/index.ts';
import { Icon } from '../../icons/Icon.tsx';
import type { Compared } from './useCompared.ts';

const frameMs = 120;

export function StepBar({ compared: { steps, step } }: { compared: Compared }) {
  const drawn = useSession((state) => (state.strips.base?.frames.length ?? 0) > 0);
  const playing = useComparison((state) => state.playing);
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => {
      const next = (useSession.getState().scrubStep ?? 0) + 1;
      setScrubStep(next >= steps ? null : next);
      if (next >= steps) useComparison.setState({ playing: false });
    }, frameMs);
    return () => clearInterval(timer);
  }, [playing, steps]);
  return (
    <span className="scrub">
      <button
        type="button"
        className="btn btn--icon btn--small"
        aria-label={playing ? 'Pause the denoising' : 'Play the denoising of all sides'}
        disabled={!drawn}
        onClick={() => runCommand('compare.play')}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <input
        type="range"
        className="slider"
        aria-label="Denoising step of all sides"
        min={1}
        max={Math.max(1, steps)}
        step={1}
        value={step}
        disabled={!drawn}
        style={{ '--fill': `${steps > 1 ? ((step - 1) / (steps - 1)) * 100 : 0}%` } as React.CSSProperties}
        onChange={(event) => {
          const chosen = Number(event.target.value);
          setScrubStep(chosen >= steps ? null : chosen);
        }}
      />
      <span className="num">
        {step}/{steps}
      </span>
    </span>
  );
}
