// Text to the clipboard, with a word on whether it got there.
import { say } from '../../store/viewStore.ts';

export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch {
    say('The browser did not allow copying; allow access to the clipboard and try again.', 'error');
  }
}
