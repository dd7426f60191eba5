// The shape of a DiT, read off its tensors; what no tensor tells comes from the file's metadata, the caller, or a guess
// that is said.
import { FileError } from '../lib/errors.ts';
import { type Shape, showShape } from '../lib/tensor.ts';
import { type DitShape, publishedSizes } from './shape.ts';

/** Facts from outside the tensors: a configuration file, the file's metadata, or the person. */
export type ShapeHints = Partial<Pick<DitShape, 'heads' | 'inputSize' | 'mlpRatio'>>;

export interface InferredShape {
  readonly shape: DitShape;
  /** One sentence for everything that was taken for granted. */
  readonly notes: readonly string[];
}

/** @param tensors shapes by facebookresearch/DiT name; the three that the shape rests on must be there */
export function inferShape(tensors: ReadonlyMap<string, Shape>, hints: ShapeHints): InferredShape {
  const notes: string[] = [];
  const [width = 0, channels = 0, patchSize = 0] = shapeOf(tensors, 'x_embedder.proj.weight', 4);
  const [labels = 0] = shapeOf(tensors, 'y_embedder.embedding_table.weight', 2);
  const [outputs = 0] = shapeOf(tensors, 'final_layer.linear.weight', 2);
  const depth = depthOf(tensors.keys());
  const known = { width, depth };
  const shape: DitShape = {
    ...known,
    channels,
    patchSize,
    classes: labels - 1,
    learnSigma: outputs === 2 * channels * patchSize ** 2,
    mlpRatio: hints.mlpRatio ?? usualRatio(tensors, width),
    heads: headsOf(known, hints, notes),
    inputSize: inputSizeOf(tensors, { ...known, patchSize }, hints, notes),
  };
  return { shape, notes };
}

/**
 * Reads hints from a safetensors file's metadata or a config.json: facebookresearch/DiT's or diffusers' words, flat or as
 * JSON.
 */
export function hintsFromFacts(given: Readonly<Record<string, unknown>>): ShapeHints {
  const facts = { ...given, ...jsonObject(given.config) };
  const hints: { -readonly [K in keyof ShapeHints]: ShapeHints[K] } = {};
  const heads = positive(facts.num_heads ?? facts.num_attention_heads);
  const inputSize = positive(facts.input_size ?? facts.sample_size);
  const mlpRatio = positive(facts.mlp_ratio);
  if (heads !== undefined) hints.heads = heads;
  if (inputSize !== undefined) hints.inputSize = inputSize;
  if (mlpRatio !== undefined) hints.mlpRatio = mlpRatio;
  return hints;
}

function jsonObject(text: unknown): Record<string, unknown> {
  if (typeof text !== 'string') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {}; // Another program's idea of `config`; the tensors decide then.
  }
}

function positive(value: unknown): number | undefined {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return number > 0 && Number.isFinite(number) ? number : undefined;
}

function shapeOf(tensors: ReadonlyMap<string, Shape>, name: string, rank: number): Shape {
  const shape = tensors.get(name);
  if (!shape) {
    throw new FileError(`The checkpoint lacks ${name}, so it is not a whole class-conditional DiT.`);
  }
  if (shape.length !== rank) {
    throw new FileError(`${name} has shape ${showShape(shape)}, expected ${rank} dimensions as in a DiT.`);
  }
  return shape;
}

/** One more than the largest block number that the names hold. */
export function depthOf(names: Iterable<string>, block = /^blocks\.(\d{1,4})\./): number {
  let depth = 0;
  for (const name of names) {
    const found = block.exec(name);
    if (found) depth = Math.max(depth, Number(found[1]) + 1);
  }
  return depth;
}

/** The most frequent hidden width of the MLPs over D: grafted ones may differ. */
function usualRatio(tensors: ReadonlyMap<string, Shape>, width: number): number {
  const counts = new Map<number, number>();
  for (const [name, shape] of tensors) {
    if (!/^blocks\.\d+\.mlp\.fc1\.weight$/.test(name)) continue;
    const ratio = (shape[0] ?? 0) / width;
    counts.set(ratio, (counts.get(ratio) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? 4;
}

type Sized = Pick<DitShape, 'width' | 'depth'>;

function publishedLike({ width, depth }: Sized): keyof typeof publishedSizes | undefined {
  const names = Object.keys(publishedSizes) as (keyof typeof publishedSizes)[];
  return names.find((name) => publishedSizes[name].width === width && publishedSizes[name].depth === depth);
}

function headsOf(sized: Sized, { heads }: ShapeHints, notes: string[]): number {
  if (heads !== undefined) {
    if (Number.isInteger(sized.width / heads)) return heads;
    throw new FileError(
      `The checkpoint’s width ${sized.width} is not a multiple of the ${heads} heads it names.`,
    );
  }
  const published = publishedLike(sized);
  if (published) return publishedSizes[published].heads;
  const headWidth = [64, 32, 16, 8].find((candidate) => sized.width % candidate === 0) ?? sized.width;
  const guess = sized.width / headWidth;
  notes.push(
    `The file does not say how many attention heads it has; ${guess} of width ${headWidth} are assumed, and wrong heads give wrong images.`,
  );
  return guess;
}

function inputSizeOf(
  tensors: ReadonlyMap<string, Shape>,
  model: Sized & Pick<DitShape, 'patchSize'>,
  hints: ShapeHints,
  notes: string[],
): number {
  const table = tensors.get('pos_embed');
  if (table) {
    const grid = Math.sqrt(table[1] ?? 0);
    if (Number.isInteger(grid) && grid > 0) return grid * model.patchSize;
    throw new FileError(
      `pos_embed has shape ${showShape(table)}, expected [1, N, ${model.width}] with N the square of the token grid.`,
    );
  }
  if (hints.inputSize !== undefined) return hints.inputSize;
  if (publishedLike(model)) {
    notes.push(
      'The file does not say its image size; latents of 32 × 32, images of 256 pixels, are assumed.',
    );
    return 32;
  }
  throw new FileError(
    'The checkpoint has no pos_embed and does not say its image size; name it (input_size, sample_size in diffusers’ config.json).',
  );
}
