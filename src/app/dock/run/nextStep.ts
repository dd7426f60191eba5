// What the Graft button says: the next step and its time, or how far the run is. Pure, so that every case is tested.
import type { Estimate } from '../../../store/estimate.ts';
import { isHeld, isUnderWay, type RunProgress } from '../../../workers/protocol.ts';
import { aboutDuration } from '../../format/numbers.ts';

export type GraftFace =
  | { readonly kind: 'idle'; readonly text: string; readonly hint: string; readonly enabled: boolean }
  | { readonly kind: 'running'; readonly text: string; readonly fraction: number; readonly paused: boolean };

interface Circumstances {
  readonly opened: boolean;
  readonly starting: boolean;
  readonly grafted: number;
  readonly run: RunProgress | null;
  readonly estimate: Estimate | null;
}

export function graftFace({ opened, starting, grafted, run, estimate }: Circumstances): GraftFace {
  if (run && isUnderWay(run.state)) return runningFace(run);
  if (starting) return { kind: 'running', text: 'Starting', fraction: 0, paused: false };
  if (!opened) return { kind: 'idle', text: 'Graft', hint: 'The model is still opening.', enabled: false };
  if (grafted === 0) {
    return { kind: 'idle', text: 'Graft', hint: 'Put an operator on a slot first.', enabled: false };
  }
  const again = run?.state === 'finished' || run?.state === 'cancelled' ? 'Graft again' : 'Graft';
  if (!estimate)
    return { kind: 'idle', text: `${again}, stage 1 first`, hint: 'Stage 1, then stage 2.', enabled: true };
  return {
    kind: 'idle',
    text: `${again}, stage 1 about ${aboutDuration(estimate.stage1Seconds)}`,
    hint: `Stage 1 about ${aboutDuration(estimate.stage1Seconds)}, then stage 2 about ${aboutDuration(estimate.stage2Seconds)}.`,
    enabled: true,
  };
}

function runningFace(run: RunProgress): GraftFace {
  const paused = isHeld(run.state);
  const held = run.state === 'paused' ? 'Paused' : 'Pausing';
  return {
    kind: 'running',
    text: paused ? `${held}, ${phaseText[run.phase].replace('Graft, ', '')}` : phaseText[run.phase],
    fraction: run.steps > 0 ? Math.min(1, run.step / run.steps) : 0,
    paused,
  };
}

const phaseText: Readonly<Record<RunProgress['phase'], string>> = {
  prepare: 'Preparing',
  initialise: 'Initialising',
  stage1: 'Graft, stage 1 of 2',
  stage2: 'Graft, stage 2 of 2',
  score: 'Scoring',
  done: 'Finishing',
};
