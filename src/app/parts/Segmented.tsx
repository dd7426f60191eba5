// A row of choices of which one holds; arrow keys move it.
import type { KeyboardEvent } from 'react';

interface Choice<T> {
  readonly value: T;
  readonly label: string;
}

interface Props<T> {
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  /** Null when the selected slots differ. */
  readonly value: T | null;
  onChange(value: T): void;
}

export function Segmented<T extends string | number>({ label, choices, value, onChange }: Props<T>) {
  const current = choices.findIndex((choice) => choice.value === value);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = choices[(Math.max(0, current) + step + choices.length) % choices.length];
    if (!next) return;
    onChange(next.value);
    event.currentTarget.querySelectorAll<HTMLElement>('[role="radio"]')[choices.indexOf(next)]?.focus();
  };
  return (
    <div className="segmented" role="radiogroup" aria-label={label} onKeyDown={onKeyDown}>
      {choices.map((choice, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a segment looks and behaves like a button; its role tells the rest.
        <button
          key={choice.value}
          type="button"
          role="radio"
          aria-checked={choice.value === value}
          tabIndex={index === Math.max(0, current) ? 0 : -1}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}
