// A line to type in and a list below it that narrows: arrow keys walk, Enter takes, Escape closes.
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { closeDialog } from '../../store/viewStore.ts';
import { Icon } from '../icons/Icon.tsx';
import type { IconName } from '../icons/shapes.ts';
import { Modal } from '../parts/Modal.tsx';

export interface Found {
  readonly id: string;
  readonly title: string;
  readonly icon?: IconName;
  readonly detail?: string;
  readonly keys?: string;
  /** Why it cannot be taken now; null when it can. */
  readonly unavailable: string | null;
  run(): void;
}

interface Props {
  readonly label: string;
  readonly placeholder: string;
  readonly initial: string;
  readonly hints: readonly string[];
  find(query: string): readonly Found[];
}

export function Finder({ label, placeholder, initial, hints, find }: Props) {
  const [query, setQuery] = useState(initial);
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  const results = find(query);
  const at = Math.min(chosen, results.length - 1);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const take = (found: Found | undefined) => {
    if (!found || found.unavailable !== null) return;
    closeDialog();
    // After the dialog has given the focus back, so that what runs may move it.
    queueMicrotask(() => found.run());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setChosen((at + step + results.length) % Math.max(1, results.length));
    else if (event.key === 'Enter') take(results[at]);
    else return;
    event.preventDefault();
  };

  return (
    <Modal label={label} className="finder">
      <div className="query">
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: a finder is opened to be typed in.
          autoFocus
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={results[at] ? `${listId}-${at}` : undefined}
          placeholder={placeholder}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="found" id={listId} role="listbox" aria-label={label} ref={list}>
        {results.map((found, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above has the keys.
          <div
            key={found.id}
            id={`${listId}-${index}`}
            className="result"
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            aria-disabled={found.unavailable !== null}
            data-result={found.id}
            onPointerMove={() => setChosen(index)}
            onClick={() => take(found)}
          >
            {found.icon && <Icon name={found.icon} />}
            <span>{found.title}</span>
            <span className="why">{found.unavailable ?? found.detail}</span>
            {found.keys && <span className="kbd">{found.keys}</span>}
          </div>
        ))}
      </div>
      {results.length === 0 && <p className="nothing">Nothing is called “{query}”.</p>}
      <div className="hints">
        {hints.map((hint) => (
          <span key={hint}>{hint}</span>
        ))}
      </div>
    </Modal>
  );
}

/** Every word of the query occurs somewhere in the text. */
export function hasWords(text: string, query: string): boolean {
  const plain = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => plain.includes(word));
}
