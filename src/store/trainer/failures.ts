// How a failure reaches the person: as a problem that stays, with what can be done, and as a sentence now.
import { sentence, UserError } from '../../lib/errors.ts';
import type { Problem } from '../../workers/protocol.ts';
import { addProblem, useSession } from '../sessionStore.ts';
import { announce, say } from '../viewStore.ts';

const actions = ['resume', 'retry', 'smallerBatch', 'smallerRate', 'freeSpace'] as const;

export function report(problem: Problem): void {
  addProblem(problem);
  say(problem.text, problem.severity === 'error' ? 'error' : 'plain');
}

/**
 * @param what names the job; a later failure of the same job replaces this one
 * @param more a sentence on what it means for the work
 */
export function reportFailure(what: string, error: unknown, more = ''): void {
  const offered = error instanceof UserError ? error.action : undefined;
  // The person stopped it: nothing failed.
  if (offered === 'stopped') {
    announce(sentence(error));
    return;
  }
  const action = actions.find((known) => known === offered) ?? null;
  report({ id: what, severity: 'error', text: `${sentence(error)} ${more}`.trim(), slot: null, action });
}

/** Does a job; what it throws becomes a problem. */
export async function guarded(what: string, job: () => Promise<unknown>): Promise<void> {
  try {
    await job();
  } catch (error) {
    reportFailure(what, error);
  }
}

export async function whileBusy(what: 'measuring' | 'scoring', job: () => Promise<void>): Promise<void> {
  const set = (busy: boolean) => useSession.setState((state) => ({ busy: { ...state.busy, [what]: busy } }));
  set(true);
  await guarded(what, job);
  set(false);
  useSession.setState({ status: null });
}
