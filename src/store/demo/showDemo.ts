// Puts the demo on the screen: on a first visit by itself, one undo above the bare base, later where a person asks for it.
// A plan of a person's own is never replaced, and figures that this browser measured win over the demo's.
import { sentence } from '../../lib/errors.ts';
import type { ModelInfo } from '../../workers/protocol.ts';
import { currentPlan, editPlan, isUntouched } from '../documentStore.ts';
import { admit } from '../planResults.ts';
import { useProjects } from '../projects.ts';
import { noResult, resultToJson, thumbnailsOf } from '../resultRecord.ts';
import { headerOnly, useSession } from '../sessionStore.ts';
import { offerTour } from '../tour.ts';
import { drawMissingPictures, showResultsOf, storeDemoWeights } from '../trainerSession.ts';
import { say } from '../viewStore.ts';
import { demoStrips, useDemo, wasDemoShown, withDemoSummary } from './demo.ts';
import { fetchDemoFile, type ReadDemoFile } from './demoFiles.ts';
import { loadDemo } from './loadDemo.ts';

/** The finished graft and the tour, unless there is work of a person's own. */
export async function greet(read: ReadDemoFile = fetchDemoFile): Promise<void> {
  try {
    await loadDemo(read);
  } catch {
    return; // Without its files the page opens with the bare base.
  }
  if (!isUntouched() || useProjects.getState().list.length > 0) return;
  showHeader();
  placeDemo();
  offerTour();
}

/** Graph and costs need the model's shape alone: they are there while the trainer opens the rest. */
function showHeader(): void {
  const { demo } = useDemo.getState();
  if (!demo || useSession.getState().opening.state !== 'opening') return;
  const reading = `The weights of ${demo.model.label} are still being read.`;
  const model: ModelInfo = {
    ...demo.model,
    id: demo.plan.base,
    engine: headerOnly,
    parallel: true,
    note: null,
    limits: { images: reading, training: reading },
  };
  useSession.setState({ opening: { state: 'ready', model } });
}

/** On later visits: what is known of the demo's plan, where that plan is met. */
export async function recallDemo(read: ReadDemoFile = fetchDemoFile): Promise<void> {
  if (!wasDemoShown()) return;
  try {
    await loadDemo(read);
  } catch {
    return; // Its curves are missing then; nothing else is.
  }
  showFigures();
}

/** Because a person asked for it: an edit like any other. */
export async function openDemo(read: ReadDemoFile = fetchDemoFile): Promise<void> {
  try {
    await loadDemo(read);
  } catch (error) {
    say(`The demo could not be opened. ${sentence(error)}`, 'error');
    return;
  }
  placeDemo();
  await storeDemoWeights(read);
  await drawMissingPictures();
}

function placeDemo(): void {
  const { demo } = useDemo.getState();
  if (!demo) return;
  editPlan({ plan: demo.plan, label: 'Demo: a finished graft' });
  showFigures();
}

function showFigures(): void {
  const { demo, strips } = useDemo.getState();
  if (!demo) return;
  useSession.setState(({ summaries }) => ({ summaries: withDemoSummary(summaries) }));
  if (strips.graft) admit(resultToJson({ ...noResult(demo.hash), thumbnails: thumbnailsOf(strips.graft) }));
  showResultsOf(currentPlan());
  const precomputed = demoStrips(currentPlan());
  if (!precomputed) return;
  useSession.setState(({ strips: shown }) => ({
    strips: {
      base: shown.base ?? precomputed.base,
      graft: shown.graft?.planHash === demo.hash ? shown.graft : precomputed.graft,
    },
  }));
}
