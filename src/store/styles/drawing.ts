// Pictures of what a person asks for: the chosen start first, then the others; a newer wish takes the place of an older one.
import { sentence, UserError } from '../../lib/errors.ts';
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

/** The chosen start first, with its fine-tune where it has one; then distances, and the other starts for theirs. */
export async function redraw(): Promise<void> {
  stopDrawing();
  const { wish, isStale, tune, pane } = useStyles.getState();
  const job = { jobId: nextJob('draw'), isCurrent: true };
  drawing = job;
  set({ working: 'Making the weights', refusal: null, inspection: null });
  const easel = easelOf(wish, job);
  const name = adapterName(wish, wish.start);
  try {
    const kept = isStale ? undefined : useStyles.getState().drawn[wish.start];
    const first = kept ?? (await easel.draw(name));
    set(({ drawn }) => ({ drawn: { ...(isStale ? {} : drawn), [wish.start]: first }, isStale: false }));
    if (!kept) announce(`The picture is drawn: ${wish.phrase}.`);
    if (hasTuned(tune, wish)) set({ tuned: await easel.draw({ ...name, weights: 'tuned' }) });
    set({ working: null });
    if (pane === 'weights') await inspect();
    if (first.concept) await measureAll(wish, easel);
  } catch (error) {
    if (!job.isCurrent || isStopped(error)) return;
    const why = sentence(error);
    set({ working: null, refusal: why, drawn: {}, isStale: false });
    announce(why);
  } finally {
    if (drawing === job) drawing = null;
  }
}

interface Easel {
  draw(name: AdapterName): Promise<Drawn>;
  /** The same with its distance. */
  measured(drawn: Drawn): Promise<Drawn>;
}

/** Every answer that comes too late for its job ends that job's work. */
function easelOf({ emoji }: StyleWish, job: { readonly jobId: string; readonly isCurrent: boolean }): Easel {
  const { jobId } = job;
  const inTime = async <T>(ask: () => Promise<T>): Promise<T> => {
    const answer = job.isCurrent ? await ask() : undefined;
    if (answer !== undefined && job.isCurrent) return answer;
    throw new UserError('A newer wish took the place of this one.', { action: 'stopped' });
  };
  return {
    draw: (adapter) => inTime(() => askGenerator({ kind: 'draw', job: { jobId, adapter, emoji } })),
    measured: async (drawn) => {
      if (drawn.distance !== null) return drawn;
      const { adapter } = drawn;
      return {
        ...drawn,
        distance: await inTime(() => askGenerator({ kind: 'measure', job: { jobId, adapter } })),
      };
    },
  };
}

async function measureAll(wish: StyleWish, easel: Easel): Promise<void> {
  const { tuned } = useStyles.getState();
  const possible = startIds.filter((start) => stylesInfo()?.starts[start] === null && start !== wish.start);
  for (const start of [wish.start, ...possible]) {
    const keep = (own: Drawn) => set(({ drawn }) => ({ drawn: { ...drawn, [start]: own } }));
    const own = useStyles.getState().drawn[start] ?? (await easel.draw(adapterName(wish, start)));
    keep(own);
    keep(await easel.measured(own));
    if (start === wish.start && tuned) set({ tuned: await easel.measured(tuned) });
  }
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
