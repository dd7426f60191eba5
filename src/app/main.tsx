// Where the page starts: the document from link or storage, the trainer in its worker, the screen.
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/frame.css';
import './styles/left.css';
import './styles/topbar.css';
import './styles/plans.css';
import './styles/finder.css';
import './styles/canvas.css';
import './styles/inspector.css';
import './styles/dock.css';
import './styles/tour.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { known } from '../lib/errors.ts';
import { memoryStore } from '../storage/memoryStore.ts';
import { openOpfs } from '../storage/opfs.ts';
import type { RecordStore } from '../storage/recordStore.ts';
import { browserDesk, followLink, openDocument, startAutosave } from '../store/autosave.ts';
import { watchBackgroundSpeed } from '../store/backgroundSpeed.ts';
import { wasDemoShown } from '../store/demo/demo.ts';
import { isFirstVisit } from '../store/demo/firstVisit.ts';
import { selectPlan, useDocument } from '../store/documentStore.ts';
import { startLog } from '../store/log.ts';
import { keepResults, showPicturesOf } from '../store/planResults.ts';
import {
  beforeYielding,
  connectProjects,
  onGoneOn,
  openLastProject,
  startSavingProject,
} from '../store/projects.ts';
import {
  connectTrainer,
  flushRun,
  leaveWork,
  openModel,
  showResultsOf,
  takeUpWork,
} from '../store/trainerSession.ts';
import { say } from '../store/viewStore.ts';
import { startTrainer } from '../workers/trainerClient.ts';
import { App } from './App.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { openLaunchedFiles } from './launchedFiles.ts';

startLog();
const desk = browserDesk();
const isFirst = isFirstVisit(desk);
const complaint = openDocument(desk);
if (complaint) say(complaint, 'error');

const autosave = startAutosave(desk);
window.addEventListener('pagehide', autosave.flush);
const tellVisibility = watchBackgroundSpeed();
document.addEventListener('visibilitychange', () => {
  tellVisibility(document.hidden);
  if (document.hidden) void flushRun();
});
window.addEventListener('hashchange', () => {
  const sentence = followLink(desk);
  if (sentence) say(sentence, 'error');
});
useDocument.subscribe((state, before) => {
  if (selectPlan(state) === selectPlan(before)) return;
  showResultsOf(selectPlan(state));
  void showPicturesOf(selectPlan(state));
});

createRoot(known(document.getElementById('root'), 'the element #root')).render(
  <StrictMode>
    <ErrorBoundary>
      <App />
    </ErrorBoundary>
  </StrictMode>,
);

void start();

/** The project first, so that the model that opens finds the plan that it is for. */
async function start(): Promise<void> {
  connectProjects(await privateFiles('projects'));
  beforeYielding(leaveWork);
  onGoneOn(() => void takeUpWork());
  await openLastProject();
  const saving = startSavingProject();
  window.addEventListener('pagehide', () => void saving.flush());
  await keepResults(await privateFiles('results'));
  connectTrainer(startTrainer);
  if (isFirst || wasDemoShown()) {
    const { greet, recallDemo } = await import('../store/demo/showDemo.ts');
    await (isFirst ? greet() : recallDemo());
  }
  await openModel({ kind: 'bundled' });
  openLaunchedFiles();
  const { startBackgroundSearch } = await import('../store/backgroundSearch.ts');
  startBackgroundSearch();
  const { startOffline } = await import('./startOffline.ts');
  await startOffline();
}

/** Where the browser refuses its file system, as in some private windows, records last as long as the page. */
async function privateFiles(folder: string): Promise<RecordStore> {
  try {
    return await openOpfs(folder);
  } catch {
    return memoryStore();
  }
}
