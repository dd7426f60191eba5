// The whole window takes files, folders and pasted plan links: an overlay while a drop hovers, and opening on drop.
import { useEffect, useState } from 'react';
import { sentence } from '../lib/errors.ts';
import { openDropped } from '../store/openFile.ts';
import { openLink, planFragmentIn } from '../store/openLink.ts';
import { say } from '../store/viewStore.ts';
import { Icon } from './icons/Icon.tsx';
import { droppedFiles } from './parts/droppedFiles.ts';

async function open(transfer: DataTransfer): Promise<void> {
  try {
    const files = await droppedFiles(transfer);
    if (files) await openDropped(files);
  } catch (error) {
    say(sentence(error), 'error');
  }
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, [contenteditable]');
}

export function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const stopping = new AbortController();
    const listen = <K extends keyof WindowEventMap>(type: K, handle: (event: WindowEventMap[K]) => void) =>
      window.addEventListener(type, handle, { signal: stopping.signal });
    listen('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    });
    listen('dragleave', (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    listen('drop', (event) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void open(event.dataTransfer);
    });
    listen('paste', (event) => {
      const text = event.clipboardData?.getData('text') ?? '';
      if (isTextField(event.target) || planFragmentIn(text) === undefined) return;
      event.preventDefault();
      openLink(text);
    });
    return () => stopping.abort();
  }, []);
  if (!over) return null;
  return (
    <div className="drop-overlay">
      <Icon name="open" />
      <strong>Open file or folder</strong>
      <p>
        .safetensors, .pt, .onnx and model folders open a model, .png and .graft.json a plan, .graft.zip a
        project with its weights
      </p>
    </div>
  );
}
