// Which side a flicker shows: it goes round while it runs; without motion, a held key shows the next side and no more.
import { useEffect, useState } from 'react';
import { useComparison } from '../../../store/comparison.ts';

const lessMotion = '(prefers-reduced-motion: reduce)';

/** @param held is the space bar down? */
export function useFlicker(sides: number, held: boolean): number {
  const flickering = useComparison((state) => state.flickering);
  const rate = useComparison((state) => state.rate);
  const [place, setPlace] = useState(0);
  const still = matchMedia(lessMotion).matches;
  const runs = (flickering || held) && sides > 1;
  useEffect(() => {
    if (!runs) {
      setPlace(0);
      return;
    }
    setPlace(1);
    // A person who wants less motion presses for each change.
    if (still) return;
    const timer = setInterval(() => setPlace((known) => (known + 1) % sides), 1000 / rate);
    return () => clearInterval(timer);
  }, [runs, still, sides, rate]);
  return Math.min(place, sides - 1);
}
