// A checkpoint becomes a model: its shape, its plan (written in it, or read off its tensors) and its weights, all checked.
import { firstNumbers, isElementType } from '../../formats/elements.ts';
import { assert, FileError } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { baseId, sampledElements } from '../../models/baseId.ts';
import {
  type DitCheckpoint,
  readAllTensors,
  recogniseDit,
  type StoredTensors,
} from '../../models/checkpoint.ts';
import type { SlotOperators } from '../../models/dit.ts';
import type { ShapeHints } from '../../models/inferShape.ts';
import { graftsOf } from '../../models/pictures.ts';
import { type DitShape, gridOf } from '../../models/shape.ts';
import { planHash } from '../../plan/hash.ts';
import { emptyPlan, type Plan, type SlotId, type SlotPlan } from '../../plan/plan.ts';
import {
  divisorIn,
  type GraftedModel,
  metadataKeys,
  pretrainingFlopsIn,
  provenanceIn,
  slotsInWords,
} from './graftedModel.ts';
import { checkOpenModel, type OpenModel, readPlan } from './planOf.ts';

/**
 * `graft` carries plan and weights, for the open model where one is open. `base` is a whole, ungrafted DiT: another model
 * to graft on.
 */
export type Imported =
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      readonly model: undefined;
      readonly sentence: string;
    }
  | {
      readonly kind: 'graft' | 'base';
      readonly plan: Plan;
      readonly model: GraftedModel;
      readonly sentence: string;
      /** The part of the sentence on what was taken for granted, left out or changed. */
      readonly notes: readonly string[];
    };

export interface ImportContext {
  /** The base model on screen, which a plan or graft must fit; undefined where none is open yet. */
  readonly open: OpenModel | undefined;
}

export async function importModel(
  name: string,
  openTensors: () => Promise<StoredTensors>,
  context: ImportContext,
): Promise<Imported> {
  return whereMemoryEnds(name, async () => modelOf(name, await openTensors(), context));
}

/** Says so in a sentence when the browser has no memory for a model. */
export async function whereMemoryEnds<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FileError(`${name} needs more memory than this browser gives; a smaller model is needed.`, {
      cause: error,
    });
  }
}

/** A model as far as its header tells; no tensor is read. */
export interface DescribedFile {
  readonly kind: 'graft' | 'base';
  readonly checkpoint: DitCheckpoint;
  /** Undefined for a base whose file carries none: its id takes a look at the weights. */
  readonly plan: Plan | undefined;
  readonly pretrainingFlops: number | null;
  readonly provenance: Readonly<Record<string, string>>;
  /** One sentence for each thing that was taken for granted, left out or changed. */
  readonly notes: readonly string[];
}

/** @throws FileError when it is no DiT, or none that fits the open model */
export function describeFile(
  name: string,
  file: StoredTensors,
  { open }: ImportContext,
  hints: ShapeHints = {},
): DescribedFile {
  const divisor = divisorIn(file.metadata);
  const text = file.metadata[metadataKeys.plan];
  const written = text === undefined ? undefined : readPlan(text, name);
  const checkpoint = recogniseDit(file, {
    ...(written ? { grafts: graftsOf(written) } : {}),
    ...(divisor ? { divisor } : {}),
    hints,
  });
  const { shape, grafts } = checkpoint;
  checkShape(name, shape);
  const ofOpenModel = written !== undefined && written.base === open?.id;
  const isBase = Object.keys(grafts).length === 0 && !ofOpenModel;
  if (!isBase) checkFits(name, shape, open);
  const plan = written ?? (isBase ? undefined : planOf(name, grafts, open));
  if (plan) checkOpenModel(plan, { id: isBase ? plan.base : (open?.id ?? plan.base), shape }, name);
  return {
    kind: isBase ? 'base' : 'graft',
    checkpoint,
    plan,
    pretrainingFlops: pretrainingFlopsIn(file.metadata),
    provenance: provenanceIn(file.metadata, shape),
    notes: [...checkpoint.notes, ...leftOut(checkpoint.unknown), ...(plan ? changedPlan(file, plan) : [])],
  };
}

