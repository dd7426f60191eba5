// The public golden set on two engines, and that the command does not pass what it should not.
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import { memorySource } from '../../formats/byteSource.ts';
import { readSafetensorsHeader } from '../../formats/safetensors.ts';
import { known } from '../../lib/errors.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { findCases } from './findCases.ts';
import { folderSource } from './nodeSource.ts';
import { type CaseResult, runGolden } from './runGolden.ts';
import type { GoldenSource } from './source.ts';

const folder = fileURLToPath(new URL('../golden-data/', import.meta.url));
const dit = await folderSource(`${folder}dit`);
const micro = await folderSource(`${folder}micro`);
const names = (await findCases(dit)).map(({ name }) => name);
const reference = referenceEngine();
const onnx = onnxEngine(await nodeRuntime());
afterAll(() => onnx.dispose());

async function run(source: GoldenSource, only = '', engine = reference): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for await (const result of runGolden(source, engine, { only })) results.push(result);
  return results;
}

/** What went wrong, as short texts; empty when all is well. */
function faults(result: CaseResult): string[] {
  if (result.outcome === 'not built') return ['not built'];
  if ('problem' in result) return [result.problem];
  return result.checks
    .filter((check) => !check.passed)
    .map(({ tensor, problem, used }) => `${tensor}: ${problem ?? `${used.toFixed(1)} of its tolerance`}`);
}

async function single(source: GoldenSource, name: string, engine = reference): Promise<CaseResult> {
  const results = await run(source, name, engine);
  return known(
    results.find((result) => result.name === name),
    name,
  );
}

/** The source with some files replaced. */
function changed(source: GoldenSource, edits: Readonly<Record<string, Uint8Array>>): GoldenSource {
  return { ...source, read: async (path) => edits[path] ?? source.read(path) };
}

async function manifestOf(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(new TextDecoder().decode(await dit.read(path)));
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe.each([
  ['reference', reference],
  ['onnx', onnx],
])('every public case passes on %s', (_, engine) => {
  it.each(names)('%s', { timeout: 120_000 }, async (name) => {
    expect(faults(await single(dit, name, engine))).toEqual([]);
  });
});

describe('a case fails', () => {
  const file = 'operators/mlp_r3.safetensors';
  const manifestPath = 'operators/mlp_r3.json';

  it('when one number of the reference is another', async () => {
    const bytes = await dit.read(file);
    const header = await readSafetensorsHeader(memorySource(bytes, file));
    const { start } = known(header.tensors.get('n16/outputs/y'), 'output');
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setFloat32(start + 40, view.getFloat32(start + 40, true) + 1e-3, true);
    const manifest = await manifestOf(manifestPath);
    const files = [{ file, bytes: bytes.length, sha256: sha256Hex(bytes) }];
    const source = changed(dit, { [file]: bytes, [manifestPath]: json({ ...manifest, files }) });
    const result = await single(source, 'operators/mlp_r3');
    expect(result.outcome).toBe('failed');
    expect(faults(result)).toEqual([expect.stringMatching(/^n16\/outputs\/y: \d+\.\d of its tolerance$/)]);
  });

  it('when a file is not the one that the manifest was written for', async () => {
    const bytes = await dit.read(file);
    bytes[bytes.length - 1] = Number(bytes.at(-1)) ^ 1;
    const [fault] = faults(await single(changed(dit, { [file]: bytes }), 'operators/mlp_r3'));
    expect(fault).toMatch(
      /^operators\/mlp_r3\.safetensors has the SHA-256 [0-9a-f]{12}…, expected [0-9a-f]{12}… by its manifest; the file is damaged or was changed\.$/,
    );
    const short = changed(dit, { [file]: bytes.slice(0, -4) });
    expect(faults(await single(short, 'operators/mlp_r3'))[0]).toContain(
      'the file is incomplete or was changed',
    );
  });

  it('when a file is missing', async () => {
    const source = { ...dit, list: async () => (await dit.list()).filter((path) => path !== file) };
    expect(faults(await single(source, 'operators/mlp_r3'))).toEqual([
      `operators/mlp_r3.json lists operators/mlp_r3.safetensors, which is not in ${dit.name}.`,
    ]);
  });

  it('when the manifest states a tolerance for a result that nothing computes', async () => {
    const manifest = await manifestOf(manifestPath);
    const tensors = {
      ...Object(manifest.tensors),
      'outputs/unheard_of': { shape: [1], dtype: 'F32', atol: 1 },
    };
    const source = changed(dit, { [manifestPath]: json({ ...manifest, tensors }) });
    expect(faults(await single(source, 'operators/mlp_r3'))).toEqual([
      'outputs/unheard_of: nothing was computed for it',
    ]);
  });

  it('when the tensors are those of another operator than the manifest names', async () => {
    const manifest = await manifestOf('operators/hyena_x_k4.json');
    const config = { ...Object(manifest.config), operator: 'hyena_y' };
    const source = changed(dit, { 'operators/hyena_x_k4.json': json({ ...manifest, config }) });
    expect(faults(await single(source, 'operators/hyena_x_k4'))).toEqual([
      'operators/hyena_x_k4 should hold hyena_y, but its tensors are those of hyena_x.',
    ]);
  });

  it('when the case whose weights it needs is not in the folder', async () => {
    const own = ['locality.json', 'locality.safetensors'];
    const source = { ...dit, list: async () => own };
    expect(faults(await single(source, 'locality'))).toEqual([
      `locality.json needs the weights of the case dit_tiny, which ${dit.name} does not hold.`,
    ]);
  });
});

describe('the weight generator and its translator', () => {
  it.each([
    'i2i_forward_eval',
    'i2i_forward_train',
    'i2i_pix2pix_losses',
    'i2i_adam_steps',
    'weight_blocks',
    'block_index_encoding',
    'single_step_recovery',
    'unet1d',
  ])('%s', async (name) => {
    expect(faults(await single(micro, name))).toEqual([]);
  });
});

describe('folders', () => {
  it('without an index are walked for manifests', async () => {
    const operators = await folderSource(`${folder}dit/operators`);
    expect(faults(await single(operators, 'operators/swa_w2'))).toEqual([]);
    expect((await findCases(operators)).length).toBe(12);
  });

  it('may hold cases of models that are not built: they are listed, never passed', async () => {
    const results = await run(micro);
    expect(results.length).toBe((await micro.list()).filter((path) => path.endsWith('.json')).length);
    const attention = results.find(({ name }) => name === 'pixart_block');
    expect(attention?.outcome).toBe('not built');
    for (const result of results) expect(['passed', 'not built']).toContain(result.outcome);
  });

  it('that are none, or hold no cases, are named', async () => {
    await expect(folderSource('/nowhere')).rejects.toThrow(
      'There is no folder /nowhere; name one that holds golden cases.',
    );
    const empty: GoldenSource = { name: 'empty', list: async () => ['a.json'], read: async () => json({}) };
    await expect(run(empty)).rejects.toThrow(
      'empty holds no golden cases: no JSON file in it names a "case".',
    );
    const broken: GoldenSource = { ...empty, read: async () => new TextEncoder().encode('{') };
    await expect(run(broken)).rejects.toThrow('a.json is not valid JSON.');
  });

  it('whose index names a manifest that is missing are refused', async () => {
    const source = { ...dit, list: async () => (await dit.list()).filter((path) => path !== 'fid.json') };
    await expect(run(source, 'fid')).rejects.toThrow(
      'index.json lists the case fid, but its manifest fid.json is missing.',
    );
  });
});
