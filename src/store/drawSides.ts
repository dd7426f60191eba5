// Draws what the comparison lacks, one job after the other, and measures the control.
import { sentence } from '../lib/errors.ts';
import { graftedSlots } from '../plan/edits.ts';
import { planHash } from '../plan/hash.ts';
import { baseChoice, jobOf, sideChoices, stripOf } from './comparedSides.ts';
import {
  type ComparedStrip,
  changeStrip,
  type SideChoice,
  setStrip,
  stripKey,
  useComparison,
} from './comparison.ts';
import { largestOverSteps } from './difference.ts';
import { currentPlan } from './documentStore.ts';
import { model, useSession } from './sessionStore.ts';
import { askTrainer } from './trainerSession.ts';
import { announce } from './viewStore.ts';

let jobNumber = 0;
/** Jobs share one device: each waits for the one before it. */
let line: Promise<unknown> = Promise.resolve();

/** Asks for the pictures of these sides that are not there and not on their way. */
export function drawMissing(sides: readonly SideChoice[]): void {
  const base = useSession.getState().strips.base;
  if (base?.state !== 'done') return;
  for (const side of sides) {
    if (!stripOf(side, useSession.getState().strips, useComparison.getState().strips)) void drawSide(side);
  }
}

/** Once more, after a failure. */
export function drawAgain(side: SideChoice): void {
  void drawSide(side);
}

function drawSide(side: SideChoice): Promise<ComparedStrip | null> {
  const reference = useSession.getState().strips.base?.job;
  if (!reference) return Promise.resolve(null);
  const job = jobOf(side, reference, `compare-${++jobNumber}`);
  const key = stripKey(side.key, reference);
  const strip: ComparedStrip = {
    job,
    planHash: planHash(job.plan),
    frames: [],
    state: 'running',
    milliseconds: null,
    weights: null,
    failure: null,
  };
  setStrip(key, strip);
  const drawn = line.then(async () => {
    try {
      const { finished, milliseconds, weights = null } = await askTrainer({ kind: 'sample', job });
      changeStrip(job.jobId, (known) => ({
        ...known,
        state: finished ? 'done' : 'failed',
        failure: finished ? null : 'The drawing was stopped.',
        milliseconds,
        weights,
      }));
    } catch (error) {
      changeStrip(job.jobId, (known) => ({ ...known, state: 'failed', failure: sentence(error) }));
    } finally {
      useSession.setState({ status: null });
    }
    return useComparison.getState().strips.get(key) ?? null;
  });
  line = drawn;
  return drawn;
}

/** Draws the control, whose operators are copies of the base's, and says by how much it differs from the base. */
export async function checkIdentity(): Promise<void> {
  const info = model();
  const { strips } = useSession.getState();
  const { base } = strips;
  if (!info || base?.state !== 'done') return;
  const choices = sideChoices(currentPlan(), useSession.getState(), info.config);
  const control = choices.find(({ source }) => source.kind === 'identity') ?? baseChoice;
  if (control.source.kind !== 'identity') return;
  const known = stripOf(control, strips, useComparison.getState().strips);
  const drawn = known?.state === 'done' ? known : await drawSide(control);
  if (drawn?.state !== 'done') return;
  const frames = await allFrames(drawn.job.jobId, drawn.job.steps);
  const largest = largestOverSteps(base.frames, frames);
  useComparison.setState({
    identity: {
      largest,
      pictures: base.job.classes.length,
      steps: frames.length,
      slots: graftedSlots(control.source.plan).length,
    },
  });
  announce(`Identity check: largest difference ${largest}.`);
}

/** Frames may follow the reply, held back to keep the pace of messages. */
async function allFrames(jobId: string, steps: number): Promise<ComparedStrip['frames']> {
  const framesOf = () =>
    [...useComparison.getState().strips.values()].find(({ job }) => job.jobId === jobId)?.frames ?? [];
  if (framesOf().length >= steps) return framesOf();
  return new Promise((resolve) => {
    const stop = useComparison.subscribe(() => {
      if (framesOf().length < steps) return;
      stop();
      resolve(framesOf());
    });
  });
}
