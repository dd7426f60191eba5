// The bundled base: a translator that knows several concepts, its discriminator and its statistics, in one file.
import { memorySource } from '../../formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { FileError, UserError } from '../../lib/errors.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { sameShape, showShape, type Tensor } from '../../lib/tensor.ts';
import type { TextEncoder } from '../text/textEncoder.ts';
import { frozenDownShapes } from './adapter.ts';
import { type TranslatorConfig, translatorConfig } from './configuration.ts';
import { discriminatorShapes } from './discriminator.ts';
import { baseShapes, statisticsShapes } from './shape.ts';

export interface TranslatorBase {
  readonly config: TranslatorConfig;
  /** Trained tensors and running averages of the translator, and the down projections that no adapter trains. */
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly judge: Readonly<Record<string, Tensor>>;
  /** SHA-256 of the file; adapters belong to the base of this hash and to no other. */
  readonly hash: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export function encodeBase(
  { config, weights, judge }: Pick<TranslatorBase, 'config' | 'weights' | 'judge'>,
  facts: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const judged = Object.entries(judge).map(([name, tensor]) => [`d/${name}`, tensor] as const);
  return writeSafetensors(
    { ...weights, ...Object.fromEntries(judged) },
    { ...facts, translator: JSON.stringify(config) },
    { dtype: 'f16' },
  );
}

/** @throws FileError when a tensor is missing or of another shape */
export async function decodeBase(bytes: Uint8Array, name: string): Promise<TranslatorBase> {
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, name));
  const config = translatorConfig(metadata.translator, name);
  const taken = (key: string, shape: readonly number[]): Tensor => {
    const tensor = tensors.get(key);
    if (!tensor) throw new FileError(`${name} lacks "${key}"; make it again with generator:base.`);
    if (sameShape(tensor.shape, shape))
      return { ...tensor, dtype: 'f32', data: Float32Array.from(tensor.data) };
    throw new FileError(
      `${key} of ${name} has shape ${showShape(tensor.shape)}, expected ${showShape(shape)}; make the file again with generator:base.`,
    );
  };
  const { shape } = config;
  const shapes = [...baseShapes(shape), ...statisticsShapes(shape), ...frozenDownShapes(config)];
  return {
    config,
    weights: Object.fromEntries(shapes.map(([key, extents]) => [key, taken(key, extents)])),
    judge: Object.fromEntries(
      discriminatorShapes(config.judgeWidth).map(([key, extents]) => [key, taken(`d/${key}`, extents)]),
    ),
    hash: sha256Hex(bytes),
    metadata,
  };
}

/** @throws UserError when something was made for another base */
export function requireBase(base: Pick<TranslatorBase, 'hash'>, wanted: string, what: string): void {
  if (base.hash === wanted) return;
  throw new UserError(
    `${what} belongs to the base ${wanted.slice(0, 8)}…, and this base is ${base.hash.slice(0, 8)}…; make it again for this base.`,
  );
}

/** @throws UserError when the translator reads texts of another width */
export function requireEncoder(
  { config }: Pick<TranslatorBase, 'config'>,
  { id, width }: Pick<TextEncoder, 'id' | 'width'>,
): void {
  if (config.shape.context === width) return;
  throw new UserError(
    `The text encoder ${id} gives ${width} features a word, and the translator reads ${config.shape.context}; use the encoder that it was trained with.`,
  );
}
