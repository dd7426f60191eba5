// What a request answers when it fails: one sentence, and the action that may help.
import { sentence, UserError } from '../../lib/errors.ts';
import { Stopped } from './stopped.ts';

/** @param who as in "The trainer met an error" */
export function failureOf(
  error: unknown,
  who = 'trainer',
): { readonly message: string; readonly action: string | null } {
  if (error instanceof Stopped) return { message: error.message, action: 'stopped' };
  if (error instanceof UserError) return { message: error.message, action: error.action ?? null };
  if (error instanceof RangeError && /alloc|array (buffer )?length|too large/i.test(error.message)) {
    return {
      message: 'This browser had no memory left for that; a smaller batch or a smaller model needs less.',
      action: 'smallerBatch',
    };
  }
  return {
    message: `The ${who} met an error that it does not know: ${sentence(error)}`,
    action: null,
  };
}

/** WebAssembly that trapped is of no use any more; nothing but a new worker helps. */
export function isFatal(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof WebAssembly.RuntimeError) return true;
  }
  return false;
}
