// One slider for the denoising step of all pictures; play runs through them.
import { useEffect, useState } from 'react';
import { lastStep } from '../../../store/images.ts';
import { setScrubStep, useSession } from '../../../store/sessionStore.ts';
import { Icon } from '../../icons/Icon.tsx';

const frameMs = 120;

export function Scrubber() {
  const steps = useSession((state) => state.strips.base?.job.steps ?? 0);
  const drawn = useSession((state) => lastStep(state.strips.base));
  const chosen = useSession((state) => state.scrubStep);
  const [playing, setPlaying] = useState(false);
  const step = chosen ?? drawn;
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => {
      const next = (useSession.getState().scrubStep ?? 0) + 1;
      setScrubStep(next >= steps ? null : next);
      if (next >= steps) setPlaying(false);
    }, frameMs);
    return () => clearInterval(timer);
  }, [playing, steps]);
  const toggle = () => {
    if (!playing) setScrubStep(chosen === null ? 1 : chosen);
    setPlaying(!playing);
  };
  if (steps === 0) return null;
  return (
    <span className="scrub">
      <button
        type="button"
        className="btn btn--icon"
        aria-label={playing ? 'Pause' : 'Play the denoising'}
        disabled={drawn === 0}
        onClick={toggle}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <input
        type="range"
        className="slider"
        aria-label="Denoising step"
        min={1}
        max={Math.max(1, steps)}
        step={1}
        value={Math.max(1, step)}
        disabled={drawn === 0}
        style={
          {
            '--fill': `${steps > 1 ? ((Math.max(1, step) - 1) / (steps - 1)) * 100 : 0}%`,
            width: 84,
          } as React.CSSProperties
        }
        onChange={(event) =>
          setScrubStep(Number(event.target.value) >= steps ? null : Number(event.target.value))
        }
      />
      <span className="num">
        {step}/{steps}
      </span>
    </span>
  );
}
