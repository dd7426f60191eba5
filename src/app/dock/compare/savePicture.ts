// A compared picture as a PNG file that carries its recipe: saved by a button, or dragged out of the window.
import type { DragEvent } from 'react';
import { type PictureRecipe, pictureFile } from '../../../store/pictureRecipe.ts';
import { say } from '../../../store/viewStore.ts';
import { download } from '../../parts/files.ts';
import type { Compared, ComparedSide } from './useCompared.ts';

function fileOf({ choice, strip, frame }: ComparedSide, { index, className, seed, step }: Compared) {
  if (!strip || !frame) return undefined;
  const { source } = choice;
  const { plan, classes, guidance, sampler, steps } = strip.job;
  const recipe: PictureRecipe = {
    plan: source.kind === 'base' ? { ...plan, slots: {} } : source.plan,
    drawing: {
      seed,
      class: classes[index] ?? 0,
      className,
      guidance,
      sampler,
      steps,
      step,
      stage: source.kind === 'plan' ? source.stage : 'newest',
      weights: strip.weights,
    },
  };
  const { name, bytes } = pictureFile(frame, index, recipe);
  return { name, blob: new Blob([bytes], { type: 'image/png' }) };
}

export function savePicture(side: ComparedSide, compared: Compared): void {
  const file = fileOf(side, compared);
  if (!file) {
    say('This picture is still being drawn; wait a moment and save it then.', 'error');
    return;
  }
  download(file.name, file.blob);
  say(`${file.name} is saved; it carries its plan, seed, class, guidance and steps.`);
}

/** The file is made as the drag begins: where it is dropped, the browser fetches it from the page. */
export function startDrag(event: DragEvent<HTMLElement>, side: ComparedSide, compared: Compared): void {
  const file = fileOf(side, compared);
  if (!file) {
    event.preventDefault();
    return;
  }
  const url = URL.createObjectURL(file.blob);
  event.dataTransfer.effectAllowed = 'copy';
  event.dataTransfer.setData('DownloadURL', `image/png:${file.name}:${url}`);
  event.dataTransfer.setData('text/plain', file.name);
  const canvas = event.currentTarget.querySelector('canvas');
  if (canvas) event.dataTransfer.setDragImage(canvas, canvas.clientWidth / 2, canvas.clientHeight / 2);
  event.currentTarget.addEventListener('dragend', () => setTimeout(() => URL.revokeObjectURL(url), 60_000), {
    once: true,
  });
}
