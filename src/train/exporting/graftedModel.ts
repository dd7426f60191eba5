// A whole grafted model in memory, and what a file of it says about itself.
import { version } from '../../../package.json';
import type { Tensor } from '../../lib/tensor.ts';
import type { DitFrame } from '../../models/fixedTables.ts';
import { metadataOf } from '../../models/metadata.ts';
import type { DitShape } from '../../models/shape.ts';
import type { FrequencyDivisor } from '../../models/timestepCode.ts';
import { canonical } from '../../plan/canonical.ts';
import { planKeys } from '../../plan/fileKeys.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';

export interface GraftedModel {
  readonly frame: DitFrame;
  /** Names the base and says what stands in its slots; a plan without slots is the base itself. */
  readonly plan: Plan;
  /** All trained tensors by checkpoint name, `pos_embed` left out. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** Training compute of the base, in FLOP, where it is known. */
  readonly pretrainingFlops: number | null;
  /** Further texts on where the model comes from: its data, its measured distances. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** A model without its weights, which may be too many for memory. */
export type DescribedModel = Omit<GraftedModel, 'weights'>;

/** A file that is not yet on disk. */
export interface FileBytes {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The same where the content may be larger than memory. */
export interface FileBlob {
  readonly name: string;
  readonly blob: Blob;
}

/** Texts of a file's metadata that are Scion's own. */
export const metadataKeys = {
  ...planKeys,
  divisor: 'timestep_divisor',
  pretrainingFlops: 'pretraining_flops',
  /** How to sample with an ONNX file. */
  usage: 'usage',
  inputs: 'inputs',
  outputs: 'outputs',
} as const;

/** The metadata of a file of this model: where it comes from, its shape, its plan. */
export function describeModel({ frame, plan, pretrainingFlops, provenance }: DescribedModel) {
  const metadata: Record<string, string> = {
    ...provenance,
    ...metadataOf(frame.shape),
    [metadataKeys.plan]: canonical(plan),
    [metadataKeys.planHash]: planHash(plan),
    [metadataKeys.base]: plan.base,
    [metadataKeys.version]: version,
    [metadataKeys.divisor]: frame.divisor,
  };
  if (pretrainingFlops !== null) metadata[metadataKeys.pretrainingFlops] = String(pretrainingFlops);
  return metadata;
}

export function divisorIn(metadata: Readonly<Record<string, string>>): FrequencyDivisor | undefined {
  const text = metadata[metadataKeys.divisor];
  return text === 'half' || text === 'halfMinusOne' ? text : undefined;
}

export function pretrainingFlopsIn(metadata: Readonly<Record<string, string>>): number | null {
  const flops = Number(metadata[metadataKeys.pretrainingFlops]);
  return Number.isFinite(flops) && flops > 0 ? flops : null;
}

/** The texts that neither the shape nor Scion's own keys account for. */
export function provenanceIn(
  metadata: Readonly<Record<string, string>>,
  shape: DitShape,
): Record<string, string> {
  const own = new Set<string>([...Object.values(metadataKeys), ...Object.keys(metadataOf(shape))]);
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !own.has(key)));
}

/** `dit-fashion-mnist-0f3a9c12.onnx`: the base, then the start of the plan's hash where anything is grafted. */
export function fileName(plan: Plan, ending: string): string {
  const base = plan.base.replace(/[^\w.-]+/g, '-');
  const graft = Object.keys(plan.slots).length > 0 ? `-${planHash(plan).slice(0, 8)}` : '';
  return `${base}${graft}${ending}`;
}

export function slotsInWords(plan: Plan): string {
  const count = Object.keys(plan.slots).length;
  return count === 1 ? '1 grafted slot' : `${count} grafted slots`;
}
