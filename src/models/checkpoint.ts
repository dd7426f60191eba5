// A class-conditional DiT's checkpoint in facebookresearch/DiT or diffusers names: what it is, and its tensors under DiT
// names. Knows no file format; formats/ hands in the tensors.
import { FileError } from '../lib/errors.ts';
import { f32, type Shape, sameShape, showShape, sizeOf, type Tensor } from '../lib/tensor.ts';
import type { SlotId } from '../plan/plan.ts';
import type { SlotOperator, SlotOperators } from './dit.ts';
import { depthOf, hintsFromMetadata, inferShape, type ShapeHints } from './inferShape.ts';
import { diffusersNames, isRepeatedInDiffusers, tensorShapes } from './names.ts';
import { positionCode } from './positionCode.ts';
import { recogniseOperator } from './recogniseOperator.ts';
import { type DitShape, gridOf, kindOf, slotIds } from './shape.ts';
import type { FrequencyDivisor } from './timestepCode.ts';

/** A tensor that stays in its file until it is read. */
export interface StoredTensor {
  readonly shape: Shape;
  read(): Promise<Tensor>;
}
export type StoredTensors = ReadonlyMap<string, StoredTensor>;

export interface CheckpointOptions {
  /** The file's own metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What the person or a configuration file says; goes before the metadata. */
  readonly hints?: ShapeHints;
  /** Operators of the plan that came with the file; without it they are read off the tensors. */
  readonly grafts?: SlotOperators;
  /** Tokens that a sliding window sees on each side, which no tensor tells; 4 in the released grafts. */
  readonly window?: number;
  readonly timeDivisor?: FrequencyDivisor;
}

export interface Checkpoint {
  readonly names: 'facebookresearch/DiT' | 'diffusers';
  readonly shape: DitShape;
  /** Slots that hold another operator than the teacher's. */
  readonly grafts: SlotOperators;
  readonly timeDivisor: FrequencyDivisor;
  /** Shapes by DiT name, all of them there. */
  readonly tensors: ReadonlyMap<string, Shape>;
  /** Tensors of the file that belong to no part of the model; they are left out. */
  readonly unknown: readonly string[];
  /** One sentence for everything that was taken for granted or computed. */
  readonly notes: readonly string[];
  /** One tensor by its DiT name. */
  read(name: string): Promise<Tensor>;
}

const published = { window: 4 } as const;

/** @throws FileError when the tensors are not those of a DiT */
export function openCheckpoint(stored: StoredTensors, options: CheckpointOptions = {}): Checkpoint {
  const names = namesOf(stored);
  const own = names === 'diffusers' ? underDitNames(stored) : stored;
  const shapes = new Map([...own].map(([name, { shape }]) => [name, shape]));
  const hints = { ...hintsFromMetadata(options.metadata ?? {}), ...options.hints };
  const { shape, notes } = inferShape(shapes, hints);
  const recognised = options.grafts
    ? { grafts: options.grafts, notes: [] }
    : graftsOf(shape, shapes, options);
  const expected = tensorShapes(shape, recognised.grafts);
  const computed: StoredTensors = own.has('pos_embed')
    ? new Map()
    : new Map([['pos_embed', computedPositions(shape)]]);
  checkTensors(
    shape,
    expected,
    new Map([...shapes, ...[...computed].map(([name, t]) => [name, t.shape] as const)]),
  );
  return {
    names,
    shape,
    grafts: recognised.grafts,
    timeDivisor: options.timeDivisor ?? 'half',
    tensors: expected,
    unknown: unknownNames(stored, own, expected),
    notes: [...notes, ...recognised.notes, ...conventionNotes(names, options.timeDivisor, computed.size > 0)],
    async read(name) {
      const tensor = computed.get(name) ?? own.get(name);
      if (!tensor) throw new FileError(`The checkpoint has no tensor ${name}.`);
      return tensor.read();
    },
  };
}

/** All tensors, for models that fit in memory. */
export async function readCheckpoint(checkpoint: Checkpoint): Promise<Record<string, Tensor>> {
  const weights: Record<string, Tensor> = {};
  for (const name of checkpoint.tensors.keys()) weights[name] = await checkpoint.read(name);
  return weights;
}

function namesOf(stored: StoredTensors): Checkpoint['names'] {
  if (stored.has('x_embedder.proj.weight')) return 'facebookresearch/DiT';
  if (stored.has('pos_embed.proj.weight')) return 'diffusers';
  const some = [...stored.keys()].slice(0, 4).join(', ') || 'none';
  throw new FileError(
    `This is no checkpoint of a class-conditional DiT: it should name x_embedder.proj.weight or, from diffusers, pos_embed.proj.weight; its tensors are ${some}.`,
  );
}

