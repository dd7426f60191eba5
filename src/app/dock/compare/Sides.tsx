// Which pictures stand side by side: two or three menus of plans and stages, each with its file to save.
import { chooseSide, useComparison } from '../../../store/comparison.ts';
import { drawAgain } from '../../../store/drawSides.ts';
import { Icon } from '../../icons/Icon.tsx';
import { savePicture } from './savePicture.ts';
import { Letter } from './Tag.tsx';
import { type Compared, mostSides } from './useCompared.ts';

export function Sides({ compared }: { compared: Compared }) {
  const { sides, choices } = compared;
  const keys = sides.map(({ choice }) => choice.key);
  const unused = choices.find(({ key }) => !keys.includes(key));
  return (
    <section className="compare-sides" aria-label="Compared plans">
      {sides.map((side, at) => (
        <div className="compare-side" key={`${side.letter} ${side.choice.key}`}>
          <Letter letter={side.letter} isBase={side.choice.source.kind === 'base'} />
          <select
            className="pick"
            aria-label={`Pictures of side ${side.letter}`}
            title={side.choice.label}
            value={side.choice.key}
            onChange={(event) => chooseSide(at, event.target.value, keys)}
          >
            {choices.map(({ key, label }) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </select>
          {side.strip?.state === 'failed' ? (
            <button
              type="button"
              className="btn btn--icon btn--small"
              aria-label={`Draw side ${side.letter} again`}
              title={side.strip.failure ?? 'Draw again'}
              onClick={() => drawAgain(side.choice)}
            >
              <Icon name="restore" />
            </button>
          ) : (
            <button
              type="button"
              className="btn btn--icon btn--small"
              aria-label={`Save the picture of side ${side.letter} with its recipe`}
              title="Save as PNG with its recipe"
              disabled={!side.frame}
              onClick={() => savePicture(side, compared)}
            >
              <Icon name="export" />
            </button>
          )}
          <button
            type="button"
            className="btn btn--icon btn--small"
            aria-label={`Remove side ${side.letter}`}
            disabled={sides.length < 2}
            onClick={() => useComparison.setState({ chosen: keys.filter((_, place) => place !== at) })}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {sides.length < mostSides && unused && (
        <button
          type="button"
          className="btn btn--small"
          onClick={() => useComparison.setState({ chosen: [...keys, unused.key] })}
        >
          <Icon name="plus" /> Side
        </button>
      )}
    </section>
  );
}
