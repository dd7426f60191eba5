// The project is open in another tab: what can be done here, and the two ways to change that.
import { takeOver, workOnCopy } from '../../store/projects.ts';
import { useTabs } from '../../store/tabs.ts';
import { Icon } from '../icons/Icon.tsx';

export function TabNotice() {
  const { lookingOn, takingOver } = useTabs();
  if (lookingOn === null) return null;
  return (
    <div className="tab-notice" role="status" data-tab-notice>
      <Icon name="layers" />
      <span>
        {takingOver
          ? 'The other tab is saving…'
          : `"${lookingOn}" is open in another tab. Here you can look at it; it is changed and trained there.`}
      </span>
      <button
        type="button"
        className="btn btn--small btn--primary"
        disabled={takingOver}
        onClick={() => void takeOver()}
      >
        Take over
      </button>
      <button
        type="button"
        className="btn btn--small"
        disabled={takingOver}
        onClick={() => void workOnCopy()}
      >
        Work on a copy
      </button>
    </div>
  );
}
