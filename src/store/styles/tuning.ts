// The fine-tune in the page, as the page drives it: begin, stop, its curves, and the tuned picture at its end.
import { sentence } from '../../lib/errors.ts';
import { startIds, type TunePoint } from '../../workers/generatorProtocol.ts';
import { announce } from '../viewStore.ts';
import { redraw } from './drawing.ts';
import { isStopped, nextJob } from './jobs.ts';
import { askGenerator } from './link.ts';
import { stylesInfo, type TuneState, useStyles } from './stylesStore.ts';

const set = useStyles.setState;

/** @param others whether the baselines are tuned too, after the chosen start */
export async function tuneHere(steps: number, others: 'alone' | 'beside baselines'): Promise<void> {
  const info = stylesInfo();
  const { wish, tune: before } = useStyles.getState();
  if (!info || before?.state === 'running') return;
  const rest = startIds.filter((id) => id !== wish.start && info.starts[id] === null);
  const starts = [wish.start, ...(others === 'alone' ? [] : rest)];
  const jobId = nextJob('tune');
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

export function setTune(jobId: string, change: Partial<TuneState>): void {
  set(({ tune }) => (tune?.jobId === jobId ? { tune: { ...tune, ...change } } : {}));
}

export function setTunePoints(jobId: string, points: readonly TunePoint[]): void {
  const { tune } = useStyles.getState();
  if (tune?.jobId !== jobId) return;
  const grown = { ...tune.points };
  for (const point of points) grown[point.start] = [...(grown[point.start] ?? []), point];
  setTune(jobId, { points: grown });
}
