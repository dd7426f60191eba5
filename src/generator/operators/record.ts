// What one stage-1 run leaves on the disk: of every slot, what training added to the shared start, in half precision.
import { memorySource } from '../../formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { FileError } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { SlotId } from '../../plan/plan.ts';
import type { FittedOperator } from './collect.ts';
import type { OperatorCondition } from './condition.ts';

interface Listed {
  readonly condition: OperatorCondition;
  readonly seed: number;
  readonly initialError: number;
  readonly finalError: number;
}

/** @param recipe whatever must be equal for a record to be used */
export function encodeOperators(fitted: readonly FittedOperator[], recipe: string): Uint8Array<ArrayBuffer> {
  const tensors: Record<string, Tensor> = {};
  const listed = fitted.map(({ deviations, ...rest }): Listed => {
    const length = deviations[0]?.length ?? 0;
    const all = new Float32Array(deviations.length * length);
    deviations.forEach((deviation, k) => {
      all.set(deviation, k * length);
    });
    tensors[rest.condition.slot] = f32([deviations.length, length], all);
    return rest;
  });
  return writeSafetensors(tensors, { recipe, operators: JSON.stringify(listed) }, { dtype: 'f16' });
}

/**
 * @returns undefined where another recipe made it
 * @throws FileError when it was cut short
 */
export async function decodeOperators(
  bytes: Uint8Array,
  name: string,
  recipe: string,
): Promise<FittedOperator[] | undefined> {
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, name));
  if (metadata.recipe !== recipe) return undefined;
  const listed: unknown = JSON.parse(metadata.operators ?? 'null');
  if (!isListed(listed)) throw new FileError(`${name} is no record of fitted operators; make it again.`);
  return listed.map((entry) => {
    const { slot } = entry.condition;
    const tensor = tensors.get(slot satisfies SlotId);
    const [count = 0, length = 0] = tensor?.shape ?? [];
    if (!tensor || count === 0 || count * length !== tensor.data.length) {
      throw new FileError(`${name} lacks the checkpoints of ${slot}; delete it and run it again.`);
    }
    const all = Float32Array.from(tensor.data);
    const deviations = Array.from({ length: count }, (_, k) => all.slice(k * length, (k + 1) * length));
    return { ...entry, deviations };
  });
}

function isListed(value: unknown): value is Listed[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item: unknown) => typeof item === 'object' && item !== null && 'condition' in item && 'seed' in item,
    )
  );
}
