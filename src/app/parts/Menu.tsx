// A button that opens a list of things to do; arrow keys walk it, Escape and a click elsewhere close it.
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Icon } from '../icons/Icon.tsx';
import type { IconName } from '../icons/shapes.ts';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly detail?: string;
  readonly icon?: IconName;
  /** Begins a group: a line above it. */
  readonly startsGroup?: true;
  /** Of a choice among several: whether it is the one. */
  readonly checked?: boolean;
  /** Why it cannot be chosen now; null when it can. */
  readonly unavailable?: string | null;
  run(): void;
}

interface Props {
  readonly label: string;
  readonly children: ReactNode;
  readonly items: () => readonly MenuItem[];
  readonly className?: string;
  readonly align?: 'left' | 'right';
}

export function Menu({ label, children, items, className = 'btn', align = 'left' }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('[role^="menuitem"]')?.focus();
    const close = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    window.addEventListener('pointerdown', close);
    return () => window.removeEventListener('pointerdown', close);
  }, [open]);

  const close = () => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!open) return;
    event.stopPropagation();
    if (event.key === 'Escape') return close();
    walkMenu(event);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble here from the menu items inside.
    <div className="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && (
        <div
          className={`menu-list${align === 'right' ? ' menu-list--right' : ''}`}
          role="menu"
          aria-label={label}
        >
          {items().map((item) => (
            <MenuEntry key={item.id} item={item} close={close} />
          ))}
        </div>
      )}
    </div>
  );
}

/** Arrow keys, Home and End walk the entries of a menu. */
export function walkMenu(event: KeyboardEvent<HTMLElement>): void {
  const entries = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
  const at = entries.findIndex((entry) => entry.isSameNode(document.activeElement));
  const last = entries.length - 1;
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  entries[(target + entries.length) % entries.length]?.focus();
}

export function MenuEntry({ item, close }: { item: MenuItem; close(): void }) {
  const refused = item.unavailable ?? null;
  return (
    <button
      type="button"
      {...(item.checked === undefined
        ? { role: 'menuitem' }
        : { role: 'menuitemradio', 'aria-checked': item.checked })}
      className={item.startsGroup ? 'menu-item menu-item--first' : 'menu-item'}
      tabIndex={-1}
      aria-disabled={refused !== null}
      title={refused ?? undefined}
      onClick={() => {
        if (refused !== null) return;
        close();
        item.run();
      }}
    >
      {item.icon && <Icon name={item.icon} />}
      {item.checked !== undefined && <span className="tick">{item.checked && <Icon name="check" />}</span>}
      {item.label}
      {item.detail && <span className="detail">{item.detail}</span>}
    </button>
  );
}
