// One picture of 8-bit planes, pixel for pixel, enlarged by the style sheet.
import { useEffect, useRef } from 'react';
import { pictureRgba } from '../../../store/images.ts';

interface Props {
  /** [picture, 3, side, side]. */
  readonly pixels: Uint8Array;
  readonly side: number;
  readonly index: number;
  /** Empty where words beside it say the same. */
  readonly label: string;
}

export function Pixels({ pixels, side, index, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    const rgba = pictureRgba({ size: side, channels: 3, pixels }, index);
    context?.putImageData(new ImageData(rgba, side, side), 0, 0);
  }, [pixels, side, index]);
  const accessible = label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return <canvas className="emoji-picture" ref={canvas} width={side} height={side} {...accessible} />;
}
