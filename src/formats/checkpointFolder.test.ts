// Model folders as Hugging Face lays them out, and folders that are none.
import { describe, expect, it } from 'vitest';
import { f32 } from '../lib/tensor.ts';
import { memorySource } from './byteSource.ts';
import { openCheckpointFolder } from './checkpointFolder.ts';
import { writeSafetensors } from './safetensors.ts';

const tensors = { a: f32([2], [1, 2]), b: f32([1], [3]), c: f32([1, 2], [4, 5]) };
const weights = (names: readonly (keyof typeof tensors)[]) =>
  writeSafetensors(
    Object.fromEntries(names.map((name) => [name, tensors[name]])),
    { of: names.join() },
    { dtype: 'f32' },
  );
const text = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const open = (files: Record<string, Uint8Array>) =>
  openCheckpointFolder(
    'dit',
    Object.entries(files).map(([path, bytes]) => ({ path, source: memorySource(bytes, path) })),
  );

const index = (map: Record<string, string>) => text({ metadata: {}, weight_map: map });
const sharded = {
  'model.safetensors.index.json': index({ a: '1.safetensors', b: '2.safetensors', c: '2.safetensors' }),
  '1.safetensors': weights(['a']),
  '2.safetensors': weights(['b', 'c']),
};

describe('openCheckpointFolder', () => {
  it('joins shards, and reads and slices each tensor from its own', async () => {
    const folder = await open({ ...sharded, 'config.json': text({ sample_size: 32 }) });
    expect(folder.config).toEqual({ sample_size: 32 });
    expect([...folder.tensors.keys()]).toEqual(['a', 'b', 'c']);
    expect(await folder.read('c')).toEqual(tensors.c);
    const { type, content } = await folder.stored('b');
    expect([type, new Float32Array(await content.arrayBuffer())]).toEqual(['F32', Float32Array.of(3)]);
  });

  it('finds the transformer of a pipeline', async () => {
    const folder = await open({
      'model_index.json': text({}),
      'vae/diffusion_pytorch_model.safetensors': weights(['a']),
      'transformer/config.json': text({ num_layers: 28 }),
      'transformer/diffusion_pytorch_model.safetensors': weights(['b']),
    });
    expect([...folder.tensors.keys()]).toEqual(['b']);
    expect(folder.config).toEqual({ num_layers: 28 });
  });

  it('prefers the file that is called the model', async () => {
    const folder = await open({ 'ema.safetensors': weights(['a']), 'model.safetensors': weights(['b']) });
    expect([...folder.tensors.keys()]).toEqual(['b']);
  });

  it.each([
    [
      { 'a.txt': text('') },
      'The folder dit holds no model: Scion looks for .safetensors or .pt files in it or in its folder transformer/, and found a.txt.',
    ],
    [
      {},
      'The folder dit holds no model: Scion looks for .safetensors or .pt files in it or in its folder transformer/, and found nothing.',
    ],
    [
      { 'x.safetensors': weights(['a']), 'y.safetensors': weights(['b']) },
      'The folder dit holds 2 weight files and no index that joins them (x.safetensors, y.safetensors); drop the one that you mean.',
    ],
    [
      { ...sharded, '2.safetensors': weights(['b']) },
      '2.safetensors lacks the tensor "c" that model.safetensors.index.json looks for in it.',
    ],
    [{ ...sharded, 'config.json': text('{') }, 'config.json is not valid JSON; download it again.'],
    [{ ...sharded, 'config.json': text('[1]') }, 'config.json holds [1] where an object is due.'],
    [{ ...sharded, 'config.json': text('{"a":1,"a":2}') }, 'config.json names "a" twice.'],
    [
      { ...sharded, 'model.safetensors.index.json': text({}) },
      'model.safetensors.index.json has no weight_map, so it does not say which shard holds which tensor.',
    ],
  ])('refuses folder %# in one sentence', async (files, sentence) => {
    await expect(open(files as Record<string, Uint8Array>)).rejects.toThrow(sentence);
  });

  it('names the shard that is missing', async () => {
    const { '2.safetensors': _, ...rest } = sharded;
    await expect(open(rest)).rejects.toThrow(
      'The folder dit lacks "2.safetensors", which model.safetensors.index.json names.',
    );
  });
});
