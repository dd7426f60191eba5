// A run and two tabs: the tab that gives the project away saves its run and ends it; the other one offers to resume it.
import { useSession } from '../sessionStore.ts';
import { restartTrainer } from './connect.ts';
import { flushRun, pauseRun } from './graft.ts';
import { isConnected } from './link.ts';
import { isTraining, offerUnfinished, refreshRuns } from './runs.ts';

export async function leaveWork(): Promise<void> {
  if (!isTraining()) return;
  await pauseRun();
  await flushRun();
  useSession.setState(({ run }) => ({ run: run && { ...run, state: 'failed' } }));
  // A new trainer frees the device and the files for the other tab.
  await restartTrainer();
}

export async function takeUpWork(): Promise<void> {
  if (!isConnected() || useSession.getState().opening.state !== 'ready') return;
  await refreshRuns();
  offerUnfinished();
}
