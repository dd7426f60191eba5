// Begins to keep the page for use offline, once the first model is open and its pictures are drawn: nothing of it competes
// with the start. In development there is no worker.
import { keepOffline, neededUses } from '../store/offline.ts';
import { model } from '../store/sessionStore.ts';

export async function startOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  await keepOffline({
    container: navigator.serviceWorker,
    script: new URL('offline.js', document.baseURI).href,
    uses: neededUses(model()?.engine ?? ''),
    mayFetch: !savesData(),
    reload: () => location.reload(),
  });
}

/** The Network Information API, where a browser has it. */
function savesData(): boolean {
  const connection: unknown = 'connection' in navigator ? navigator.connection : undefined;
  return typeof connection === 'object' && connection !== null && 'saveData' in connection
    ? connection.saveData === true
    : false;
}
