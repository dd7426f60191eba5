// A number to type: checked while typing, taken on Enter or when the field is left, so that a wrong one loses nothing.
import { type KeyboardEvent, useEffect, useState } from 'react';

interface Props {
  readonly label: string;
  /** Null shows "mixed": the selected slots differ. */
  readonly value: number | null;
  readonly min: number;
  readonly max: number;
  readonly step: number | 'any';
  /** `stepped` while the arrow keys change it: edits that belong together. */
  onCommit(value: number, manner: 'typed' | 'stepped'): void;
  /** The field is left: the next step starts anew. */
  onRest?(): void;
}

export function NumberEntry({ label, value, min, max, step, onCommit, onRest }: Props) {
  const shown = value === null ? '' : String(value);
  const [draft, setDraft] = useState(shown);
  useEffect(() => setDraft(shown), [shown]);
  const problem = draft === shown ? null : entryProblem(draft, { min, max, whole: step === 1 });
  const commit = () => {
    if (draft === shown) return;
    if (problem === null) onCommit(parseNumber(draft), 'typed');
    else setDraft(shown);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (direction !== undefined && step !== 'any' && value !== null) {
      event.preventDefault();
      const next = Math.min(max, Math.max(min, value + direction * step));
      if (next !== value) onCommit(next, 'stepped');
    }
    if (event.key === 'Enter') commit();
    if (event.key === 'Escape') setDraft(shown);
  };
  return (
    <input
      className="entry"
      inputMode="decimal"
      aria-label={label}
      aria-invalid={problem !== null}
      title={problem ?? `${min} to ${max}`}
      placeholder={value === null ? 'mixed' : ''}
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => {
        commit();
        onRest?.();
      }}
      onKeyDown={onKeyDown}
    />
  );
}

/** Why a typed text is no number that fits, in one sentence; null when it is. */
export function entryProblem(
  draft: string,
  range: { readonly min: number; readonly max: number; readonly whole: boolean },
): string | null {
  const value = parseNumber(draft);
  if (draft.trim() === '' || !Number.isFinite(value)) return `"${draft}" is not a number.`;
  if (range.whole && !Number.isInteger(value)) return `${value} is not a whole number.`;
  if (value < range.min) return `${value} is below the smallest value, ${range.min}.`;
  if (value > range.max) return `${value} is above the largest value, ${range.max}.`;
  return null;
}

/** A decimal comma is a point. */
function parseNumber(draft: string): number {
  return Number(draft.replace(',', '.'));
}
