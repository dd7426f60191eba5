// The inspector: the selected slots, or the plan as a whole when none is selected.
import { lazy, Suspense } from 'react';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { useView } from '../../store/viewStore.ts';
import { Resizer } from '../parts/Resizer.tsx';
import { usePreload } from '../parts/usePreload.ts';
import { PlanInspector } from './PlanInspector.tsx';

const loadSlotInspector = () => import('./SlotInspector.tsx');
const SlotInspector = lazy(async () => ({ default: (await loadSlotInspector()).SlotInspector }));

export function Inspector() {
  const model = useSession(selectModel);
  usePreload(loadSlotInspector);
  const selection = useView((state) => state.selection);
  return (
    <aside className="right-panel" aria-label="Inspector">
      <div className="right-body">
        <Suspense fallback={null}>
          {model && selection.length > 0 && <SlotInspector shape={model.config} slots={selection} />}
        </Suspense>
        {model && selection.length === 0 && <PlanInspector model={model} />}
        {!model && <p className="lead">The inspector shows what is selected once the model is open.</p>}
      </div>
      <Resizer size="rightWidth" />
    </aside>
  );
}
