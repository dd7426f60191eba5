import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { memorySource } from './byteSource.ts';
import { openCheckpoint } from './checkpoint.ts';

const checkpoints = new URL('../cli/golden-data/dit/checkpoints/', import.meta.url);
const golden = (file: string) => memorySource(readFileSync(new URL(file, checkpoints)), file);

it.each([
  ['dit.safetensors', 'safetensors'],
  ['dit.train.pt', 'pytorch'],
])('opens %s by what it holds', async (file, kind) => {
  const checkpoint = await openCheckpoint(golden(file));
  expect(checkpoint.kind).toBe(kind);
  expect(checkpoint.tensors.get('x_embedder.proj.weight')).toMatchObject({
    dtype: 'F32',
    shape: [16, 4, 2, 2],
  });
  const { data } = await checkpoint.read('x_embedder.proj.weight');
  expect(Array.from(data.subarray(0, 2))).toEqual([-0.1373184770345688, -0.5107263326644897]);
});

it('names what it cannot open', async () => {
  const gif = new TextEncoder().encode('GIF89a');
  await expect(openCheckpoint(memorySource(gif, 'weights.safetensors'))).rejects.toThrow(
    'weights.safetensors is a GIF picture; Scion opens safetensors and PyTorch (.pt) files here.',
  );
});
