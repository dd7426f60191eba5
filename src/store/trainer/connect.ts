// Connects the session to a trainer, takes in what it tells, and starts another one when it dies.
import type { Problem, TrainerEvent } from '../../workers/protocol.ts';
import type { TrainerClient, TrainerListener } from '../../workers/trainerClient.ts';
import { keepFrame } from '../comparison.ts';
import { appendPoints } from '../curves.ts';
import { addFrame } from '../images.ts';
import { receiveSensitivity } from '../search.ts';
import { dismissProblem, keepIdentity, useSession } from '../sessionStore.ts';
import { report } from './failures.ts';
import { setClient } from './link.ts';
import { reopenModel } from './opening.ts';
import { savedWords } from './runs.ts';

/** In the product the worker, in tests whatever speaks the protocol. */
export type StartTrainer = (listener: TrainerListener) => TrainerClient;

/** A trainer that dies again this soon has a cause that another start does not mend. */
const soonMs = 60_000;

let startAgain: StartTrainer | null = null;
let restartedAt = Number.NEGATIVE_INFINITY;

export function connectTrainer(start: StartTrainer): void {
  startAgain = start;
  setClient(start({ event: receive, crashed: (text) => void crashed(text) }));
}

/** A new trainer, the same document and model; an unfinished run is offered. */
export async function restartTrainer(): Promise<void> {
  if (!startAgain) return;
  restartedAt = performance.now();
  connectTrainer(startAgain);
  await reopenModel();
}

function receive(event: TrainerEvent): void {
  switch (event.kind) {
    case 'progress':
      useSession.setState(({ run, busy }) => ({
        run: keepIdentity(run, event.progress),
        busy: busy.starting ? { ...busy, starting: false } : busy,
      }));
      break;
    case 'points':
      useSession.setState(({ curves }) => ({ curves: appendPoints(curves, event.points) }));
      break;
    case 'frame':
      useSession.setState(({ strips }) => ({ strips: addFrame(strips, event.frame) }));
      keepFrame(event.frame);
      break;
    case 'sensitivity':
      receiveSensitivity(event.progress);
      break;
    case 'status':
      useSession.setState({ status: { text: event.text, fraction: event.fraction } });
      break;
    case 'scoring':
      useSession.setState({ scoring: event.scoring });
      break;
    case 'problem':
      report(event.problem);
      break;
    case 'solved':
      dismissProblem(event.id);
      break;
    default:
      event satisfies never;
  }
}

/** The plan lives in the page and the run's checkpoint in storage: what is lost is the work since the last save. */
async function crashed(text: string): Promise<void> {
  const wasOpen = useSession.getState().opening.state === 'ready';
  const { run } = useSession.getState();
  useSession.setState({
    status: null,
    scoring: null,
    busy: { measuring: false, scoring: false, starting: false },
    run: run && run.state !== 'finished' && run.state !== 'cancelled' ? { ...run, state: 'failed' } : run,
  });
  if (!wasOpen || performance.now() - restartedAt < soonMs) {
    report(crashProblem(text, 'Your plan is kept.', 'retry'));
    return;
  }
  report(crashProblem(text, 'It is being started again; your plan is kept.', null));
  await restartTrainer();
  const { resumable } = useSession.getState();
  const left = resumable ? savedWords(resumable) : 'Your plan is kept; no run was cut off.';
  report(crashProblem(text, `It was started again. ${left}`, resumable && 'resume'));
}

function crashProblem(text: string, consequence: string, action: Problem['action']): Problem {
  return { id: 'trainer-crashed', severity: 'error', text: `${text} ${consequence}`, slot: null, action };
}
