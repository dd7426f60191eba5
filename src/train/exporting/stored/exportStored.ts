// Exports of a model that is too large to be run here: weights as slices of its file, PyTorch, YAML; each checked as far
// as that goes without running it.
import { blobSource } from '../../../formats/byteSource.ts';
import { openCheckpoint } from '../../../formats/checkpoint.ts';
import { type SlicedTensor, safetensorsOfSlices } from '../../../formats/safetensors.ts';
import { readZipDirectory, sliceOfStored } from '../../../formats/zipArchive.ts';
import { assert, known, UserError } from '../../../lib/errors.ts';
import { sameShape } from '../../../lib/tensor.ts';
import { planHash } from '../../../plan/hash.ts';
import type { Plan } from '../../../plan/plan.ts';
import { parsePlanText } from '../../../plan/validate.ts';
import {
  type DescribedModel,
  describeModel,
  type FileBlob,
  fileName,
  metadataKeys,
} from '../graftedModel.ts';
import { checkYaml } from '../graftingYaml/checkYaml.ts';
import { exportYaml } from '../graftingYaml/exportYaml.ts';
import { exportPytorch } from '../pytorch/exportPytorch.ts';
import type { StoredModel } from './storedModel.ts';
import { type StoredWeights, storedWeights } from './storedWeights.ts';

export type StoredFormat = 'safetensors' | 'onnx' | 'pytorch' | 'yaml';

export interface StoredExport extends FileBlob {
  /** One sentence on what was checked. */
  readonly checked: string;
}

export async function exportStored(
  model: StoredModel,
  plan: Plan,
  format: StoredFormat,
  tell: (fraction: number) => void,
): Promise<StoredExport> {
  if (format === 'yaml') {
    const written = await exportYaml(plan, model.frame.shape);
    return { ...written, checked: await checkYaml(plan, written) };
  }
  if (format === 'onnx') {
    throw new UserError(
      `An ONNX file is written from a model in memory and ends at 2 GB; ${model.label} stays in its file, so export safetensors or PyTorch instead.`,
    );
  }
  const { frame, pretrainingFlops, provenance } = model;
  const described: DescribedModel = {
    frame,
    plan,
    pretrainingFlops,
    provenance: {
      ...provenance,
      scion_weights: Object.keys(plan.slots).length > 0 ? 'untrained' : 'pretrained',
    },
  };
  const weights = await storedWeights(model, plan, tell);
  const blob = safetensorsOfSlices(weights.tensors, describeModel(described));
  if (format === 'safetensors') {
    const file = { name: fileName(plan, '.safetensors'), blob };
    return { ...file, checked: `${await checkWeights(file, plan, weights)} ${notRun(model, weights)}` };
  }
  const folder = await exportPytorch(described, blob, undefined);
  const inside = await weightsInside(folder);
  return {
    ...folder,
    checked: `${await checkWeights(inside, plan, weights)} model.py was printed and not run: Python does not run in a browser; python model.py loads the weights strictly. ${notRun(model, weights)}`,
  };
}

function notRun({ label }: StoredModel, { starts }: StoredWeights): string {
  const untrained = starts.inherit + starts.random;
  const start =
    untrained > 0
      ? ` Its ${untrained} new operators are untrained: ${starts.inherit} inherit weights, ${starts.random} are random.`
      : '';
  return `${label} is too large to be run here, so no deviation was measured.${start}`;
}

async function weightsInside({ name, blob }: FileBlob): Promise<FileBlob> {
  const source = blobSource(blob, name);
  const records = await readZipDirectory(source);
  const path = known(
    [...records.keys()].find((record) => record.endsWith('/model.safetensors')),
    'model.safetensors',
  );
  return { name: path, blob: await sliceOfStored(source, known(records.get(path), path)) };
}

/** Bytes compared at both ends of a tensor that was taken over. */
const compared = 65_536;

/** Opens the file by its header and compares what is in it with what was to be written. */
async function checkWeights({ name, blob }: FileBlob, plan: Plan, weights: StoredWeights): Promise<string> {
  const back = await openCheckpoint(blobSource(blob, name));
  const hash = planHash(parsePlanText(back.metadata[metadataKeys.plan] ?? ''));
  assert(hash === planHash(plan), () => `${name} reads back with another plan`);
  assert(back.tensors.size === weights.tensors.length, () => `${name} has ${back.tensors.size} tensors`);
  for (const tensor of weights.tensors) {
    const found = back.tensors.get(tensor.name);
    assert(
      found && sameShape(found.shape, tensor.shape),
      () => `${tensor.name} reads back with another shape`,
    );
    const { content } = await back.stored(tensor.name);
    const ranges = weights.takenOver.has(tensor.name) ? ends(tensor) : [[0, tensor.content.size] as const];
    for (const [start, end] of ranges) {
      assert(
        await equal(content.slice(start, end), tensor.content.slice(start, end)),
        () => `${tensor.name} reads back with other numbers`,
      );
    }
  }
  const own = weights.tensors.length - weights.takenOver.size;
  const fresh = own > 0 ? `, ${own} tensors of new operators compared whole` : '';
  return `Opened again: plan and all ${back.tensors.size} tensors are there with their shapes; ${weights.takenOver.size} taken over as they lie, compared at both ends${fresh}; all equal.`;
}

function ends({ content }: SlicedTensor): (readonly [number, number])[] {
  const { size } = content;
  return size <= 2 * compared
    ? [[0, size]]
    : [
        [0, compared],
        [size - compared, size],
      ];
}

async function equal(a: Blob, b: Blob): Promise<boolean> {
  const [left, right] = [new Uint8Array(await a.arrayBuffer()), new Uint8Array(await b.arrayBuffer())];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
