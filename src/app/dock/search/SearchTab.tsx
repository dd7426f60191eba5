// Search over plans: what each slot minds, what the plan may cost, and the plans in between.
import '../../styles/search.css';
import { useEffect } from 'react';
import { sentence } from '../../../lib/errors.ts';
import { useSearch } from '../../../store/search.ts';
import { checkFinishedRuns, recallSensitivities } from '../../../store/searchSession.ts';
import { selectIsTraining, selectModel, useSession } from '../../../store/sessionStore.ts';
import { BudgetPane } from './BudgetPane.tsx';
import { PlansPane } from './PlansPane.tsx';
import { SensitivityPane } from './SensitivityPane.tsx';
import { useSearchNow } from './useSearchNow.ts';

export function SearchTab() {
  const model = useSession(selectModel);
  const search = useSearchNow();
  const storedRuns = useSession((state) => state.storedRuns);
  const isTraining = useSession(selectIsTraining);
  const isRecalled = useSearch((state) => state.sensitivities.size > 0);
  // Again for every model that is opened.
  useEffect(() => {
    if (!model) return;
    recallSensitivities().catch((error) =>
      useSearch.setState({ job: { state: 'failed', sentence: sentence(error) } }),
    );
  }, [model]);
  // Again whenever there are other finished runs.
  useEffect(() => {
    if (storedRuns.length > 0 && isRecalled && !isTraining) void checkFinishedRuns();
  }, [storedRuns, isRecalled, isTraining]);
  if (!model) return <p className="empty">The model is still opening.</p>;
  return (
    <div className="panes panes--search">
      <SensitivityPane shape={model.config} />
      <BudgetPane shape={model.config} search={search} />
      <PlansPane shape={model.config} search={search} />
    </div>
  );
}
