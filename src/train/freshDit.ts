// A DiT with fresh weights, as the paper initialises it (spec/grafting §1.2).
import { randomStream } from '../lib/random.ts';
import { f32, type Shape, sizeOf, type Tensor } from '../lib/tensor.ts';
import { parameterShapes } from '../models/parameterShapes.ts';
import type { DitShape } from '../models/shape.ts';

/** Linear layers Xavier-uniform with zero bias; adaLN outputs and the final linear zero; label table and time MLP N(0, 0.02). */
export function freshDit(shape: DitShape, seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    parameterShapes(shape).map(([name, extent]) => [name, f32(extent, fresh(name, extent, seed))]),
  );
}

function fresh(name: string, shape: Shape, seed: number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if (name.includes('adaLN_modulation') || name.startsWith('final_layer.linear') || name.endsWith('.bias')) {
    return values;
  }
  const stream = randomStream(seed, 'fresh', name);
  if (name.startsWith('t_embedder') || name.startsWith('y_embedder')) {
    return stream.normal(values).map((z) => 0.02 * z);
  }
  const bound = Math.sqrt(6 / ((shape[0] ?? 1) + sizeOf(shape.slice(1))));
  return values.map(
    (
      (uniform) => (_: number, i: number) =>
        (2 * (uniform[i] ?? 0) - 1) * bound
    )(stream.uniform(0, values.length)),
  );
}
