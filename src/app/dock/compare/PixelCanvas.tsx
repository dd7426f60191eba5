// One picture of a frame, pixel for pixel, enlarged about the point that all pictures are enlarged about.
import { type CSSProperties, useEffect, useRef } from 'react';
import { useComparison } from '../../../store/comparison.ts';
import { pictureRgba } from '../../../store/images.ts';
import type { SampleFrame } from '../../../workers/protocol.ts';

interface Props {
  readonly frame: SampleFrame | undefined;
  readonly index: number;
  readonly label: string;
  /** `still` for thumbnails, which zooming leaves alone. */
  readonly manner?: 'zooming' | 'still';
}

export function PixelCanvas({ frame, index, label, manner = 'zooming' }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { factor, x, y } = useComparison((state) => state.zoom);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !frame) return;
    context.putImageData(new ImageData(pictureRgba(frame, index), frame.size, frame.size), 0, 0);
  }, [frame, index]);
  // Inside a button that has a name of its own, the picture is decoration.
  const accessible = label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  if (!frame) {
    const pending = label === '' ? accessible : { ...accessible, 'aria-label': `${label}, not drawn yet` };
    return <span className="pixels pixels--pending" {...pending} />;
  }
  const style: CSSProperties =
    manner === 'still' || factor === 1
      ? {}
      : { transform: `scale(${factor})`, transformOrigin: `${x * 100}% ${y * 100}%` };
  return (
    <span className="pixels">
      <canvas ref={canvas} width={frame.size} height={frame.size} style={style} {...accessible} />
    </span>
  );
}
