// Models that stay in their file, on a small one: opened by headers, exported from slices, never read whole.
import { describe, expect, it } from 'vitest';
import { blobSource, memorySource } from '../../../formats/byteSource.ts';
import { openCheckpoint } from '../../../formats/checkpoint.ts';
import { writeSafetensors } from '../../../formats/safetensors.ts';
import { readStored, readZipDirectory } from '../../../formats/zipArchive.ts';
import { known } from '../../../lib/errors.ts';
import { f32, type Tensor } from '../../../lib/tensor.ts';
import { recogniseDit } from '../../../models/checkpoint.ts';
import { metadataOf } from '../../../models/metadata.ts';
import { diffusersNames } from '../../../models/names.ts';
import { graftsOf } from '../../../models/pictures.ts';
import { emptyPlan, type Plan } from '../../../plan/plan.ts';
import { exportSafetensors } from '../exportSafetensors.ts';
import { importFile } from '../importFile.ts';
import { mixedPlan, tinyModel, tinyShape } from '../testing.ts';
import { exportStored } from './exportStored.ts';
import { type ModelFiles, openFiles, storedModel } from './storedModel.ts';

const base = tinyModel(emptyPlan('tiny'));
const tensors: Record<string, Tensor> = { ...base.weights, pos_embed: base.frame.position };
const fileOf = (dtype: 'f32' | 'f16', more: Record<string, Tensor> = {}) =>
  new File([writeSafetensors({ ...tensors, ...more }, metadataOf(tinyShape), { dtype })], 'tiny.safetensors');
const open = async (from: ModelFiles) => storedModel(await openFiles(from));
const quiet = () => undefined;

