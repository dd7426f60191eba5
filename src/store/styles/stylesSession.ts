// The talk with the generator worker: opening, drawing from all starts, the fine-tune, the inspection, and its end.
import { sentence, UserError } from '../../lib/errors.ts';
import {
  type AdapterName,
  type Drawn,
  type GeneratorEvent,
  type StartId,
  startIds,
  type TunePoint,
} from '../../workers/generatorProtocol.ts';
import { announce } from '../viewStore.ts';
import { askGenerator, connect, disconnect } from './link.ts';
import {
  hasTuned,
  type StylesPane,
  type StyleWish,
  type startOfStyles,
  stylesInfo,
  useStyles,
} from './stylesStore.ts';

/** A worker that dies again this soon has a cause that another start does not mend. */
const soonMs = 60_000;
/** What a first look shows: a phrase that every part of the data set knows. */
const firstPhrase = 'halftone, fine';
const firstEmoji = 'smiling-face-with-heart-eyes';

let jobs = 0;
let restartedAt = Number.NEGATIVE_INFINITY;
/** The present request for pictures; an older one gives way. */
let drawing: { readonly jobId: string; isCurrent: boolean } | null = null;

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

/** Changes what is asked for, and draws it. */
export async function wishFor(change: Partial<StyleWish>): Promise<void> {
  const before = useStyles.getState().wish;
  const wish = { ...before, ...change };
  const onlyStart = { ...before, start: wish.start };
  if (JSON.stringify(wish) === JSON.stringify(before)) return;
  const isSame = JSON.stringify(onlyStart) === JSON.stringify(wish);
  const keepsPhrase = wish.phrase === before.phrase && wish.seed === before.seed;
  set({
    wish,
    tuned: null,
    isStale: !isSame,
    refusal: null,
    ...(keepsPhrase && isSame ? {} : { inspection: null }),
  });
  if (stylesInfo()) await redraw();
}

/** The chosen start first, with its fine-tune where it has one; then the others, for their distances. */
async function redraw(): Promise<void> {
  stopDrawing();
  const { wish, isStale } = useStyles.getState();
  const job = { jobId: `draw-${++jobs}`, isCurrent: true };
  drawing = job;
  set({ working: 'Making the weights', refusal: null, inspection: null });
  const draw = async (name: AdapterName): Promise<Drawn | null> => {
    if (!job.isCurrent) return null;
    const drawn = await askGenerator({
      kind: 'draw',
      job: { jobId: job.jobId, adapter: name, emoji: wish.emoji },
    });
    return job.isCurrent ? drawn : null;
  };
  try {
    const kept = isStale ? undefined : useStyles.getState().drawn[wish.start];
    const first = kept ?? (await draw(adapterName(wish, wish.start)));
    if (!first) return;
    set(({ drawn }) => ({ drawn: { ...(isStale ? {} : drawn), [wish.start]: first }, isStale: false }));
    if (!kept) announce(pictureWords(first));
    const { tune } = useStyles.getState();
    if (hasTuned(tune, wish)) {
      const tuned = await draw({ ...adapterName(wish, wish.start), weights: 'tuned' });
      if (tuned) set({ tuned });
    }
    set({ working: null });
    if (useStyles.getState().pane === 'weights') await inspect();
    if (first.concept) await drawOthers(wish, draw);
  } catch (error) {
    if (!job.isCurrent || isStopped(error)) return;
    const why = sentence(error);
    set({ working: null, refusal: why, drawn: {}, isStale: false });
    announce(why);
  } finally {
    if (drawing === job) drawing = null;
  }
}

async function drawOthers(
  wish: StyleWish,
  draw: (name: AdapterName) => Promise<Drawn | null>,
): Promise<void> {
  const unavailable = stylesInfo()?.starts;
  for (const start of startIds) {
    if (useStyles.getState().drawn[start] || unavailable?.[start] !== null) continue;
    const other = await draw(adapterName(wish, start));
    if (!other) return;
    set(({ drawn }) => ({ drawn: { ...drawn, [start]: other } }));
  }
}

function adapterName({ phrase, seed }: StyleWish, start: StartId): AdapterName {
  return { phrase, start, seed, weights: 'start' };
}

