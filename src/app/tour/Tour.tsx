// The tour, while it goes on and nothing covers what it points at. Its marks are loaded when there is one.
import { lazy, Suspense } from 'react';
import { tourMarks, useTour } from '../../store/tour.ts';
import { useView } from '../../store/viewStore.ts';

const CoachMark = lazy(async () => ({ default: (await import('./CoachMark.tsx')).CoachMark }));

export function Tour() {
  const at = useTour((state) => state.at);
  const isCovered = useView((state) => state.dialog !== null || state.hand !== null);
  const mark = at === null ? undefined : tourMarks[at];
  if (at === null || !mark || isCovered) return null;
  return (
    <Suspense fallback={null}>
      <CoachMark mark={mark} at={at} />
    </Suspense>
  );
}
