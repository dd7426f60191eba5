// A class-conditional DiT's checkpoint in facebookresearch/DiT or diffusers names: what model it is, and its tensors
// under DiT names. Knows no file format; formats/checkpoint.ts hands in the tensors.
import { FileError } from '../lib/errors.ts';
import { f32, type Shape, sameShape, showShape, sizeOf, type Tensor } from '../lib/tensor.ts';
import type { SlotId } from '../plan/plan.ts';
import type { SlotOperator, SlotOperators } from './dit.ts';
import { positionTable } from './fixedTables.ts';
import { guessModel } from './guess.ts';
import { depthOf, hintsFromFacts, inferShape, type ShapeHints } from './inferShape.ts';
import { diffusersNames, ditLayers, isRepeatedInDiffusers, tensorShapes } from './names.ts';
import { recogniseOperator } from './recogniseOperator.ts';
import { type DitShape, kindOf, slotIds } from './shape.ts';
import type { FrequencyDivisor } from './timestepCode.ts';

/** Named tensors that stay in their file until they are read. */
export interface StoredTensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, { readonly shape: Shape }>;
  readonly read: (name: string) => Promise<Tensor>;
  /** The elements in the type that the file has; absent where the tensors are in memory anyway. */
  readonly stored?: (name: string) => Promise<StoredElements<string>>;
}

/** Row-major little-endian elements, of a type that formats/elements.ts names, that may still lie in a file. */
export interface StoredElements<Type extends string> {
  readonly type: Type;
  readonly content: Blob;
}

export interface DitCheckpointOptions {
  /** What the person or a configuration file says; goes before the file's metadata. */
  readonly hints?: ShapeHints;
  /** Operators of the plan that came with the file; without it they are read off the tensors. */
  readonly grafts?: SlotOperators;
  /** Tokens that a sliding window sees on each side, which no tensor tells; 4 in the released grafts. */
  readonly window?: number;
  /** `half` is the original's, whatever the names; `halfMinusOne` reproduces diffusers' own pictures. */
  readonly divisor?: FrequencyDivisor;
}

export interface DitCheckpoint {
  readonly names: 'facebookresearch/DiT' | 'diffusers';
  readonly shape: DitShape;
  /** Slots that hold another operator than the teacher's. */
  readonly grafts: SlotOperators;
  readonly divisor: FrequencyDivisor;
  /** Shapes by DiT name; every tensor of the model is there. */
  readonly tensors: ReadonlyMap<string, Shape>;
  /** Tensors of the file that belong to no part of the model; they are left out. */
  readonly unknown: readonly string[];
  /** One sentence for everything that was taken for granted or computed. */
  readonly notes: readonly string[];
  /** One tensor by its DiT name. */
  readonly read: (name: string) => Promise<Tensor>;
  /** The same without reading it where it lies in one piece; single precision where it is computed or mixed. */
  readonly stored: (name: string) => Promise<StoredElements<string>>;
}

const releasedWindow = 4;

/** @throws FileError when the tensors are not those of a whole DiT */
export function recogniseDit(file: StoredTensors, options: DitCheckpointOptions = {}): DitCheckpoint {
  const names = namesOf(file);
  const own = withPositions(names === 'diffusers' ? underDitNames(file) : sourcesOf(file), file, options);
  const shapes = new Map([...own.sources].map(([name, { shape }]) => [name, shape]));
  const { grafts, notes } = options.grafts
    ? { grafts: options.grafts, notes: [] }
    : graftsOf(own.shape, shapes, options);
  const expected = tensorShapes(own.shape, grafts);
  checkTensors(own.shape, expected, shapes);
  return {
    names,
    shape: own.shape,
    grafts,
    divisor: options.divisor ?? 'half',
    tensors: expected,
    unknown: unknownNames(names, file, expected),
    notes: [...own.notes, ...notes, ...divisorNotes(names, options.divisor)],
    read: async (name) => sourceIn(own.sources, name).read(),
    stored: async (name) => sourceIn(own.sources, name).stored(),
  };
}

