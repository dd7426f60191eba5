// The way from noise to picture: some steps of every side in rows; a click goes there.
import { setScrubStep } from '../../../store/sessionStore.ts';
import { PixelCanvas } from './PixelCanvas.tsx';
import { Letter } from './Tag.tsx';
import type { Compared } from './useCompared.ts';

const mostCells = 11;

export function Film({ compared: { sides, steps, step, index } }: { compared: Compared }) {
  const shown = filmSteps(steps);
  const nearest = shown.reduce((best, at) => (Math.abs(at - step) < Math.abs(best - step) ? at : best), 1);
  return (
    <div className="film" style={{ '--cells': shown.length } as React.CSSProperties}>
      {sides.map(({ letter, choice, strip }) => (
        <div className="film-row" key={letter}>
          <Letter letter={letter} isBase={choice.source.kind === 'base'} />
          {shown.map((at) => (
            <button
              key={at}
              type="button"
              className={at === nearest ? 'cell is-selected' : 'cell'}
              aria-label={`${letter} at step ${at}`}
              aria-pressed={at === nearest}
              tabIndex={at === nearest ? 0 : -1}
              onClick={() => setScrubStep(at === steps ? null : at)}
            >
              <PixelCanvas
                frame={strip?.frames.find((frame) => frame.step === at)}
                index={index}
                label=""
                manner="still"
              />
            </button>
          ))}
        </div>
      ))}
      <div className="film-row" aria-hidden="true">
        <span />
        {shown.map((at) => (
          <span key={at} className={at === nearest ? 'num is-now' : 'num'}>
            {at}
          </span>
        ))}
      </div>
    </div>
  );
}

/** Evenly spread steps, the first and the last among them. */
export function filmSteps(steps: number): number[] {
  const count = Math.min(mostCells, steps);
  const at = (place: number) => (count === 1 ? steps : 1 + Math.round((place * (steps - 1)) / (count - 1)));
  return [...new Set(Array.from({ length: count }, (_, place) => at(place)))];
}
