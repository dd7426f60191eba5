// The whole window takes files: an overlay while one hovers, and opening on drop.
import { useEffect, useState } from 'react';
import { openFile } from '../store/openFile.ts';
import { Icon } from './icons/Icon.tsx';

export function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const stopping = new AbortController();
    const listen = (type: 'dragover' | 'dragleave' | 'drop', handle: (event: DragEvent) => void) =>
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
      const file = event.dataTransfer?.files[0];
      if (file) void openFile(file);
    });
    return () => stopping.abort();
  }, []);
  if (!over) return null;
  return (
    <div className="drop-overlay">
      <Icon name="open" />
      <strong>Open file</strong>
      <p>.safetensors, .pt and .onnx open a model with its plan, .png and .graft.json a plan</p>
    </div>
  );
}
