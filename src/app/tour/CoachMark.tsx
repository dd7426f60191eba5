// The tour's mark on show: what it is about, the way on and the way out. It takes no focus by itself, stands first in the tab
// order, and leaves everything else usable.
import { type CSSProperties, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useDocument } from '../../store/documentStore.ts';
import { useSettings } from '../../store/settingsStore.ts';
import { endTour, nextMark, type TourMark, tourMarks, useTour } from '../../store/tour.ts';
import { announce } from '../../store/viewStore.ts';
import { Icon } from '../icons/Icon.tsx';
import { marks } from './marks.ts';
import { type Place, placeBeside } from './place.ts';

export function CoachMark({ mark, at }: { mark: TourMark; at: number }) {
  const root = useRef<HTMLElement>(null);
  const place = usePlace(root, marks[mark].target);
  const isPlaced = place !== null;
  const takesFocus = useTour((state) => state.takesFocus);
  const { title, text, icon } = marks[mark];
  const isLast = at + 1 === tourMarks.length;
  const count = `${at + 1} of ${tourMarks.length}`;
  useEffect(() => {
    // What is still hidden cannot take the focus.
    if (takesFocus && isPlaced) root.current?.querySelector<HTMLElement>('.btn--primary')?.focus();
  }, [takesFocus, isPlaced]);
  useEffect(() => announce(`Tour, ${count}: ${title}. ${text}`), [count, title, text]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    endTour();
  };
  return (
    <section
      ref={root}
      className={place?.edge ? `coach-mark coach-mark--${place.edge}` : 'coach-mark'}
      aria-label={`Tour, ${count}`}
      data-coach={mark}
      style={styleOf(place)}
      onKeyDown={onKeyDown}
    >
      <h2>
        <Icon name={icon} /> {title}
      </h2>
      <p>{text}</p>
      <div className="coach-foot">
        <small className="num">{count}</small>
        <span className="spacer" />
        {!isLast && (
          <button type="button" className="btn btn--small" onClick={endTour}>
            Skip
          </button>
        )}
        <button type="button" className="btn btn--small btn--primary" onClick={nextMark}>
          {isLast ? 'Done' : 'Next'}
        </button>
      </div>
    </section>
  );
}

function styleOf(place: Place | null): CSSProperties {
  if (!place) return { visibility: 'hidden' };
  return { left: place.left, top: place.top, '--pointer': `${place.pointer}px` } as CSSProperties;
}

/** Follows the target as panels, window and plan change. */
function usePlace(root: React.RefObject<HTMLElement | null>, target: string): Place | null {
  const [place, setPlace] = useState<Place | null>(null);
  // Read so that the place is taken anew: panels and plan move targets without a resize of theirs.
  const settings = useSettings();
  const history = useDocument((state) => state.history);
  useLayoutEffect(() => {
    const measure = () => {
      if (!root.current) return;
      const beside = document.querySelector(target)?.getBoundingClientRect() ?? null;
      const { offsetWidth: width, offsetHeight: height } = root.current;
      setPlace(placeBeside(beside, { width, height }, { width: innerWidth, height: innerHeight }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    const found = document.querySelector(target);
    if (found) observer.observe(found);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [root, target, settings, history]);
  return place;
}
