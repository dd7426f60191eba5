// History: every plan that matters with its figures and pictures, and the difference of any two.
import { PlanDiff } from './history/PlanDiff.tsx';
import { PlanTable } from './history/PlanTable.tsx';

export function HistoryTab() {
  return (
    <div className="history-panes">
      <PlanTable />
      <PlanDiff />
    </div>
  );
}
