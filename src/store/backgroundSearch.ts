// Starts the measurement of sensitivities by itself once a person rests: what the search needs is there before it is asked
// for. Every piece of it waits until no run trains and no other job works; a stop by hand lasts until the page is left.
import { useSearch } from './search.ts';
import { measureSensitivities, recallSensitivities } from './searchSession.ts';
import { model, type SessionState, selectIsTraining, selectModel, useSession } from './sessionStore.ts';
import { setSettings, useSettings } from './settingsStore.ts';
import { isLookingOn } from './tabs.ts';
import { useView } from './viewStore.ts';

/** Rest of the person before it starts: short where the search is on show, since it is wanted there. */
const restMs = { shown: 5_000, elsewhere: 60_000 };
const lookMs = 2_500;

export interface Person {
  /** When they last pressed, scrolled or typed. */
  readonly activeAt: number;
  readonly looks: boolean;
}

/** Asks now and then; answers how to stop asking. */
export function startBackgroundSearch(): () => void {
  let activeAt = performance.now();
  const note = () => {
    activeAt = performance.now();
  };
  const inputs = ['pointerdown', 'wheel', 'keydown'] as const;
  for (const input of inputs) window.addEventListener(input, note, { capture: true, passive: true });
  const timer = setInterval(
    () => void considerMeasuring({ activeAt, looks: !document.hidden }, performance.now()),
    lookMs,
  );
  return () => {
    clearInterval(timer);
    for (const input of inputs) window.removeEventListener(input, note, { capture: true });
  };
}

/** The model and candidates that were gone through, so that each is so once a visit. */
let done: string | null = null;

export async function considerMeasuring({ activeAt, looks }: Person, now: number): Promise<void> {
  const { searchInBackground, dockOpen } = useSettings.getState();
  const isShown = dockOpen && useView.getState().dockTab === 'search';
  const rested = now - activeAt >= (isShown ? restMs.shown : restMs.elsewhere);
  const wanted = wantedNow();
  if (!searchInBackground || !looks || !rested || wanted === null || wanted === done) return;
  if (!isIdle(useSession.getState()) || useSearch.getState().job.state !== 'rest' || isLookingOn()) return;
  done = wanted;
  try {
    await recallSensitivities();
  } catch {
    return; // The tab says so where a person asks for it.
  }
  await measureSensitivities('by itself');
  // Another model may have come meanwhile: what failed then is nobody's concern.
  if (wantedNow() !== wanted && useSearch.getState().job.state === 'failed')
    useSearch.setState({ job: { state: 'rest' } });
}

/** Nothing starts by itself from now on, nor goes on; or it may again. */
export function setBackgroundSearch(searchInBackground: boolean): void {
  setSettings({ searchInBackground });
  if (searchInBackground) done = null;
}

function wantedNow(): string | null {
  const info = model();
  if (!info || info.limits?.training) return null;
  return JSON.stringify([info.id, info.label, useSearch.getState().chosen]);
}

function isIdle(session: SessionState): boolean {
  const { base, graft } = session.strips;
  const draws = base?.state === 'running' || graft?.state === 'running';
  const { measuring, scoring } = session.busy;
  const works = draws || measuring || scoring || session.status !== null || session.resumable !== null;
  return selectModel(session) !== null && !selectIsTraining(session) && !works;
}
