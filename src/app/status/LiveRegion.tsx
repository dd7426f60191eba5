// What just happened, for screen readers; and for everybody when it needs to be seen.
import { useEffect } from 'react';
import { clearToast, useView } from '../../store/viewStore.ts';
import { Icon } from '../icons/Icon.tsx';

export function LiveRegion() {
  const announcement = useView((state) => state.announcement);
  return (
    <div className="sr" role="status" aria-live="polite">
      <span key={announcement.at}>{announcement.text}</span>
    </div>
  );
}

const shownMs = 7000;

export function Toast() {
  const toast = useView((state) => state.toast);
  useEffect(() => {
    if (!toast) return;
    const timer = setTimeout(clearToast, shownMs);
    return () => clearTimeout(timer);
  }, [toast]);
  if (!toast) return null;
  return (
    <div className={`toast toast--${toast.tone}`} data-toast={toast.tone}>
      {toast.tone === 'error' && <Icon name="warn" />}
      <span>{toast.text}</span>
      <button type="button" className="btn btn--icon btn--small" aria-label="Dismiss" onClick={clearToast}>
        <Icon name="close" />
      </button>
    </div>
  );
}