describe('a model that stays in its file', () => {
  it('is exported with its own weights and with new operators, which inherit where they can', async () => {
    const model = await open({ kind: 'file', file: fileOf('f32') });
    const plan: Plan = { ...mixedPlan, base: model.id };
    const { name, blob, checked } = await exportStored(model, plan, 'safetensors', quiet);
    expect(checked).toMatch(
      /^Opened again: plan and all \d+ tensors are there with their shapes; \d+ taken over as they lie, compared at both ends, \d+ tensors of new operators compared whole; all equal\. tiny\.safetensors is too large to be run here, so no deviation was measured\. Its 8 new operators are untrained: 6 inherit weights, 2 are random\.$/,
    );
    const back = recogniseDit(await openCheckpoint(blobSource(blob, name)), { grafts: graftsOf(plan) });
    // Sliding windows keep the attention's weights, and what was not grafted stays as it was.
    expect(await back.read('blocks.0.attn.Wqkv.weight')).toEqual(tensors['blocks.0.attn.qkv.weight']);
    expect(await back.read('blocks.6.mlp.fc1.weight')).toEqual(tensors['blocks.6.mlp.fc1.weight']);
    expect((await back.read('blocks.0.mlp.fc1.weight')).shape).toEqual([96, 32]);
    const whole = await importFile(blobSource(blob, name), { open: { id: model.id, shape: tinyShape } });
    expect(whole.plan).toEqual(plan);
  });

  it('keeps 16-bit weights as they are', async () => {
    const file = fileOf('f16');
    const model = await open({ kind: 'file', file });
    const { blob } = await exportStored(model, emptyPlan(model.id), 'safetensors', quiet);
    const [before, after] = [
      await openCheckpoint(blobSource(file)),
      await openCheckpoint(blobSource(blob, 'a')),
    ];
    for (const name of ['blocks.0.attn.qkv.weight', 'pos_embed']) {
      expect(after.tensors.get(name)?.dtype).toBe('F16');
      expect(await after.read(name)).toEqual(await before.read(name));
    }
  });

  it('opens from a diffusers folder, with queries, keys and values joined without being read', async () => {
    const renamed = Object.entries(tensors).flatMap(([name, { shape, data }]) => {
      const parts = diffusersNames(name) ?? [];
      const rows = (shape[0] ?? 0) / Math.max(1, parts.length);
      const size = data.length / Math.max(1, parts.length);
      return parts.map((part, i) => {
        const piece = Float32Array.from(data.subarray(i * size, (i + 1) * size));
        return [part, f32([rows, ...shape.slice(1)], piece)] as const;
      });
    });
    const shard = (from: number, to: number) =>
      writeSafetensors(Object.fromEntries(renamed.slice(from, to)), {}, { dtype: 'f32' });
    const half = Math.floor(renamed.length / 2);
    const map = Object.fromEntries(
      renamed.map(([name], i) => [name, i < half ? 'a.safetensors' : 'b.safetensors']),
    );
    const file = (path: string, content: BlobPart) => ({ path, file: new File([content], path) });
    const model = await open({
      kind: 'folder',
      name: 'dit-tiny',
      files: [
        file('config.json', JSON.stringify({ num_attention_heads: 2, sample_size: 16 })),
        file('a.safetensors', shard(0, half)),
        file('b.safetensors', shard(half, renamed.length)),
        file('model.safetensors.index.json', JSON.stringify({ weight_map: map })),
      ],
    });
    expect(model).toMatchObject({ label: 'dit-tiny', frame: { shape: tinyShape } });
    const { blob } = await exportStored(model, emptyPlan(model.id), 'safetensors', quiet);
    const back = await openCheckpoint(blobSource(blob, 'a'));
    expect(await back.read('blocks.3.attn.qkv.weight')).toEqual(tensors['blocks.3.attn.qkv.weight']);
    expect(await back.read('t_embedder.mlp.2.bias')).toEqual(tensors['t_embedder.mlp.2.bias']);
  });

  it('writes PyTorch folders and YAML without running', async () => {
    const model = await open({ kind: 'file', file: fileOf('f32') });
    const plan: Plan = { ...mixedPlan, base: model.id };
    const { name, blob, checked } = await exportStored(model, plan, 'pytorch', quiet);
    expect(checked).toContain('model.py was printed and not run');
    const source = memorySource(new Uint8Array(await blob.arrayBuffer()), name);
    const records = await readZipDirectory(source);
    const python = known(
      [...records].find(([path]) => path.endsWith('/model.py')),
      'model.py',
    )[1];
    expect(new TextDecoder().decode(await readStored(source, python))).toContain('class HyenaX(nn.Module)');
    expect([...records.keys()].some((path) => path.endsWith('check.safetensors'))).toBe(false);
    expect((await exportStored(model, plan, 'yaml', quiet)).checked).toContain('8 of 8 slots come back');
    await expect(exportStored(model, plan, 'onnx', quiet)).rejects.toThrow(
      'An ONNX file is written from a model in memory and ends at 2 GB; tiny.safetensors stays in its file, so export safetensors or PyTorch instead.',
    );
  });

  it('guesses what unknown tensors are', async () => {
    const file = fileOf('f32', { 'blocks.0.attn.q_norm.weight': f32([16], new Float32Array(16)) });
    const { unknown } = await open({ kind: 'file', file });
    expect(unknown).toEqual([
      { name: 'blocks.0.attn.q_norm.weight', shape: [16], guess: 'a norm of queries or keys' },
    ]);
  });

  it('is not a graft, nor anything else', async () => {
    const graft = new File([exportSafetensors(tinyModel(), { dtype: 'f32' }).bytes], 'graft.safetensors');
    await expect(open({ kind: 'file', file: graft })).rejects.toThrow(
      'graft.safetensors is already grafted, not a model to graft on; drop it on the window while its base model is open.',
    );
    const other = new File(
      [writeSafetensors({ 'double_blocks.0.x': f32([1], [0]) }, {}, { dtype: 'f32' })],
      'flux.safetensors',
    );
    await expect(open({ kind: 'file', file: other })).rejects.toThrow(
      'its tensors are double_blocks.0.x, as in a FLUX model.',
    );
  });
});
