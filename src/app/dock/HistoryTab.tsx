// The history of the plan: every entry, the present one marked; a click goes there. Results stay where they are.
import { planHash } from '../../plan/hash.ts';
import { goToEdit, useDocument } from '../../store/documentStore.ts';
import { useSession } from '../../store/sessionStore.ts';
import { Icon } from '../icons/Icon.tsx';

export function HistoryTab() {
  const { entries, index } = useDocument((state) => state.history);
  const summaries = useSession((state) => state.summaries);
  return (
    <div className="history-list">
      {entries.map((entry, at) => {
        const hash = planHash(entry.plan);
        return (
          <button
            key={at}
            type="button"
            className={at > index ? 'history-item is-undone' : 'history-item'}
            aria-current={at === index}
            onClick={() => goToEdit(at)}
          >
            {at === index ? <Icon name="right" /> : <span />}
            <span className="num">{hash.slice(0, 4)}</span>
            <span>{entry.label}</span>
            <span className="muted">{summaries[hash] ? 'grafted' : ''}</span>
          </button>
        );
      })}
    </div>
  );
}
