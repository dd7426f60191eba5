// How the weights start, each way with its picture and its distance before any training; the study's choice comes first.
import type { KeyboardEvent } from 'react';
import { wishFor } from '../../../store/styles/stylesSession.ts';
import { useStyles } from '../../../store/styles/stylesStore.ts';
import { type StartId, type StylesInfo, startIds } from '../../../workers/generatorProtocol.ts';
import { small } from '../../format/numbers.ts';
import { Icon } from '../../icons/Icon.tsx';
import { Pixels } from './Pixels.tsx';
import { startWords } from './startWords.ts';

export function StartChoice({ info }: { readonly info: StylesInfo }) {
  const { wish, drawn, isStale, working, refusal } = useStyles();
  const distances = isStale ? [] : Object.values(drawn).flatMap(({ distance }) => distance ?? []);
  const worst = Math.max(1e-9, ...distances);
  const isWaiting = refusal === null && (working !== null || distances.length > 0);
  const possible = startIds.filter((start) => info.starts[start] === null);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = possible[(possible.indexOf(wish.start) + step + possible.length) % possible.length];
    if (!next) return;
    void wishFor({ start: next });
    event.currentTarget.querySelector<HTMLElement>(`[data-start="${next}"]`)?.focus();
  };
  return (
    <div className="starts">
      <h3 className="head">
        Start <small>distance before training</small>
        <button
          type="button"
          className="btn btn--small"
          title="Makes the generated weights from other noise"
          onClick={() => void wishFor({ seed: wish.seed + 1 })}
        >
          <Icon name="restore" /> Other noise
        </button>
      </h3>
      <div role="radiogroup" aria-label="Start" onKeyDown={onKeyDown}>
        {startIds.map((start) => {
          const why = info.starts[start];
          const { label, about } = startWords[start];
          const own = isStale ? undefined : drawn[start];
          const distance = own?.distance ?? null;
          return (
            // biome-ignore lint/a11y/useSemanticElements: a row with a picture and a meter, larger than a native radio button.
            <button
              key={start}
              type="button"
              role="radio"
              aria-checked={start === wish.start}
              disabled={why !== null}
              className={start === lowest(drawn, isStale) ? 'start is-chosen' : 'start'}
              title={why ?? about}
              data-start={start}
              tabIndex={start === wish.start ? 0 : -1}
              onClick={() => void wishFor({ start })}
            >
              <i className="radio" />
              {own ? (
                <Pixels pixels={own.drawn} side={info.side} index={0} label="" />
              ) : (
                <i className={isWaiting && why === null ? 'emoji-picture skeleton' : 'emoji-picture'} />
              )}
              <span>{label}</span>
              {distance === null ? (
                <span className="why">{why}</span>
              ) : (
                <>
                  <span className="meter">
                    <i style={{ width: `${Math.min(100, (distance / worst) * 100)}%` }} />
                  </span>
                  <span className="num">{small(distance)}</span>
                </>
              )}
            </button>
          );
        })}
      </div>
      <p className="caption">{info.recommended.why}</p>
    </div>
  );
}

type DrawnStarts = ReturnType<typeof useStyles.getState>['drawn'];

/** The start of the lowest distance, once two are measured. */
function lowest(drawn: DrawnStarts, isStale: boolean): StartId | undefined {
  const measured = startIds.flatMap((start) => {
    const distance = drawn[start]?.distance ?? null;
    return distance === null ? [] : [{ start, distance }];
  });
  if (isStale || measured.length < 2) return undefined;
  return measured.sort((a, b) => a.distance - b.distance)[0]?.start;
}