/** A diffusers file seen under DiT's names; attention rows are joined. */
function underDitNames(stored: StoredTensors): StoredTensors {
  const blocks = new Map([...stored].map(([name, { shape }]) => [name.replace(/^transformer_/, ''), shape]));
  const layers = [
    'x_embedder.proj',
    't_embedder.mlp.0',
    't_embedder.mlp.2',
    'y_embedder.embedding_table',
    ...Array.from({ length: depthOf(blocks) }, (_, i) =>
      ['attn.qkv', 'attn.proj', 'mlp.fc1', 'mlp.fc2', 'adaLN_modulation.1'].map(
        (layer) => `blocks.${i}.${layer}`,
      ),
    ).flat(),
    'final_layer.linear',
    'final_layer.adaLN_modulation.1',
  ];
  const own = new Map<string, StoredTensor>();
  for (const name of layers.flatMap((layer) => [`${layer}.weight`, `${layer}.bias`])) {
    const parts = (diffusersNames(name) ?? []).map((part) => stored.get(part));
    const present = parts.filter((part) => part !== undefined);
    if (present.length > 0 && present.length === parts.length) own.set(name, stacked(present));
  }
  return own;
}

/** Tensors joined along their rows. */
function stacked(parts: readonly StoredTensor[]): StoredTensor {
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
  };
}

function computedPositions(shape: DitShape): StoredTensor {
  const grid = gridOf(shape);
  const table = [1, grid * grid, shape.width];
  return { shape: table, read: async () => f32(table, positionCode(shape.width, grid)) };
}

function graftsOf(
  shape: DitShape,
  shapes: ReadonlyMap<string, Shape>,
  options: CheckpointOptions,
): { readonly grafts: SlotOperators; readonly notes: string[] } {
  const grafts: Partial<Record<SlotId, SlotOperator>> = {};
  const notes: string[] = [];
  const window = options.window ?? published.window;
  for (const slot of slotIds(shape)) {
    const tensors = below(slot, shapes);
    if (tensors.size === 0) continue; // Named as missing later, with the teacher's names.
    const found = recogniseOperator(
      tensors,
      { where: slot, kind: kindOf(slot), width: shape.width },
      { window },
    );
    const { id } = found.operator;
    if (id === 'mha' || (id === 'mlp' && found.config.ratio === shape.mlpRatio)) continue;
    grafts[slot] = found;
    if (id === 'swa' && options.window === undefined && notes.length === 0) {
      notes.push(`The file does not say how far its sliding windows see; ±${window} tokens are assumed.`);
    }
  }
  return { grafts, notes };
}

function below(slot: SlotId, shapes: ReadonlyMap<string, Shape>): ReadonlyMap<string, Shape> {
  const prefix = `${slot}.`;
  return new Map(
    [...shapes].flatMap(([name, shape]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), shape] as const] : [],
    ),
  );
}

function checkTensors(
  shape: DitShape,
  expected: ReadonlyMap<string, Shape>,
  got: ReadonlyMap<string, Shape>,
): void {
  const model = `a DiT of depth ${shape.depth} and width ${shape.width}`;
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
  const transposed = sameShape([...first.found].reverse(), first.wanted) ? ': it is transposed' : '';
  const others = misfits.length > 1 ? ` ${misfits.length - 1} more tensors do not fit either.` : '';
  throw new FileError(
    `${first.name} has shape ${showShape(first.found)}, expected ${showShape(first.wanted)} in ${model}${transposed}.${others}`,
  );
}

function unknownNames(
  stored: StoredTensors,
  own: StoredTensors,
  expected: ReadonlyMap<string, Shape>,
): readonly string[] {
  if (stored === own) return [...stored.keys()].filter((name) => !expected.has(name));
  const used = new Set([...expected.keys()].flatMap((name) => diffusersNames(name) ?? []));
  return [...stored.keys()].filter((name) => !used.has(name) && !isRepeatedInDiffusers(name));
}

function conventionNotes(
  names: Checkpoint['names'],
  divisor: FrequencyDivisor | undefined,
  positionsComputed: boolean,
): string[] {
  const notes: string[] = [];
  if (positionsComputed)
    notes.push('The file has no position table; the fixed sine-cosine table is computed.');
  if (divisor === 'halfMinusOne') {
    notes.push(
      'The timestep code divides by 127, as diffusers’ class does; the original DiT divides by 128.',
    );
  } else if (names === 'diffusers') {
    notes.push(
      'The timestep code divides by 128, as the original DiT does; diffusers’ own class divides by 127.',
    );
  }
  return notes;
}
