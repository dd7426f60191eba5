// The picture to begin with: all emoji, those first that nothing was trained on. Arrow keys walk the grid.
import { type CSSProperties, type KeyboardEvent, memo, useDeferredValue, useState } from 'react';
import { wishFor } from '../../../store/styles/stylesSession.ts';
import { useStyles } from '../../../store/styles/stylesStore.ts';
import type { StylesInfo } from '../../../workers/generatorProtocol.ts';
import { Icon } from '../../icons/Icon.tsx';
import { hasWords } from '../Finder.tsx';
import { emojiName } from './emojiName.ts';

const sheet = 'data/emoji/noto.png';
const cell = 32;

export function EmojiPicker({ info }: { readonly info: StylesInfo }) {
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query.trim());
  const emoji = useStyles((state) => state.wish.emoji);
  const found = info.emoji
    .map((name, index) => ({ name: emojiName(name), index }))
    .filter(({ name }) => hasWords(name, wanted));
  const parts = [
    { title: 'Held out from training', entries: found.filter(({ index }) => index >= info.trained) },
    { title: 'Trained on', entries: found.filter(({ index }) => index < info.trained) },
  ];
  const first = parts.flatMap(({ entries }) => entries)[0]?.index;
  const stop = found.some(({ index }) => index === emoji) ? emoji : first;
  return (
    <section className="studio-emoji" aria-label="Emoji">
      <label className="field">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search emoji"
          placeholder={`Search ${info.emoji.length} emoji`}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </label>
      <div className="emoji-list" role="radiogroup" aria-label="Emoji to draw" onKeyDown={walk}>
        {parts.map(
          ({ title, entries }) =>
            entries.length > 0 && (
              <div key={title}>
                <h3 className="head">{title}</h3>
                <div className="emoji-grid">
                  {entries.map(({ name, index }) => (
                    <Cell
                      key={index}
                      name={name}
                      index={index}
                      columns={Math.ceil(Math.sqrt(info.emoji.length))}
                      isChosen={index === emoji}
                      isTabStop={index === stop}
                    />
                  ))}
                </div>
              </div>
            ),
        )}
        {found.length === 0 && <p className="caption">No emoji is called “{wanted}”.</p>}
      </div>
    </section>
  );
}

interface CellProps {
  readonly name: string;
  readonly index: number;
  /** Cells in a row of the sheet. */
  readonly columns: number;
  readonly isChosen: boolean;
  readonly isTabStop: boolean;
}

const Cell = memo(function Cell({ name, index, columns, isChosen, isTabStop }: CellProps) {
  const style: CSSProperties = {
    backgroundImage: `url(${sheet})`,
    backgroundPosition: `${-(index % columns) * cell}px ${-Math.floor(index / columns) * cell}px`,
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture to press, larger than a native radio button.
    <button
      type="button"
      role="radio"
      aria-checked={isChosen}
      aria-label={name}
      title={name}
      className="emoji-cell"
      data-emoji={index}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => void wishFor({ emoji: index })}
    >
      <i style={style} />
    </button>
  );
});

/** Rows are read off the screen, since the grid fills whatever width it has. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const cells = [...event.currentTarget.querySelectorAll<HTMLElement>('.emoji-cell')];
  const at = cells.indexOf(event.target as HTMLElement);
  const next = at < 0 ? undefined : neighbourOf(cells, at, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
}

function neighbourOf(cells: readonly HTMLElement[], at: number, key: string): HTMLElement | undefined {
  const here = cells[at];
  if (!here) return undefined;
  switch (key) {
    case 'ArrowRight':
      return cells[at + 1];
    case 'ArrowLeft':
      return cells[at - 1];
    case 'ArrowDown':
      return inNextRow(cells, here, 1);
    case 'ArrowUp':
      return inNextRow(cells, here, -1);
    default:
      return undefined;
  }
}

/** The cell of the next row that is nearest. */
function inNextRow(
  cells: readonly HTMLElement[],
  here: HTMLElement,
  direction: 1 | -1,
): HTMLElement | undefined {
  const away = ({ offsetTop }: HTMLElement) => direction * (offsetTop - here.offsetTop);
  const aside = ({ offsetLeft }: HTMLElement) => Math.abs(offsetLeft - here.offsetLeft);
  return cells.filter((cell) => away(cell) > 0).sort((a, b) => away(a) - away(b) || aside(a) - aside(b))[0];
}