function sourceIn(sources: Sources, name: string): Source {
  const source = sources.get(name);
  if (!source) throw new FileError(`The checkpoint has no tensor ${name}.`);
  return source;
}

/** All tensors at once, for models that fit in memory. */
export async function readAllTensors(checkpoint: DitCheckpoint): Promise<Record<string, Tensor>> {
  const weights: Record<string, Tensor> = {};
  for (const name of checkpoint.tensors.keys()) weights[name] = await checkpoint.read(name);
  return weights;
}

/** Where one of the model's tensors comes from. */
interface Source {
  readonly shape: Shape;
  readonly read: () => Promise<Tensor>;
  readonly stored: () => Promise<StoredElements<string>>;
}
type Sources = ReadonlyMap<string, Source>;

function namesOf({ tensors }: StoredTensors): DitCheckpoint['names'] {
  if (tensors.has('x_embedder.proj.weight')) return 'facebookresearch/DiT';
  if (tensors.has('pos_embed.proj.weight')) return 'diffusers';
  const some = [...tensors.keys()].slice(0, 4).join(', ') || 'none';
  const guess = guessModel(tensors.keys());
  throw new FileError(
    `This is no checkpoint of a class-conditional DiT: it should name x_embedder.proj.weight or, from diffusers, pos_embed.proj.weight; its tensors are ${some}${guess === undefined ? '' : `, as in ${guess}`}.`,
  );
}

function sourcesOf({ tensors, read, stored }: StoredTensors): Sources {
  const source = (name: string, shape: Shape): Source => ({
    shape,
    read: () => read(name),
    stored: async () => (stored ? stored(name) : inSinglePrecision(await read(name))),
  });
  return new Map([...tensors].map(([name, { shape }]) => [name, source(name, shape)]));
}

function inSinglePrecision({ data }: Tensor): StoredElements<string> {
  return { type: 'F32', content: new Blob([Float32Array.from(data)]) };
}

/** A diffusers file seen under DiT's names; queries, keys and values are joined along their rows. */
function underDitNames(file: StoredTensors): Sources {
  const stored = sourcesOf(file);
  const depth = depthOf([...stored.keys()], /^transformer_blocks\.(\d{1,4})\./);
  const own = new Map<string, Source>();
  for (const name of ditLayers(depth).flatMap((layer) => [`${layer}.weight`, `${layer}.bias`])) {
    const parts = (diffusersNames(name) ?? []).map((part) => stored.get(part));
    const present = parts.filter((part) => part !== undefined);
    if (present.length > 0 && present.length === parts.length) own.set(name, stacked(present));
  }
  return own;
}

function stacked(parts: readonly Source[]): Source {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const shape = [rows, ...(first?.shape.slice(1) ?? [])];
  return {
    shape,
    async read() {
      const data = new Float32Array(sizeOf(shape));
      let offset = 0;
      for (const part of parts) {
        data.set((await part.read()).data, offset);
        offset += sizeOf(part.shape);
      }
      return f32(shape, data);
    },
    async stored() {
      const pieces = await Promise.all(parts.map((part) => part.stored()));
      const [{ type } = { type: 'F32' }] = pieces;
      if (pieces.every((piece) => piece.type === type))
        return { type, content: new Blob(pieces.map(({ content }) => content)) };
      return inSinglePrecision(await this.read());
    },
  };
}

/** The model's shape, and the fixed position table where the file stores none (diffusers computes it). */
function withPositions(
  sources: Sources,
  { metadata }: StoredTensors,
  options: DitCheckpointOptions,
): { readonly shape: DitShape; readonly sources: Sources; readonly notes: readonly string[] } {
  const shapes = new Map([...sources].map(([name, source]) => [name, source.shape]));
  const { shape, notes } = inferShape(shapes, { ...hintsFromFacts(metadata), ...options.hints });
  if (sources.has('pos_embed')) return { shape, sources, notes };
  const table = positionTable(shape);
  return {
    shape,
    sources: new Map([
      ...sources,
      [
        'pos_embed',
        { shape: table.shape, read: async () => table, stored: async () => inSinglePrecision(table) },
      ],
    ]),
    notes: [...notes, 'The file has no position table; the fixed sine-cosine table is computed.'],
  };
}

