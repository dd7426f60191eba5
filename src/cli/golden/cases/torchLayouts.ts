// The part of the checkpoints case that tests the .pt reader: strides, offsets, shared storage, number types, values.
import { memorySource } from '../../../formats/byteSource.ts';
import { openPytorch, type PytorchCheckpoint, readPytorchTensor } from '../../../formats/pytorchZip.ts';
import type { TorchTensor } from '../../../formats/torchObjects.ts';
import { sizeOf, stridesOf } from '../../../lib/tensor.ts';
import type { Checks } from '../caseRunner.ts';
import type { GoldenCase } from '../goldenCase.ts';
import { record } from '../manifest.ts';

export async function checkLayouts(golden: GoldenCase, checks: Checks, bytes: Uint8Array): Promise<void> {
  const checkpoint = await openPytorch(memorySource(bytes, 'layouts.pt'));
  for (const [name, layout] of Object.entries(record(golden.manifest.scalars.layouts))) {
    const { shape, values, python } = record(layout);
    const label = `layouts.pt: ${name}`;
    const stored = checkpoint.tensors.get(name);
    if (python !== undefined) {
      checks.addEqual(label, checkpoint.values.get(name) ?? null, python);
    } else if (!stored || !Array.isArray(values)) {
      checks.fail(label, 'there is no such tensor');
    } else {
      checks.addEqual(`${label}, shape`, stored.shape, shape);
      checks.addValues(label, await valuesOf(checkpoint, name, stored), values.map(Number), { atol: 0 });
    }
  }
}

/** Scion computes with 32-bit integers and its reader says so of larger ones; 64-bit ones are read here for the check. */
async function valuesOf(
  checkpoint: PytorchCheckpoint,
  name: string,
  view: TorchTensor,
): Promise<ArrayLike<number>> {
  if (view.dtype !== 'I64') return (await readPytorchTensor(checkpoint, name)).data;
  const storage = Uint8Array.from(await checkpoint.readStorage(view.storage.key));
  const elements = new BigInt64Array(storage.buffer);
  const rowMajor = stridesOf(view.shape);
  return Array.from({ length: sizeOf(view.shape) }, (_, i) => {
    const place = rowMajor.reduce((at, stride, axis) => {
      const index = Math.floor(i / stride) % (view.shape[axis] ?? 1);
      return at + index * (view.strides[axis] ?? 0);
    }, view.offset);
    return Number(elements[place]);
  });
}
