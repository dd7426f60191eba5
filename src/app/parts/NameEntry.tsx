// A name being typed in place: Enter or leaving the field takes it, Escape leaves it as it was.
import { type KeyboardEvent, useEffect, useRef } from 'react';

interface Props {
  readonly label: string;
  readonly value: string;
  onTake(name: string): void;
  onLeave(): void;
}

export const longestName = 80;

export function NameEntry({ label, value, onTake, onLeave }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const isOver = useRef(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const end = (how: () => void) => {
    // Taking the field away blurs it once more.
    if (isOver.current) return;
    isOver.current = true;
    how();
  };
  const take = () => end(() => onTake(field.current?.value.trim() ?? ''));
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Enter') take();
    if (event.key === 'Escape') end(onLeave);
  };
  return (
    <input
      ref={field}
      className="name-entry"
      aria-label={label}
      defaultValue={value}
      maxLength={longestName}
      onKeyDown={onKeyDown}
      onBlur={take}
    />
  );
}