function pictureWords({ adapter, distance }: Drawn): string {
  const far = distance === null ? '' : ` Distance on held-out emoji ${distance.toFixed(3)}.`;
  return `The picture is drawn: ${adapter.phrase}.${far}`;
}

export function stopDrawing(): void {
  if (!drawing) return;
  drawing.isCurrent = false;
  void askGenerator({ kind: 'stop', jobId: drawing.jobId }).catch(() => undefined);
  drawing = null;
  set({ working: null });
}

/** @param others whether the baselines are tuned too, after the chosen start */
export async function tuneHere(steps: number, others: 'alone' | 'beside baselines'): Promise<void> {
  const info = stylesInfo();
  const { wish, tune: before } = useStyles.getState();
  if (!info || before?.state === 'running') return;
  const rest = startIds.filter((id) => id !== wish.start && info.starts[id] === null);
  const starts = [wish.start, ...(others === 'alone' ? [] : rest)];
  const jobId = `tune-${++jobs}`;
  const progress = { text: 'Waiting for the picture', fraction: null };
  set({
    pane: 'tune',
    tuned: null,
    tune: {
      ...{ jobId, wish, starts, steps, state: 'running', progress },
      ...{ sentence: null, points: {}, picture: null, isKept: true },
    },
  });
  announce('The fine-tune has started.');
  try {
    const { phrase, seed, emoji } = wish;
    const { finished } = await askGenerator({
      kind: 'tune',
      job: { jobId, phrase, seed, emoji, starts, steps },
    });
    setTune(jobId, { state: finished ? 'done' : 'stopped' });
    announce(finished ? 'The fine-tune is finished.' : 'The fine-tune was stopped; what it learned is kept.');
    await redraw();
  } catch (error) {
    if (isStopped(error)) setTune(jobId, { state: 'stopped' });
    else {
      setTune(jobId, { state: 'failed', sentence: sentence(error) });
      announce(sentence(error));
    }
  }
}

export function stopTuning(): void {
  const { tune } = useStyles.getState();
  if (tune?.state !== 'running') return;
  void askGenerator({ kind: 'stop', jobId: tune.jobId }).catch(() => undefined);
}

export async function showPane(pane: StylesPane): Promise<void> {
  set({ pane });
  if (pane === 'weights' && stylesInfo()) await inspect();
}

/** Holds the adapter on show against the trained ones. */
async function inspect(): Promise<void> {
  const { wish, inspection, tuned, refusal } = useStyles.getState();
  const name: AdapterName = { ...adapterName(wish, wish.start), weights: tuned ? 'tuned' : 'start' };
  const known = inspection?.state === 'done' && JSON.stringify(inspection.value.adapter);
  if (refusal !== null || known === JSON.stringify(name)) return;
  set({ inspection: { state: 'working' } });
  try {
    const value = await askGenerator({ kind: 'inspect', adapter: name });
    set({ inspection: { state: 'done', value } });
  } catch (error) {
    set({ inspection: { state: 'failed', sentence: sentence(error) } });
  }
}

function receive(event: GeneratorEvent): void {
  switch (event.kind) {
    case 'progress': {
      const { jobId, text, fraction } = event.progress;
      const { opening } = useStyles.getState();
      if (jobId === 'open' && opening.state === 'opening') set({ opening: { state: 'opening', text } });
      else if (jobId === drawing?.jobId && useStyles.getState().working !== null) set({ working: text });
      else setTune(jobId, { progress: { text, fraction } });
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

function setTune(jobId: string, change: Partial<NonNullable<typeof startOfStyles.tune>>): void {
  set(({ tune }) => (tune?.jobId === jobId ? { tune: { ...tune, ...change } } : {}));
}

function setTunePoints(jobId: string, points: readonly TunePoint[]): void {
  const { tune } = useStyles.getState();
  if (tune?.jobId !== jobId) return;
  const grown = { ...tune.points };
  for (const point of points) grown[point.start] = [...(grown[point.start] ?? []), point];
  setTune(jobId, { points: grown });
}

/** Nothing but adapters of this visit is lost: they are made again. */
async function crashed(text: string): Promise<void> {
  disconnect();
  drawing = null;
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

function isStopped(error: unknown): boolean {
  return error instanceof UserError && error.action === 'stopped';
}
