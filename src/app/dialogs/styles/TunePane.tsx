// A short fine-tune in the page: how long, from which starts, its curves on held-out emoji, and the picture as it learns.
import { useState } from 'react';
import { stopTuning, tuneHere } from '../../../store/styles/stylesSession.ts';
import { isTuneOf, type TuneState, useStyles } from '../../../store/styles/stylesStore.ts';
import type { StartId, StylesInfo, TunePoint } from '../../../workers/generatorProtocol.ts';
import { small } from '../../format/numbers.ts';
import { Icon } from '../../icons/Icon.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import { Pixels } from './Pixels.tsx';
import { startWords } from './startWords.ts';
import { TunePlot } from './TunePlot.tsx';

const lengths = [16, 32, 64, 128].map((steps) => ({ value: steps, label: String(steps) }));

export function TunePane({ info }: { readonly info: StylesInfo }) {
  const { wish, tune, drawn, refusal } = useStyles();
  const [steps, setSteps] = useState(32);
  const [others, setOthers] = useState<'alone' | 'beside baselines'>('beside baselines');
  const isRunning = tune?.state === 'running';
  const shown = drawn[wish.start];
  const why =
    refusal ??
    (shown && !shown.concept
      ? 'Only phrases that name a filter or an emoji set have pictures to learn from'
      : null);
  return (
    <>
      <div className="tune-controls">
        <Segmented label="Steps" choices={lengths} value={steps} onChange={(chosen) => setSteps(chosen)} />
        <span className="caption">steps</span>
        <label className="check">
          <input
            type="checkbox"
            checked={others === 'beside baselines'}
            onChange={(event) => setOthers(event.target.checked ? 'beside baselines' : 'alone')}
          />
          All starts
        </label>
        <span className="spacer" />
        {isRunning ? (
          <button type="button" className="btn btn--outline" onClick={stopTuning}>
            <Icon name="stop" /> Stop
          </button>
        ) : (
          <button
            type="button"
            className="btn btn--primary"
            disabled={why !== null || !shown}
            title={
              why ?? `Fine-tunes from ${startWords[wish.start].label.toLowerCase()} weights, here in the page`
            }
            onClick={() => void tuneHere(steps, others)}
          >
            Fine-tune
          </button>
        )}
      </div>
      {tune ? <Run tune={tune} side={info.side} /> : <Teaching why={why} />}
    </>
  );
}

function Teaching({ why }: { readonly why: string | null }) {
  return (
    <div className="empty">
      <strong>Is a generated start worth it?</strong>
      <p>
        Fine-tune from it and, with the same steps on the same pictures, from every other start. The curves
        are measured on emoji that nothing was trained on.
      </p>
      {why !== null && <p>{why}.</p>}
    </div>
  );
}

function Run({ tune, side }: { readonly tune: TuneState; readonly side: number }) {
  const wish = useStyles((state) => state.wish);
  const { progress, picture, state } = tune;
  const current = tune.starts.findLast((start) => tune.points[start]) ?? tune.starts[0];
  const isOther = !isTuneOf(tune, wish);
  return (
    <>
      <div className="tune-state" role="status">
        {picture && <Pixels pixels={picture.pixels} side={side} index={0} label="" />}
        <div>
          <p className="strong">{tune.wish.phrase}</p>
          <p className="caption">{stateWords(tune, current)}</p>
          {isOther && <p className="caption">The picture on the left is of another phrase.</p>}
        </div>
      </div>
      {state === 'running' && (
        <div
          className="meter"
          role="progressbar"
          aria-label="Fine-tune"
          aria-valuenow={Math.round(100 * (progress.fraction ?? 0))}
        >
          <i style={{ width: `${100 * (progress.fraction ?? 0)}%` }} />
        </div>
      )}
      <TunePlot tune={tune} />
      <Legend tune={tune} />
    </>
  );
}

function stateWords(
  { state, progress, points, steps, sentence }: TuneState,
  current: StartId | undefined,
): string {
  switch (state) {
    case 'running': {
      const at = current && points[current]?.at(-1);
      return at && current
        ? `${startWords[current].label}, step ${at.step} of ${steps}`
        : `${progress.text}…`;
    }
    case 'done':
      return `${steps} steps from each start, on the same pictures`;
    case 'stopped':
      return 'Stopped; what was learned until then is kept';
    case 'failed':
      return sentence ?? 'The fine-tune failed';
    default:
      return state satisfies never;
  }
}

/** The curves as numbers: the key of the plot, and what it says for whoever does not see it. */
function Legend({ tune }: { readonly tune: TuneState }) {
  return (
    <table className="data-table tune-table" aria-label="Curves as numbers">
      <thead>
        <tr>
          <th scope="col">Start</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
          <th scope="col">Steps</th>
          <th scope="col">Seconds</th>
        </tr>
      </thead>
      <tbody>
        {tune.starts.map((start) => {
          const points = tune.points[start] ?? [];
          const held = heldOut(points);
          const last = points.at(-1);
          return (
            <tr key={start} data-tuned={start}>
              <th scope="row">
                <i className="swatch" style={{ background: `var(${startWords[start].colour})` }} />
                {startWords[start].label}
              </th>
              <td className="num">{small(held[0] ?? null)}</td>
              <td className="num">{small(held.length > 1 ? (held.at(-1) ?? null) : null)}</td>
              <td className="num">{last?.step ?? '–'}</td>
              <td className="num">{last ? last.seconds.toFixed(1) : '–'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function heldOut(points: readonly TunePoint[]): number[] {
  return points.flatMap((point) => point.heldOut ?? []);
}
