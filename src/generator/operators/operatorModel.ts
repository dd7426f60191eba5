// The generator of operators as one file: its net, and of every operator it knows the basis of each slot.
import { memorySource } from '../../formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { FileError } from '../../lib/errors.ts';
import { f32, sameShape, type Tensor } from '../../lib/tensor.ts';
import type { SlotId } from '../../plan/plan.ts';
import { isRecord } from '../../plan/reading.ts';
import { isSlotId } from '../../plan/slots.ts';
import { type DenoiserConfig, denoiserConfig, ourDenoiser } from '../denoiser/config.ts';
import { largestFile } from '../denoiser/file.ts';
import { unetShapes } from '../unet1d.ts';
import { editWidth } from './editTokens.ts';
import type { TrainedCoefficients } from './inspectWritten.ts';
import type { SlotBasis } from './slotBasis.ts';

/** Of one operator: its basis in every slot that was fitted. */
export type OperatorBases = ReadonlyMap<SlotId, SlotBasis>;

export interface OperatorModel {
  readonly config: DenoiserConfig;
  /** SHA-256 of the base's file: what is written is added to that base's own weights. */
  readonly base: string;
  readonly timestep: number;
  /** By id; their order is how the net is told them. */
  readonly operators: ReadonlyMap<string, OperatorBases>;
  readonly weights: Readonly<Record<string, Tensor>>;
  /** What it was trained on, to tell copies and averages by. */
  readonly trained: readonly TrainedOperator[];
}

/** The last checkpoint of one fitted operator. */
export interface TrainedOperator extends TrainedCoefficients {
  readonly operator: string;
  readonly slot: SlotId;
}

/** k: components of a slot, the numbers of its one block. */
export const operatorBlock = 4;

const { components: _, ...shared } = ourDenoiser;
const { hint: __, ...unet } = ourDenoiser.unet;

/** All ours. One block is one slot: its index is the slot's layer. */
export const ourOperatorDenoiser: DenoiserConfig = {
  ...shared,
  unet: {
    ...unet,
    channels: [16, 16, 32],
    context: editWidth,
    positions: { learned: operatorBlock },
  },
  blockSize: operatorBlock,
};

interface Listed {
  readonly operator: string;
  readonly scales: Readonly<Record<string, number>>;
}

const nameOf = (operator: string, slot: string, part: 'centre' | 'components') =>
  `${operator}/${slot}/${part}`;

export function encodeOperatorModel(
  { config, base, timestep, operators, weights, trained }: OperatorModel,
  facts: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const tensors: Record<string, Tensor> = { ...weights };
  const listed: Listed[] = [];
  for (const [operator, slots] of operators) {
    const scales: Record<string, number> = {};
    for (const [slot, { centre, components, scale }] of slots) {
      scales[slot] = scale;
      tensors[nameOf(operator, slot, 'centre')] = f32([centre.length], centre);
      const count = components.length / centre.length;
      tensors[nameOf(operator, slot, 'components')] = f32([count, centre.length], components);
    }
    listed.push({ operator, scales });
  }
  const metadata = {
    ...facts,
    generator: JSON.stringify(config),
    base,
    timestep: String(timestep),
    operators: JSON.stringify(listed),
    trained: JSON.stringify(trained),
  };
  const file = writeSafetensors(tensors, metadata, { dtype: 'f16' });
  if (file.length <= largestFile) return file;
  throw new FileError(
    `The generator of operators would take ${(file.length / 2 ** 20).toFixed(1)} MiB, more than the ${largestFile / 2 ** 20} MiB that ship; take fewer operators.`,
  );
}

/** @throws FileError when it was cut short or is something else */
export async function decodeOperatorModel(bytes: Uint8Array, name: string): Promise<OperatorModel> {
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, name));
  const config = denoiserConfig(metadata.generator, name);
  const refuse = (what: string): never => {
    throw new FileError(`${name} ${what}; make it again with generator:operators:train.`);
  };
  const taken = (key: string): Tensor => {
    const tensor = tensors.get(key);
    return tensor ? f32(tensor.shape, Float32Array.from(tensor.data)) : refuse(`lacks "${key}"`);
  };
  const listed: unknown = JSON.parse(metadata.operators ?? 'null');
  if (!isListed(listed) || metadata.base === undefined) return refuse('is no generator of operators');
  const operators = new Map<string, OperatorBases>();
  for (const { operator, scales } of listed) {
    const slots = new Map<SlotId, SlotBasis>();
    for (const [slot, scale] of Object.entries(scales)) {
      const [centre, components] = [
        taken(nameOf(operator, slot, 'centre')),
        taken(nameOf(operator, slot, 'components')),
      ];
      const [size = 0] = centre.shape;
      if (!isSlotId(slot) || !sameShape(components.shape, [config.blockSize, size])) {
        return refuse(`holds components of another shape for ${operator} in ${slot}`);
      }
      slots.set(slot, {
        centre: Float32Array.from(centre.data),
        components: Float32Array.from(components.data),
        scale,
      });
    }
    operators.set(operator, slots);
  }
  const weights = Object.fromEntries(
    unetShapes(config.unet).map(([key, shape]) => {
      const tensor = taken(key);
      return sameShape(tensor.shape, shape) ? [key, tensor] : refuse(`holds "${key}" of another shape`);
    }),
  );
  const timestep = Number(metadata.timestep);
  if (!Number.isInteger(timestep) || timestep < 0 || timestep >= config.schedule.steps) {
    return refuse(`names the timestep ${metadata.timestep}`);
  }
  const trained: unknown = JSON.parse(metadata.trained ?? 'null');
  if (!areTrained(trained)) return refuse('does not say what it was trained on');
  return { config, base: metadata.base, timestep, operators, weights, trained };
}

const isNumber = (value: unknown) => typeof value === 'number';

function isListed(value: unknown): value is Listed[] {
  const fits = (item: unknown) =>
    isRecord(item) &&
    typeof item.operator === 'string' &&
    isRecord(item.scales) &&
    Object.values(item.scales).every(isNumber);
  return Array.isArray(value) && value.every(fits);
}

function areTrained(value: unknown): value is TrainedOperator[] {
  const fits = (item: unknown) =>
    isRecord(item) &&
    'operator' in item &&
    'slot' in item &&
    typeof item.label === 'string' &&
    Array.isArray(item.values) &&
    item.values.every(isNumber);
  return Array.isArray(value) && value.every(fits);
}
