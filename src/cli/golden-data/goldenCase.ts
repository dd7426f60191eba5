// Reads one golden case (manifest and tensors, ./dit/README.md) for the tests of the parts that it pins down.
// Not by formats/safetensors.ts, which rounds float64 to float32: several cases are held to 1e-12.
import { readFileSync } from 'node:fs';
import { known } from '../../lib/errors.ts';

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

export interface GoldenCase {
  readonly scalars: Record<string, unknown>;
  tensor(name: string): GoldenTensor;
  f64(name: string): Float64Array;
  f32(name: string): Float32Array;
  i32(name: string): Int32Array;
  /** The manifest's absolute tolerance of a tensor; an error where it states none. */
  atol(name: string): number;
}

interface Manifest {
  readonly scalars?: Record<string, unknown>;
  readonly tensors: Record<string, { readonly atol?: number }>;
}

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

const arrays = { F32: Float32Array, F64: Float64Array, I32: Int32Array };

export function goldenCase(name: string): GoldenCase {
  const folder = new URL('./dit/', import.meta.url);
  const manifest: Manifest = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
  const file = readFileSync(new URL(`${name}.safetensors`, folder));
  const headerLength = Number(file.readBigUInt64LE(0));
  const header: Header = JSON.parse(file.toString('utf8', 8, 8 + headerLength));

  function tensor(key: string): GoldenTensor {
    const { dtype, shape, data_offsets } = known(header[key], `golden tensor ${name}/${key}`);
    const bytes = Uint8Array.from(
      file.subarray(8 + headerLength + data_offsets[0], 8 + headerLength + data_offsets[1]),
    );
    const ArrayType = known(
      dtype in arrays ? arrays[dtype as keyof typeof arrays] : null,
      `golden dtype ${dtype}`,
    );
    return { shape, data: new ArrayType(bytes.buffer) };
  }

  function typed<T>(key: string, type: new (...args: never[]) => T): T {
    const { data } = tensor(key);
    return known(data instanceof type ? data : null, `golden tensor ${name}/${key} as ${type.name}`);
  }

  return {
    scalars: manifest.scalars ?? {},
    tensor,
    f64: (key) => typed(key, Float64Array),
    f32: (key) => typed(key, Float32Array),
    i32: (key) => typed(key, Int32Array),
    atol: (key) => known(manifest.tensors[key]?.atol, `tolerance of golden tensor ${name}/${key}`),
  };
}

/** The largest |got − wanted|, NaN when any element is not comparable or the lengths differ. */
export function largestDifference(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (got.length !== wanted.length) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < got.length; i++) {
    largest = Math.max(largest, Math.abs((got[i] ?? Number.NaN) - (wanted[i] ?? Number.NaN)));
  }
  return largest;
}
