// Weights that the generator's net begins with.
import { randomStream } from '../../lib/random.ts';
import { f32, sizeOf, type Tensor } from '../../lib/tensor.ts';
import { type UnetShape, unetShapes } from '../unet1d.ts';

/**
 * Xavier-uniform over all inputs, normalisations at one, biases and the last convolution at zero: the first estimate is
 * then nothing, which for clean weights is the mean adapter. Codes of places start as large as the numbers of a block.
 * Ours; the paper states none.
 */
export function freshUnet(shape: UnetShape, seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    unetShapes(shape).map(([name, extents]) => {
      const values = new Float32Array(sizeOf(extents));
      if (name.endsWith('.bias') || name === 'conv_out.weight') return [name, f32(extents, values)];
      if (extents.length === 1) return [name, f32(extents, values.fill(1))];
      const inputs = sizeOf(extents.slice(1));
      const outputs = (extents[0] ?? 1) * sizeOf(extents.slice(2));
      // A sinusoidal code of width n has length √(n/2).
      const bound = name === 'places.weight' ? Math.sqrt(6 / inputs) : Math.sqrt(6 / (inputs + outputs));
      const draw = randomStream(seed, 'unet', name).uniform(0, values.length);
      return [
        name,
        f32(
          extents,
          Float32Array.from(draw, (u) => (2 * u - 1) * bound),
        ),
      ];
    }),
  );
}

export function unetSize(shape: UnetShape): number {
  return unetShapes(shape).reduce((sum, [, extents]) => sum + sizeOf(extents), 0);
}
