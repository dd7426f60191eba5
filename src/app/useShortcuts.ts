// Key presses anywhere in the window, handed to the command that owns them; ignored while typing or in a dialog.
import { useEffect } from 'react';
import { say, useView } from '../store/viewStore.ts';
import { commandFor } from './commands/index.ts';
import { platform } from './commands/keys.ts';

export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || useView.getState().dialog !== null) return;
      const typing = isTyping(event.target);
      if (typing && !(event.ctrlKey || event.metaKey)) return;
      const command = commandFor(event, focusIsOnCanvas() ? 'canvas' : 'elsewhere', platform());
      // Text fields keep their own undo, redo and select all.
      if (!command || (typing && /^(edit|select)\./.test(command.id))) return;
      event.preventDefault();
      const refusal = command.unavailable();
      if (refusal === null) command.run();
      else say(`${command.title}: ${refusal}.`);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== 'range' && target.type !== 'checkbox';
  return (
    target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement || target.isContentEditable
  );
}

function focusIsOnCanvas(): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || focused.closest('[data-canvas]') !== null;
}
