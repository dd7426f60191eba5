// The concept in words: typed freely, or picked from all that can be drawn exactly. What was typed is asked for after a
// moment's rest or with Enter.
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { wishFor } from '../../../store/styles/stylesSession.ts';
import { useStyles } from '../../../store/styles/stylesStore.ts';
import type { StylesInfo } from '../../../workers/generatorProtocol.ts';
import { Icon } from '../../icons/Icon.tsx';
import { partWords } from './pictureFacts.ts';
import { suggested } from './suggested.ts';

const restMs = 600;

export function ConceptField({ info }: { readonly info: StylesInfo }) {
  const phrase = useStyles((state) => state.wish.phrase);
  const [text, setText] = useState(phrase);
  const [isOpen, setIsOpen] = useState(false);
  // Typed since the list opened: what is only shown there filters nothing, so that all families can be seen.
  const [isTyped, setIsTyped] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const found = suggested(info.suggestions, isTyped ? text : '');
  useEffect(() => setText(phrase), [phrase]);
  useEffect(() => {
    if (text === phrase) return;
    const timer = setTimeout(() => void wishFor({ phrase: text }), restMs);
    return () => clearTimeout(timer);
  }, [text, phrase]);
  useEffect(() => {
    list.current?.querySelector(`[data-index="${chosen}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const close = () => {
    setIsOpen(false);
    setIsTyped(false);
    setChosen(-1);
  };
  const take = (next: string) => {
    setText(next);
    close();
    void wishFor({ phrase: next });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      setIsOpen(true);
      setChosen(Math.min(found.length - 1, Math.max(-1, chosen + step)));
    } else if (event.key === 'Enter') take((isOpen ? found[chosen]?.phrase : undefined) ?? text);
    else if (event.key === 'Escape' && isOpen) close();
    else return;
    event.preventDefault();
  };
  return (
    <div className="concept">
      <label className="field">
        <Icon name="graft" />
        <input
          role="combobox"
          aria-label="Concept"
          aria-expanded={isOpen}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && chosen >= 0 ? `${listId}-${chosen}` : undefined}
          placeholder="halftone, fine"
          spellCheck={false}
          maxLength={200}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setIsOpen(true);
            setIsTyped(true);
            setChosen(-1);
          }}
          onFocus={(event) => event.target.select()}
          onClick={() => setIsOpen(true)}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
        <Icon name="down" />
      </label>
      <div
        className="concept-list"
        id={listId}
        role="listbox"
        aria-label="Concepts"
        hidden={!isOpen || found.length === 0}
        ref={list}
      >
        {isOpen &&
          found.map((suggestion, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above has the keys.
            <div
              key={suggestion.id}
              id={`${listId}-${index}`}
              className="menu-item"
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              data-index={index}
              data-concept={suggestion.id}
              onPointerMove={() => setChosen(index)}
              // Before the field loses the focus, and with it the list.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(suggestion.phrase)}
            >
              {suggestion.phrase}
              <span className="detail">{partWords[suggestion.part]}</span>
            </div>
          ))}
      </div>
    </div>
  );
}
