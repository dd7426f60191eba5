// Is an element on screen, or nearly? Tiles that are scrolled away cost nothing.
import { type RefObject, useEffect, useState } from 'react';

export function useVisible(box: RefObject<HTMLElement | null>): boolean {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => setVisible(entries.some(({ isIntersecting }) => isIntersecting)),
      { rootMargin: '120px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return visible;
}
