// A menu where the pointer is: for slots of the canvas and plans of the tree. One at a time, the keyboard walks it.
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { create } from 'zustand';
import { MenuEntry, type MenuItem, walkMenu } from './Menu.tsx';

interface Opened {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly x: number;
  readonly y: number;
}

const useContextMenu = create<{ readonly opened: Opened | null }>()(() => ({ opened: null }));

export function openContextMenu(opened: Opened): void {
  useContextMenu.setState({ opened });
}

function close(): void {
  useContextMenu.setState({ opened: null });
}

export function ContextMenu() {
  const opened = useContextMenu((state) => state.opened);
  return opened && <OpenMenu {...opened} />;
}

function OpenMenu({ label, items, x, y }: Opened) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = list.current;
    if (!menu) return;
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`;
  }, [x, y]);
  useEffect(() => {
    const before = document.activeElement;
    list.current?.querySelector<HTMLElement>('[role^="menuitem"]')?.focus();
    const leave = (event: Event) => {
      if (!(event.target instanceof Node && list.current?.contains(event.target))) close();
    };
    window.addEventListener('pointerdown', leave);
    window.addEventListener('wheel', leave);
    window.addEventListener('blur', close);
    return () => {
      window.removeEventListener('pointerdown', leave);
      window.removeEventListener('wheel', leave);
      window.removeEventListener('blur', close);
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close();
    } else walkMenu(event);
  };
  return (
    <div
      className="menu-list menu-list--free"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      ref={list}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => (
        <MenuEntry key={item.id} item={item} close={close} />
      ))}
    </div>
  );
}
