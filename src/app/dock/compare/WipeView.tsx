// Two pictures in one frame with a line between them: drag it, or move it with the arrow keys.
import type { KeyboardEvent, PointerEvent } from 'react';
import { setCut, useComparison } from '../../../store/comparison.ts';
import { Icon } from '../../icons/Icon.tsx';
import { PixelCanvas } from './PixelCanvas.tsx';
import { Tag } from './Tag.tsx';
import type { ComparedSide } from './useCompared.ts';

interface Props {
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  readonly index: number;
}

export function WipeView({ left, right, index }: Props) {
  const cut = useComparison((state) => state.cut);
  const percent = `${cut * 100}%`;
  return (
    <div className="wipe" style={{ '--cut': percent } as React.CSSProperties} onPointerDown={follow}>
      <PixelCanvas frame={left.frame} index={index} label={`A side of the wipe: ${left.choice.short}`} />
      <div className="wipe-right">
        <PixelCanvas frame={right.frame} index={index} label={`B side of the wipe: ${right.choice.short}`} />
      </div>
      <Tag side={left} />
      <Tag side={right} place="right" />
      <span className="wipe-edge" />
      <div
        className="wipe-knob"
        role="slider"
        tabIndex={0}
        aria-label="Wipe"
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(cut * 100)}
        aria-valuetext={`${Math.round(cut * 100)} % ${left.choice.short}, the rest ${right.choice.short}`}
        onKeyDown={(event) => onKey(event, cut)}
      >
        <Icon name="handle" />
      </div>
    </div>
  );
}

function follow(event: PointerEvent<HTMLElement>): void {
  if (event.button !== 0) return;
  const box = event.currentTarget;
  const move = (moved: { clientX: number }) => {
    const { left, width } = box.getBoundingClientRect();
    setCut((moved.clientX - left) / width);
  };
  const onMove = (moved: globalThis.PointerEvent) => move(moved);
  box.setPointerCapture(event.pointerId);
  move(event);
  box.addEventListener('pointermove', onMove);
  box.addEventListener('pointerup', () => box.removeEventListener('pointermove', onMove), { once: true });
}

function onKey(event: KeyboardEvent, cut: number): void {
  const stride = event.shiftKey ? 0.1 : 0.02;
  const next = {
    ArrowLeft: cut - stride,
    ArrowDown: cut - stride,
    ArrowRight: cut + stride,
    ArrowUp: cut + stride,
    Home: 0,
    End: 1,
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  setCut(next);
}
