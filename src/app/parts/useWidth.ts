// How wide an element is on screen, as it changes: what is drawn on a canvas is drawn to the pixel.
import { type RefObject, useEffect, useState } from 'react';

/** Pixels; 0 until the element is laid out. */
export function useWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