async function modelOf(name: string, file: StoredTensors, context: ImportContext): Promise<Imported> {
  const described = describeFile(name, file, context);
  const { kind, checkpoint, pretrainingFlops, provenance, notes } = described;
  const { shape, divisor } = checkpoint;
  const { position, weights } = await readWeights(name, checkpoint);
  const plan = described.plan ?? emptyPlan(await idOfBase(name, checkpoint));
  const model: GraftedModel = {
    frame: { shape, position, divisor },
    plan,
    weights,
    pretrainingFlops,
    provenance,
  };
  const what = kind === 'base' ? modelInWords(shape) : `the plan and weights of ${slotsInWords(plan)}`;
  return { kind, plan, model, notes, sentence: [`${name} is open: ${what}.`, ...notes].join(' ') };
}

/** Reads the first numbers of every tensor. */
export async function idOfBase(name: string, checkpoint: DitCheckpoint): Promise<string> {
  const trained = [...checkpoint.tensors.keys()].filter((tensor) => tensor !== 'pos_embed');
  return baseId(name, trained, async (tensor) => {
    const { type, content } = await checkpoint.stored(tensor);
    assert(isElementType(type), () => `${tensor} has elements of type ${type}`);
    return firstNumbers({ type, content }, sampledElements);
  });
}

/** A file may say anything of itself; what the graphs are built from has to make sense. */
function checkShape(name: string, shape: DitShape): void {
  const counts = {
    depth: shape.depth,
    heads: shape.heads,
    classes: shape.classes,
    'tokens along a side': gridOf(shape),
    'hidden units of an MLP': shape.mlpRatio * shape.width,
  };
  for (const [what, value] of Object.entries(counts)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new FileError(`${name} is no DiT that can run: its ${what} would be ${value}.`);
  }
}

function checkFits(name: string, shape: DitShape, open: OpenModel | undefined): void {
  if (!open) return;
  const differing = (Object.keys(shape) as (keyof DitShape)[]).find((key) => shape[key] !== open.shape[key]);
  if (differing === undefined) return;
  throw new FileError(
    `${name} is a graft on another model: its ${shapeWords[differing]} is ${shape[differing]}, that of ${open.id} is ${open.shape[differing]}; open its base model first.`,
  );
}

const shapeWords: Record<keyof DitShape, string> = {
  inputSize: 'image size',
  patchSize: 'patch size',
  channels: 'number of channels',
  width: 'width',
  depth: 'depth',
  heads: 'number of heads',
  mlpRatio: 'MLP ratio',
  classes: 'number of classes',
  learnSigma: 'learned variance',
};

/** A plan for grafts that were found in the tensors: recipes at their defaults. */
function planOf(name: string, grafts: SlotOperators, open: OpenModel | undefined): Plan {
  if (!open) {
    throw new FileError(
      `${name} holds a graft without a plan, so it does not say which model it grafts; open that model first.`,
    );
  }
  const slots: Partial<Record<SlotId, SlotPlan>> = {};
  for (const [slot, graft] of Object.entries(grafts) as [SlotId, SlotOperators[SlotId]][]) {
    if (graft) slots[slot] = { operator: graft.operator.id, config: graft.config, initialisation: 'auto' };
  }
  return { ...emptyPlan(open.id), slots };
}

export async function readWeights(
  name: string,
  checkpoint: DitCheckpoint,
): Promise<{ readonly position: Tensor; readonly weights: Record<string, Tensor> }> {
  const { pos_embed: position, ...weights } = await readAllTensors(checkpoint);
  if (!position) throw new FileError(`${name} has no position table pos_embed.`);
  for (const [tensor, { dtype, data }] of Object.entries({ pos_embed: position, ...weights })) {
    if (dtype !== 'f32') {
      throw new FileError(`${tensor} of ${name} holds whole numbers; the weights of a DiT are floats.`);
    }
    const odd = data.findIndex((value) => !Number.isFinite(value));
    if (odd < 0) continue;
    throw new FileError(
      `${tensor} of ${name} holds ${data[odd]} at position ${odd}; a model with such weights draws nothing.`,
    );
  }
  return { position, weights };
}

function leftOut(unknown: readonly string[]): string[] {
  if (unknown.length === 0) return [];
  const some = unknown.slice(0, 3).join(', ') + (unknown.length > 3 ? ', …' : '');
  return [`Tensors that belong to no part of the model were left out: ${some}.`];
}

function changedPlan({ metadata }: StoredTensors, plan: Plan): string[] {
  const hash = metadata[metadataKeys.planHash];
  return hash === undefined || hash === planHash(plan)
    ? []
    : ['Its plan was changed after the export, so the weights may come from another recipe.'];
}

export function modelInWords({ depth, width }: DitShape): string {
  return `a DiT of depth ${depth} and width ${width}`;
}
