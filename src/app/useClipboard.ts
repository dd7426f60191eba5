// The browser's copy, cut and paste, for slots: only where no text is selected or typed in.
import { useEffect } from 'react';
import { restoreSlots } from '../store/placing.ts';
import { announce, useView } from '../store/viewStore.ts';
import { copiedText, pasteText } from './commands/clipboard.ts';

export function useClipboard(): void {
  useEffect(() => {
    const stopping = new AbortController();
    const { signal } = stopping;
    window.addEventListener('copy', (event) => void copy(event), { signal });
    window.addEventListener(
      'cut',
      (event) => {
        if (copy(event)) restoreSlots(useView.getState().selection);
      },
      { signal },
    );
    window.addEventListener('paste', paste, { signal });
    return () => stopping.abort();
  }, []);
}

function copy(event: ClipboardEvent): boolean {
  const text = isElsewhere(event) ? null : copiedText();
  if (text === null) return false;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
  const { length } = useView.getState().selection;
  announce(length === 1 ? '1 slot copied.' : `${length} slots copied.`);
  return true;
}

function paste(event: ClipboardEvent): void {
  if (isElsewhere(event)) return;
  if (pasteText(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
}

/** Text that is marked or typed keeps the clipboard to itself, and so does an open dialog. */
function isElsewhere({ target, type }: ClipboardEvent): boolean {
  if (useView.getState().dialog !== null) return true;
  const isField =
    target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
  return isField || (type !== 'paste' && getSelection()?.isCollapsed === false);
}
