// One kept picture of a plan, pixel for pixel, for lists.
import { useEffect, useRef } from 'react';
import { pictureRgba } from '../../../store/images.ts';
import type { Thumbnails } from '../../../store/resultRecord.ts';

export function SmallPicture({ thumbnails, index }: { thumbnails: Thumbnails; index: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { size } = thumbnails;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    context?.putImageData(new ImageData(pictureRgba(thumbnails, index), size, size), 0, 0);
  }, [thumbnails, index, size]);
  return <canvas ref={canvas} width={size} height={size} />;
}
