// A line to type in and a list below it that narrows: arrow keys walk, Enter takes, Escape closes. What the chosen entry
// would change is shown below the list before it is taken.
import { Fragment, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { closeDialog } from '../../store/viewStore.ts';
import { Icon } from '../icons/Icon.tsx';
import type { IconName } from '../icons/shapes.ts';
import { Modal } from '../parts/Modal.tsx';

export interface Found {
  readonly id: string;
  readonly title: string;
  /** Entries of one group stand together under its name. */
  readonly group?: string;
  readonly icon?: IconName;
  readonly detail?: string;
  readonly keys?: string;
  /** Why it cannot be taken now; null when it can. */
  readonly unavailable: string | null;
  preview?(): ReactNode;
  run(): void;
}

export interface Hint {
  readonly text: string;
  /** What the line holds after a click on it; a hint without is only read. */
  readonly query?: string;
}

interface Props {
  readonly label: string;
  readonly placeholder: string;
  readonly initial: string;
  readonly hints: readonly Hint[];
  find(query: string): readonly Found[];
}

export function Finder({ label, placeholder, initial, hints, find }: Props) {
  const [query, setQuery] = useState(initial);
  const [chosen, setChosen] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  const results = find(query);
  const at = Math.min(chosen, results.length - 1);
  useEffect(() => {
    list.current?.querySelector(`[data-index="${at}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const type = (text: string) => {
    setQuery(text);
    setChosen(0);
  };
  const take = (found: Found | undefined) => {
    if (!found || found.unavailable !== null) return;
    closeDialog();
    // After the dialog has given the focus back, so that what runs may move it.
    queueMicrotask(() => found.run());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) setChosen(stepped(at, step, results.length));
    else if (event.key === 'Enter') take(results[at]);
    else return;
    event.preventDefault();
  };
  const preview = results[at]?.preview?.();

  return (
    <Modal label={label} className="finder">
      <div className="query">
        <Icon name="search" />
        <input
          ref={input}
          // biome-ignore lint/a11y/noAutofocus: a finder is opened to be typed in.
          autoFocus
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={results[at] ? `${listId}-${at}` : undefined}
          placeholder={placeholder}
          spellCheck={false}
          value={query}
          onChange={(event) => type(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="found" id={listId} role="listbox" aria-label={label} ref={list}>
        {results.map((found, index) => (
          <Fragment key={found.id}>
            {found.group !== undefined && found.group !== results[index - 1]?.group && (
              <div className="found-group head" role="presentation">
                {found.group}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above has the keys. */}
            <div
              id={`${listId}-${index}`}
              className="result"
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              aria-disabled={found.unavailable !== null}
              data-result={found.id}
              data-index={index}
              onPointerMove={() => setChosen(index)}
              onClick={() => take(found)}
            >
              {found.icon ? <Icon name={found.icon} /> : <span className="no-icon" />}
              <span className="what">{found.title}</span>
              <span className="why">{found.unavailable ?? found.detail}</span>
              {found.keys && <span className="kbd">{found.keys}</span>}
            </div>
          </Fragment>
        ))}
      </div>
      {results.length === 0 && <p className="nothing">Nothing is called “{query}”.</p>}
      {preview && (
        <div className="finder-preview" data-preview>
          {preview}
        </div>
      )}
      <div className="hints">
        {hints.map(({ text, query: next }) =>
          next === undefined ? (
            <span key={text}>{text}</span>
          ) : (
            <button
              key={text}
              type="button"
              tabIndex={-1}
              onClick={() => {
                type(next);
                input.current?.focus();
              }}
            >
              {text}
            </button>
          ),
        )}
      </div>
    </Modal>
  );
}

/** Single steps go round the ends; larger ones stop there. */
function stepped(at: number, step: number, count: number): number {
  if (count === 0) return 0;
  if (Math.abs(step) === 1) return (at + step + count) % count;
  return Math.min(count - 1, Math.max(0, at + step));
}

/** Every word of the query occurs somewhere in the text. */
export function hasWords(text: string, query: string): boolean {
  const plain = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => plain.includes(word));
}

/** Entries whose title begins with the query first, then those with a word that does; what cannot run last. */
export function ranked(entries: readonly Found[], query: string): Found[] {
  const wanted = query.toLowerCase();
  if (wanted === '') return [...entries];
  const rank = ({ title, unavailable }: Found) => {
    const plain = title.toLowerCase();
    const tests = [plain.startsWith(wanted), plain.includes(` ${wanted}`), true];
    return tests.indexOf(true) + (unavailable === null ? 0 : tests.length);
  };
  return [...entries].sort((a, b) => rank(a) - rank(b));
}
