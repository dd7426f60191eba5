// Pictures of what a person asks for: the chosen start first, then the others; a newer wish takes the place of an older one.
import { sentence } from '../../lib/errors.ts';
import { type AdapterName, type Drawn, startIds } from '../../workers/generatorProtocol.ts';
import { announce } from '../viewStore.ts';
import { inspect } from './inspecting.ts';
import { adapterName, isStopped, nextJob } from './jobs.ts';
import { askGenerator } from './link.ts';
import { hasTuned, type StyleWish, stylesInfo, useStyles } from './stylesStore.ts';

/** The present request for pictures; an older one gives way. */
let drawing: { readonly jobId: string; isCurrent: boolean } | null = null;

const set = useStyles.setState;

/** Changes what is asked for, and draws it. */
export async function wishFor(change: Partial<StyleWish>): Promise<void> {
  const { wish: before, isStale } = useStyles.getState();
  const wish = { ...before, ...change };
  const { phrase, emoji, seed, start } = before;
  const isOther = wish.phrase !== phrase || wish.emoji !== emoji || wish.seed !== seed;
  if (!isOther && wish.start === start) return;
  set({ wish, tuned: null, inspection: null, refusal: null, isStale: isStale || isOther });
  if (stylesInfo()) await redraw();
}

/** The chosen start first, with its fine-tune where it has one; then the others, for their distances. */
export async function redraw(): Promise<void> {
  stopDrawing();
  const { wish, isStale } = useStyles.getState();
  const job = { jobId: nextJob('draw'), isCurrent: true };
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

/** What the worker does for the picture, in words. */
export function tellDrawing(jobId: string, working: string): boolean {
  if (jobId !== drawing?.jobId) return false;
  if (useStyles.getState().working !== null) set({ working });
  return true;
}

/** The worker is gone, and its jobs with it. */
export function forgetDrawing(): void {
  drawing = null;
}
