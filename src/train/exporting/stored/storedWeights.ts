// The weights of a graft on a model that stays in its file: the base's as slices of that file, the new operators' own.
import { isElementType } from '../../../formats/elements.ts';
import type { SlicedTensor } from '../../../formats/safetensors.ts';
import { assert } from '../../../lib/errors.ts';
import type { Tensor } from '../../../lib/tensor.ts';
import { tensorShapes } from '../../../models/names.ts';
import { graftsOf } from '../../../models/pictures.ts';
import { slotEntries } from '../../../plan/edits.ts';
import type { Plan } from '../../../plan/plan.ts';
import { startWithoutData } from './startWithoutData.ts';
import type { StoredModel } from './storedModel.ts';

export interface StoredWeights {
  readonly tensors: readonly SlicedTensor[];
  /** Names of tensors that are the file's own. */
  readonly takenOver: ReadonlySet<string>;
  /** How many slots start in which way; none of them is trained. */
  readonly starts: Readonly<Record<'inherit' | 'random', number>>;
}

/** @param tell progress, 0 … 1 */
export async function storedWeights(
  model: StoredModel,
  plan: Plan,
  tell: (fraction: number) => void,
): Promise<StoredWeights> {
  const own = new Map<string, SlicedTensor>();
  const starts = { inherit: 0, random: 0 };
  const slots = slotEntries(plan);
  for (const [done, [slot]] of slots.entries()) {
    tell(done / slots.length);
    const { start, weights } = await startWithoutData(model.frame.shape, plan, slot, model.checkpoint.read);
    starts[start]++;
    // As blobs, the browser may keep them on its disk.
    for (const [name, tensor] of Object.entries(weights))
      own.set(`${slot}.${name}`, sliced(`${slot}.${name}`, tensor));
  }
  const tensors: SlicedTensor[] = [];
  const takenOver = new Set<string>();
  for (const [name, shape] of tensorShapes(model.frame.shape, graftsOf(plan))) {
    const fresh = own.get(name);
    if (fresh) {
      tensors.push(fresh);
      continue;
    }
    const { type, content } = await model.checkpoint.stored(name);
    assert(isElementType(type), () => `${name} has elements of type ${type}`);
    tensors.push({ name, shape, type, content });
    takenOver.add(name);
  }
  return { tensors, takenOver, starts };
}

function sliced(name: string, { shape, data }: Tensor): SlicedTensor {
  return { name, shape, type: 'F32', content: new Blob([Float32Array.from(data)]) };
}
