// The line between two panels: drag it, or use the arrow keys; the size is remembered.
import type { KeyboardEvent, PointerEvent } from 'react';
import { type Settings, setSettings, useSettings } from '../../store/settingsStore.ts';

type Size = 'leftWidth' | 'rightWidth' | 'dockHeight';

interface Side {
  readonly label: string;
  readonly className: string;
  readonly axis: 'x' | 'y';
  /** Which way the pointer moves to make the panel larger. */
  readonly grows: 1 | -1;
  readonly min: number;
  readonly max: number;
}

const sides: Readonly<Record<Size, Side>> = {
  leftWidth: {
    label: 'Width of the left panel',
    className: 'resizer--left',
    axis: 'x',
    grows: 1,
    min: 200,
    max: 480,
  },
  rightWidth: {
    label: 'Width of the inspector',
    className: 'resizer--right',
    axis: 'x',
    grows: -1,
    min: 260,
    max: 560,
  },
  dockHeight: {
    label: 'Height of the dock',
    className: 'resizer--dock',
    axis: 'y',
    grows: -1,
    min: 140,
    max: 640,
  },
};

export function Resizer({ size }: { size: Size }) {
  const side = sides[size];
  const value = useSettings((settings) => settings[size]);
  const set = (wanted: number) => {
    const patch: Partial<Settings> = { [size]: Math.round(Math.min(side.max, Math.max(side.min, wanted))) };
    setSettings(patch);
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const line = event.currentTarget;
    const at = (moved: { clientX: number; clientY: number }) =>
      side.axis === 'x' ? moved.clientX : moved.clientY;
    const start = at(event);
    const move = (moved: globalThis.PointerEvent) => set(value + (at(moved) - start) * side.grows);
    line.setPointerCapture(event.pointerId);
    line.addEventListener('pointermove', move);
    line.addEventListener('pointerup', () => line.removeEventListener('pointermove', move), { once: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -16, ArrowUp: -16, ArrowRight: 16, ArrowDown: 16 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(value + step * side.grows);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a window splitter is a focusable separator; <hr> takes no focus.
    <div
      className={`resizer ${side.className}`}
      role="separator"
      aria-label={side.label}
      aria-orientation={side.axis === 'x' ? 'vertical' : 'horizontal'}
      aria-valuenow={value}
      aria-valuemin={side.min}
      aria-valuemax={side.max}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  );
}
