// Opening styles: starts the worker, hears what it tells, and starts another one when it dies.
import { sentence } from '../../lib/errors.ts';
import type { GeneratorEvent } from '../../workers/generatorProtocol.ts';
import { announce } from '../viewStore.ts';
import { forgetDrawing, redraw, tellDrawing } from './drawing.ts';
import { askGenerator, connect, disconnect } from './link.ts';
import { useStyles } from './stylesStore.ts';
import { setTune, setTunePoints } from './tuning.ts';

/** A worker that dies again this soon has a cause that another start does not mend. */
const soonMs = 60_000;
/** What a first look shows: a phrase that every part of the data set knows. */
const firstPhrase = 'halftone, fine';
const firstEmoji = 'smiling-face-with-heart-eyes';

let restartedAt = Number.NEGATIVE_INFINITY;

const set = useStyles.setState;
const listener = { event: receive, crashed: (text: string) => void crashed(text) };

/** Starts the worker where it does not run, and draws what is asked for. */
export async function openStyles(): Promise<void> {
  const { opening, wish } = useStyles.getState();
  if (opening.state === 'opening') return;
  // What was not drawn when the sheet was closed is drawn now.
  if (opening.state === 'ready') return redraw();
  set({ opening: { state: 'opening', text: 'Starting the weight generator' } });
  connect(listener);
  try {
    const info = await askGenerator({ kind: 'open' });
    const emoji = Math.max(0, info.emoji.indexOf(firstEmoji));
    const isFirst = wish.phrase === '';
    set({
      opening: { state: 'ready', info },
      wish: isFirst ? { ...wish, phrase: firstPhrase, emoji, start: info.recommended.start } : wish,
    });
    await redraw();
  } catch (error) {
    set({ opening: { state: 'failed', sentence: sentence(error) }, working: null });
  }
}

function receive(event: GeneratorEvent): void {
  switch (event.kind) {
    case 'progress': {
      const { jobId, text, fraction } = event.progress;
      const { opening } = useStyles.getState();
      if (jobId === 'open' && opening.state === 'opening') set({ opening: { state: 'opening', text } });
      else if (!tellDrawing(jobId, text)) setTune(jobId, { progress: { text, fraction } });
      break;
    }
    case 'points':
      setTunePoints(event.jobId, event.points);
      break;
    case 'picture':
      setTune(event.picture.jobId, { picture: event.picture });
      break;
    default:
      event satisfies never;
  }
}

/** Nothing but adapters of this visit is lost: they are made again. */
async function crashed(text: string): Promise<void> {
  disconnect();
  forgetDrawing();
  const { tune, opening } = useStyles.getState();
  const wasReady = opening.state === 'ready';
  if (tune?.state === 'running') setTune(tune.jobId, { state: 'failed', sentence: text });
  if (tune) setTune(tune.jobId, { isKept: false });
  set({ opening: { state: 'closed' }, working: null, tuned: null, drawn: {}, inspection: null });
  if (!wasReady || performance.now() - restartedAt < soonMs) {
    set({ opening: { state: 'failed', sentence: text } });
    announce(text);
    return;
  }
  restartedAt = performance.now();
  await openStyles();
  const notice = `${text} It was started again.`;
  set({ notice });
  announce(notice);
}