function graftsOf(
  shape: DitShape,
  shapes: ReadonlyMap<string, Shape>,
  options: DitCheckpointOptions,
): { readonly grafts: SlotOperators; readonly notes: readonly string[] } {
  const grafts: Partial<Record<SlotId, SlotOperator>> = {};
  const window = options.window ?? releasedWindow;
  for (const slot of slotIds(shape)) {
    const tensors = below(slot, shapes);
    if (tensors.size === 0) continue; // checkTensors names what is missing, by the teacher's names.
    const place = { where: slot, kind: kindOf(slot), width: shape.width };
    const found = recogniseOperator(tensors, place, { window });
    const { id } = found.operator;
    const isTeachers = id === 'mha' || (id === 'mlp' && found.config.ratio === shape.mlpRatio);
    if (!isTeachers) grafts[slot] = found;
  }
  const guessed =
    options.window === undefined && Object.values(grafts).some((graft) => graft?.operator.id === 'swa');
  return {
    grafts,
    notes: guessed
      ? [`The file does not say how far its sliding windows see; ±${window} tokens are assumed.`]
      : [],
  };
}

function below(slot: SlotId, shapes: ReadonlyMap<string, Shape>): ReadonlyMap<string, Shape> {
  const found = [...shapes].filter(([name]) => name.startsWith(`${slot}.`));
  return new Map(found.map(([name, shape]) => [name.slice(slot.length + 1), shape]));
}

function checkTensors(
  { depth, width }: DitShape,
  expected: ReadonlyMap<string, Shape>,
  got: ReadonlyMap<string, Shape>,
): void {
  const model = `a DiT of depth ${depth} and width ${width}`;
  const missing = [...expected.keys()].filter((name) => !got.has(name));
  if (missing.length > 0) {
    const more = missing.length > 4 ? `, … (${missing.length} in all)` : '';
    throw new FileError(
      `The checkpoint lacks tensors of ${model}: ${missing.slice(0, 4).join(', ')}${more}.`,
    );
  }
  const misfits = [...expected].flatMap(([name, wanted]) => {
    const found = got.get(name);
    return found && !sameShape(found, wanted) ? [{ name, found, wanted }] : [];
  });
  const [first] = misfits;
  if (!first) return;
  const transposed = sameShape([...first.found].reverse(), first.wanted) ? '; it is transposed' : '';
  const others =
    misfits.length > 1 ? ` (and ${misfits.length - 1} more of its tensors do not fit either)` : '';
  throw new FileError(
    `${first.name} has shape ${showShape(first.found)}, expected ${showShape(first.wanted)} in ${model}${transposed}${others}.`,
  );
}

function unknownNames(
  names: DitCheckpoint['names'],
  { tensors }: StoredTensors,
  expected: ReadonlyMap<string, Shape>,
): readonly string[] {
  const used =
    names === 'diffusers'
      ? new Set([...expected.keys()].flatMap((name) => diffusersNames(name) ?? []))
      : new Set(expected.keys());
  return [...tensors.keys()].filter(
    (name) => !used.has(name) && !(names === 'diffusers' && isRepeatedInDiffusers(name)),
  );
}

function divisorNotes(names: DitCheckpoint['names'], divisor: FrequencyDivisor | undefined): string[] {
  if (divisor === 'halfMinusOne') {
    return ['The timestep code divides by 127, as diffusers’ class does; the original DiT divides by 128.'];
  }
  return names === 'diffusers'
    ? ['The timestep code divides by 128, as the original DiT does; diffusers’ own class divides by 127.']
    : [];
}
