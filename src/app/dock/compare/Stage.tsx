// The pictures themselves: beside each other, under a wipe, in turns, or by their difference. The wheel enlarges them.
import { type CSSProperties, type KeyboardEvent, useEffect, useRef, useState, type WheelEvent } from 'react';
import { noZoom, useComparison, zoomFactors } from '../../../store/comparison.ts';
import { differenceFrame, differenceOf } from '../../../store/difference.ts';
import { PixelCanvas } from './PixelCanvas.tsx';
import { startDrag } from './savePicture.ts';
import { Tag } from './Tag.tsx';
import type { Compared, ComparedSide } from './useCompared.ts';
import { useFlicker } from './useFlicker.ts';
import { WipeView } from './WipeView.tsx';

export function Stage({ compared }: { compared: Compared }) {
  const mode = useComparison((state) => state.mode);
  const [held, setHeld] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const shown = useFlicker(compared.sides.length, held);
  const { sides, index } = compared;
  const [first] = sides;
  const last = sides[sides.length - 1];
  const across = mode === 'sides' ? sides.length : mode === 'difference' ? Math.max(1, sides.length - 1) : 1;
  const square = useSquare(box, across, first?.frame?.size ?? 32);
  const onKey = (event: KeyboardEvent, down: boolean) => {
    if (event.key !== ' ' || event.target !== event.currentTarget) return;
    event.preventDefault();
    setHeld(down);
  };
  if (!first || !last) return null;
  const flickers = mode === 'flicker' || held;
  return (
    // biome-ignore lint/a11y/useSemanticElements: pictures under one name that take the space bar; a fieldset takes no focus.
    <div
      ref={box}
      className="compare-stage"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the space bar flickers while it is held here.
      tabIndex={0}
      aria-label={`${compared.className}, seed ${compared.seed}, step ${compared.step} of ${compared.steps}. Hold Space to flicker.`}
      style={{ '--square': `${square}px` } as CSSProperties}
      onKeyDown={(event) => onKey(event, true)}
      onKeyUp={(event) => onKey(event, false)}
      onBlur={() => setHeld(false)}
      onWheel={zoomAtPointer}
      onDoubleClick={() => useComparison.setState({ zoom: noZoom })}
    >
      {flickers ? (
        <Single side={sides[shown] ?? first} compared={compared} />
      ) : mode === 'wipe' && sides.length > 1 ? (
        <div className="compare-square">
          <WipeView left={first} right={last} index={index} />
        </div>
      ) : mode === 'difference' && sides.length > 1 ? (
        sides.slice(1).map((side) => <Distance key={side.letter} first={first} side={side} index={index} />)
      ) : (
        sides.map((side) => <Single key={side.letter} side={side} compared={compared} />)
      )}
    </div>
  );
}

/** Drag it out of the window: a PNG file with its recipe. */
function Single({ side, compared }: { side: ComparedSide; compared: Compared }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging out has a button beside the side's name.
    <div
      className="compare-square"
      draggable={side.frame !== undefined}
      title="Drag it out to save it with its recipe"
      onDragStart={(event) => startDrag(event, side, compared)}
    >
      <PixelCanvas
        frame={side.frame}
        index={compared.index}
        label={`${side.letter}, ${side.choice.short}: ${compared.className}, seed ${compared.seed}, step ${compared.step}`}
      />
      <Tag side={side} />
    </div>
  );
}

function Distance({ first, side, index }: { first: ComparedSide; side: ComparedSide; index: number }) {
  const gain = useComparison((state) => state.gain);
  const ready = first.frame && side.frame;
  const frame = ready && differenceFrame(first.frame, side.frame, gain);
  const largest = ready ? differenceOf(first.frame, side.frame, index).largest : null;
  return (
    <div className="compare-square">
      <PixelCanvas
        frame={frame}
        index={index}
        label={`Difference of ${first.choice.short} and ${side.choice.short}, ${gain} times as bright; largest ${largest ?? 'unknown'} of 255`}
      />
      <span className="compare-tag compare-tag--left">
        |{first.letter} − {side.letter}| × {gain}
      </span>
      {largest === 0 && <span className="compare-tag compare-tag--right">largest difference 0</span>}
    </div>
  );
}

/** The side of one square: a whole number of screen pixels for each pixel of the picture, where there is room. */
function useSquare(box: { readonly current: HTMLElement | null }, across: number, size: number): number {
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setRoom({ width: element.clientWidth - 24, height: element.clientHeight - 4 }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  const fits = Math.max(0, Math.min((room.width - (across - 1) * 12) / across, room.height));
  return fits >= size ? Math.floor(fits / size) * size : fits;
}

function zoomAtPointer(event: WheelEvent): void {
  const target = event.target instanceof Element ? event.target.closest('.compare-square') : null;
  if (!target) return;
  const { left, top, width, height } = target.getBoundingClientRect();
  const { zoom } = useComparison.getState();
  const place = zoomFactors.findIndex((known) => known >= zoom.factor) + (event.deltaY < 0 ? 1 : -1);
  const factor = zoomFactors[Math.min(zoomFactors.length - 1, Math.max(0, place))] ?? 1;
  if (factor === zoom.factor) return;
  const at = (position: number, length: number) => Math.min(1, Math.max(0, position / length));
  // The first step in decides about which point everything is enlarged.
  const point =
    zoom.factor === 1 ? { x: at(event.clientX - left, width), y: at(event.clientY - top, height) } : zoom;
  useComparison.setState({ zoom: factor === 1 ? noZoom : { ...point, factor } });
}
