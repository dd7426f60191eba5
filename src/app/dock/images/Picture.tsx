// One sampled picture, pixel for pixel; hatched until it is there.
import { useEffect, useRef } from 'react';
import { pictureRgba } from '../../../store/images.ts';
import type { SampleFrame } from '../../../workers/protocol.ts';

interface Props {
  readonly frame: SampleFrame | undefined;
  readonly index: number;
  readonly label: string;
}

export function Picture({ frame, index, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !frame) return;
    context.putImageData(new ImageData(pictureRgba(frame, index), frame.size, frame.size), 0, 0);
  }, [frame, index]);
  if (!frame)
    return <span className="cell cell--pending" role="img" aria-label={`${label}, not drawn yet`} />;
  return (
    <span className="cell">
      <canvas ref={canvas} width={frame.size} height={frame.size} role="img" aria-label={label} />
    </span>
  );
}
