// The inspector: the selected slots, or the plan as a whole when none is selected.
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { useView } from '../../store/viewStore.ts';
import { Resizer } from '../parts/Resizer.tsx';
import { PlanInspector } from './PlanInspector.tsx';
import { SlotInspector } from './SlotInspector.tsx';

export function Inspector() {
  const model = useSession(selectModel);
  const selection = useView((state) => state.selection);
  return (
    <aside className="right-panel" aria-label="Inspector">
      <div className="right-body">
        {model && selection.length > 0 && <SlotInspector shape={model.config} slots={selection} />}
        {model && selection.length === 0 && <PlanInspector model={model} />}
        {!model && <p className="lead">The inspector shows what is selected once the model is open.</p>}
      </div>
      <Resizer size="rightWidth" />
    </aside>
  );
}
