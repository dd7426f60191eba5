// Proof of a PyTorch folder as far as a browser goes: unpacked and read again, with every weight compared.
import { blobSource, memorySource } from '../../../formats/byteSource.ts';
import { readSafetensors } from '../../../formats/safetensors.ts';
import { readStored, readZipDirectory } from '../../../formats/zipArchive.ts';
import { assert, known } from '../../../lib/errors.ts';
import { sameShape, type Tensor } from '../../../lib/tensor.ts';
import { planHash } from '../../../plan/hash.ts';
import { parsePlanText } from '../../../plan/validate.ts';
import type { FileBlob, GraftedModel } from '../graftedModel.ts';

/** One sentence on what was checked, and what was not. */
export async function checkPytorch(model: GraftedModel, { name, blob }: FileBlob): Promise<string> {
  const source = blobSource(blob, name);
  const records = await readZipDirectory(source);
  const read = async (file: string) => {
    const path = known(
      [...records.keys()].find((record) => record.endsWith(`/${file}`)),
      `${file} of ${name}`,
    );
    return readStored(source, known(records.get(path), path));
  };
  const plan = parsePlanText(new TextDecoder().decode(await read('plan.json')));
  assert(planHash(plan) === planHash(model.plan), () => `${name} reads back with another plan`);
  const { tensors } = await readSafetensors(memorySource(await read('model.safetensors'), name));
  const wanted: Record<string, Tensor> = { ...model.weights, pos_embed: model.frame.position };
  assert(tensors.size === Object.keys(wanted).length, () => `${name} holds ${tensors.size} tensors`);
  for (const [tensor, { shape, data }] of Object.entries(wanted)) {
    const found = tensors.get(tensor);
    const equal = found && sameShape(found.shape, shape) && found.data.every((value, i) => value === data[i]);
    assert(equal, () => `${tensor} reads back changed from ${name}`);
  }
  const { tensors: recorded } = await readSafetensors(memorySource(await read('check.safetensors'), name));
  const steps = known(recorded.get('t'), 't').data.length;
  return `Unpacked again: all ${tensors.size} tensors with their shapes, every weight unchanged, and the plan. Python does not run in a browser: python model.py in the folder holds the model against ${steps} denoising steps that were recorded here.`;
}
