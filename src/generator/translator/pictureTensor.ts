// Pictures as the translator reads and draws them: planes between −1 and 1; and as PNG files.
import { encodePng } from '../../formats/png.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { Picture } from '../concepts/picture.ts';

/** [B, 3, S, S]. */
export function pictureTensor(pictures: readonly Picture[]): Tensor {
  const side = pictures[0]?.side ?? 0;
  const size = 3 * side * side;
  const data = new Float32Array(pictures.length * size);
  pictures.forEach(({ planes }, n) => {
    for (let i = 0; i < size; i++) data[n * size + i] = 2 * (planes[i] ?? 0) - 1;
  });
  return f32([pictures.length, 3, side, side], data);
}

/** One picture of a tensor [B, 3, S, S]. */
export function pictureOf({ shape, data }: Tensor, index: number): Picture {
  const side = shape[2] ?? 0;
  const size = 3 * side * side;
  const planes = Float32Array.from({ length: size }, (_, i) =>
    Math.min(1, Math.max(0, ((data[index * size + i] ?? 0) + 1) / 2)),
  );
  return { side, planes };
}

/** Pictures in rows of `columns`, one pixel of white between them. */
export function picturesPng(
  pictures: readonly Picture[],
  columns: number,
  text: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const side = pictures[0]?.side ?? 0;
  const pitch = side + 1;
  const [width, height] = [columns * pitch - 1, Math.ceil(pictures.length / columns) * pitch - 1];
  const data = new Uint8Array(width * height * 3).fill(255);
  pictures.forEach(({ planes }, n) => {
    const [left, top] = [(n % columns) * pitch, Math.floor(n / columns) * pitch];
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        for (let c = 0; c < 3; c++) {
          const value = planes[(c * side + y) * side + x] ?? 0;
          data[((top + y) * width + left + x) * 3 + c] = Math.round(value * 255);
        }
      }
    }
  });
  return encodePng({ width, height, channels: 3, data }, text);
}
