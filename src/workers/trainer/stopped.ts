// Jobs that a person stopped: no failure of the program, and nothing to be reported as one.
import { UserError } from '../../lib/errors.ts';

export class Stopped extends UserError {}

/** A signal that a job watches, and its switch. */
export function stoppable(what: string): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    stop: () => controller.abort(new Stopped(`${what} was stopped.`)),
  };
}
