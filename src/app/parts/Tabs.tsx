// A row of tabs; arrow keys walk, the panel below belongs to the chosen one.
import type { KeyboardEvent, ReactNode } from 'react';

interface Tab<T> {
  readonly id: T;
  readonly label: string;
  readonly sign?: ReactNode;
}

interface Props<T> {
  readonly label: string;
  readonly tabs: readonly Tab<T>[];
  readonly current: T;
  /** Id of the tab panel. */
  readonly panel: string;
  onChange(tab: T): void;
}

export function Tabs<T extends string>({ label, tabs, current, panel, onChange }: Props<T>) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.id === current);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.id);
    event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')[tabs.indexOf(next)]?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${panel}-${tab.id}`}
          className="tab"
          aria-selected={tab.id === current}
          aria-controls={panel}
          tabIndex={tab.id === current ? 0 : -1}
          onClick={() => onChange(tab.id)}
        >
          {tab.label}
          {tab.sign}
        </button>
      ))}
    </div>
  );
}
