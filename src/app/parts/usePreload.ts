// Calls for a part of the page that is not needed at once, so that it is there when it is.
import { useEffect } from 'react';

/** After the first paint and the first messages of the trainer. */
const delay = 500;

/** @param load one dynamic import or several; made outside the component, so that it stays the same */
export function usePreload(load: () => unknown): void {
  useEffect(() => {
    const timer = setTimeout(load, delay);
    return () => clearTimeout(timer);
  }, [load]);
}
