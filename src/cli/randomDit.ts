// Writes a DiT of a published size with random weights, streamed to the disk. One block of noise is written over and over:
// sizes and names are real, the numbers are not.
import { open } from 'node:fs/promises';
import { UserError } from '../lib/errors.ts';
import { halvesOf } from '../lib/half.ts';
import { randomStream } from '../lib/random.ts';
import { sizeOf } from '../lib/tensor.ts';
import { metadataOf } from '../models/metadata.ts';
import { tensorShapes } from '../models/names.ts';
import { type DitShape, publishedShape, publishedSizes } from '../models/shape.ts';

const widths = { f32: 4, f16: 2, bf16: 2 } as const;
export type RandomDtype = keyof typeof widths;
/** Numbers of the block that is repeated. */
const blockSize = 2 ** 20;
/** Like that of trained weights: nothing overflows in half precision. */
const spread = 0.02;

export interface RandomDit {
  readonly shape: DitShape;
  readonly dtype: RandomDtype;
  readonly seed: number;
}

/** @returns bytes written */
export async function writeRandomDit(path: string, { shape, dtype, seed }: RandomDit): Promise<number> {
  const tensors = [...tensorShapes(shape)];
  const header = headerOf(shape, dtype, tensors);
  const block = noiseBlock(dtype, seed);
  const file = await open(path, 'w');
  try {
    await file.write(header);
    let left = tensors.reduce((sum, [, extent]) => sum + sizeOf(extent), 0) * widths[dtype];
    const total = header.length + left;
    while (left > 0) {
      const length = Math.min(left, block.length);
      await file.write(block, 0, length);
      left -= length;
    }
    return total;
  } finally {
    await file.close();
  }
}

function headerOf(
  shape: DitShape,
  dtype: RandomDtype,
  tensors: readonly [string, readonly number[]][],
): Buffer {
  let offset = 0;
  const entries = tensors.map(([name, extent]) => {
    const start = offset;
    offset += sizeOf(extent) * widths[dtype];
    return [name, { dtype: dtype.toUpperCase(), shape: extent, data_offsets: [start, offset] }];
  });
  const json = JSON.stringify({ __metadata__: metadataOf(shape), ...Object.fromEntries(entries) });
  const padded = json.padEnd(Math.ceil(json.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, Buffer.from(padded)]);
}

function noiseBlock(dtype: RandomDtype, seed: number): Buffer {
  const noise = randomStream(seed, 'random-dit')
    .normal(new Float32Array(blockSize))
    .map((z) => z * spread);
  if (dtype === 'f32') return Buffer.from(noise.buffer);
  if (dtype === 'f16') return Buffer.from(halvesOf(noise).buffer);
  const words = new Uint16Array(noise.buffer);
  return Buffer.from(Uint16Array.from({ length: blockSize }, (_, i) => words[2 * i + 1] ?? 0).buffer);
}

export function shapeNamed(name: string): DitShape {
  const [size = '', patch = ''] = name.toUpperCase().split('/');
  const patchSize = Number(patch);
  if (size in publishedSizes && [2, 4, 8].includes(patchSize)) {
    return publishedShape(size as keyof typeof publishedSizes, patchSize);
  }
  throw new UserError(
    `There is no DiT-${name}; sizes are S, B, L and XL with patches of 2, 4 or 8, as in XL/2.`,
  );
}

export function dtypeNamed(name: string): RandomDtype {
  const found = (Object.keys(widths) as RandomDtype[]).find((dtype) => dtype === name);
  if (found) return found;
  throw new UserError(`Weights are written as ${Object.keys(widths).join(', ')}, not as ${name}.`);
}
