// The PyTorch export: what is in the archive, and, where Python has torch, that model.py computes what Scion computes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../../engine/onnx/nodeRuntime.ts';
import { type OnnxEngine, onnxEngine } from '../../../engine/onnx/onnxEngine.ts';
import { memorySource } from '../../../formats/byteSource.ts';
import { readStored, readZipDirectory } from '../../../formats/zipArchive.ts';
import { operators } from '../../../operators/index.ts';
import { emptyPlan, type Plan } from '../../../plan/plan.ts';
import { exportSafetensors } from '../exportSafetensors.ts';
import type { GraftedModel } from '../graftedModel.ts';
import { probesOf, samplerSteps } from '../probes.ts';
import { mixedPlan, tinyModel, tinyShape } from '../testing.ts';
import { exportPytorch } from './exportPytorch.ts';
import { modelSource } from './modelSource.ts';
import { printers } from './printers/index.ts';

let engine: OnnxEngine;
beforeAll(async () => {
  engine = onnxEngine(await nodeRuntime('cpu', 1));
});
afterAll(() => engine.dispose());

/** Every operator, and a window of both kinds. */
const everything: Plan = {
  ...mixedPlan,
  slots: {
    ...mixedPlan.slots,
    'blocks.6.attn': { operator: 'swa', config: { window: 1, shape: 'grid' }, initialisation: 'auto' },
    'blocks.6.mlp': { operator: 'mlp', config: { ratio: 6 }, initialisation: 'auto' },
  },
};
const latentShape = { ...tinyShape, channels: 4, patchSize: 2, inputSize: 8, learnSigma: false, classes: 5 };
const cases: readonly (readonly [string, GraftedModel])[] = [
  ['a plan with every operator', tinyModel(everything)],
  ['an ungrafted model', tinyModel(emptyPlan('tiny'))],
  ['a latent model without learned variance', tinyModel(everything, latentShape)],
];

/** The records of the archive by their names in the folder. */
async function unpacked(model: GraftedModel): Promise<Map<string, Uint8Array>> {
  const probes = probesOf(model.frame.shape, 2, 6);
  const results = await samplerSteps(engine, model, probes);
  const weights = new Blob([exportSafetensors(model, { dtype: 'f32' }).bytes]);
  const { name, blob } = await exportPytorch(model, weights, { probes, results });
  const source = memorySource(new Uint8Array(await blob.arrayBuffer()), name);
  const files = new Map<string, Uint8Array>();
  for (const [path, entry] of await readZipDirectory(source)) {
    files.set(path.split('/').slice(1).join('/'), await readStored(source, entry));
  }
  return files;
}

describe('model.py', () => {
  it('has a printer for every operator', () => {
    expect(printers.map(({ operator }) => operator).sort()).toEqual(operators.map(({ id }) => id).sort());
  });

  it('has one class for each operator that is used, and no other', () => {
    const all = modelSource(tinyModel(everything));
    for (const { className } of printers) expect(all.split(`class ${className}(`)).toHaveLength(2);
    const base = modelSource(tinyModel(emptyPlan('tiny')));
    const used = printers.filter(({ className }) => base.includes(`class ${className}(`));
    expect(used.map(({ operator }) => operator)).toEqual(['mha', 'mlp']);
    expect(base).not.toContain('CausalFilter');
  });

  it('says which operator stands where', () => {
    const text = modelSource(tinyModel(everything));
    expect(text).toContain(
      '(SlidingWindowAttention(32, heads=2, tokens=16, window=2), MLP(32, hidden=96)),  # block 0, grafted: attn, mlp',
    );
    expect(text).toContain('window=1, columns=4');
    expect(text).toContain('HyenaXMLP(32, inner=64, tokens=16, taps=4)');
  });

  it('cannot be broken out of by the name of a base', () => {
    const text = modelSource(tinyModel(emptyPlan('x"""\nimport os\n"""\\')));
    expect(text.startsWith('"""x\\"\\"\\"\\nimport os\\n\\"\\"\\"\\\\ as it was')).toBe(true);
  });
});

describe('the archive', () => {
  it('holds the model, its weights, its plan and recorded steps', async () => {
    const files = await unpacked(tinyModel(everything));
    expect([...files.keys()]).toEqual([
      'README.md',
      'model.py',
      'plan.json',
      'check.safetensors',
      'model.safetensors',
    ]);
    expect(JSON.parse(new TextDecoder().decode(files.get('plan.json')))).toEqual(everything);
    expect(new TextDecoder().decode(files.get('README.md'))).toContain('| Block 4 attention | Mamba-2 |');
  });
});

const python = process.env.PYTHON ?? 'python3';

function hasTorch(): boolean {
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasTorch())('PyTorch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scion-pytorch-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(cases)(
    'loads every tensor of %s and repeats the recorded steps',
    async (name, model) => {
      const place = join(folder, name.replaceAll(' ', '-'));
      for (const [file, bytes] of await unpacked(model)) {
        mkdirSync(dirname(join(place, file)), { recursive: true });
        writeFileSync(join(place, file), bytes);
      }
      const printed = execFileSync(python, ['model.py'], { cwd: place, encoding: 'utf8' });
      const found = /over 6 denoising steps: x_prev (\S+), x0 (\S+), eps (\S+)/.exec(printed) ?? [];
      expect(Number(found[1])).toBeLessThan(2e-5);
      // At pure noise, x0 multiplies the rounding of eps by √(1/abar − 1) = 157.
      expect(Number(found[2])).toBeLessThan(1e-3);
      expect(Number(found[3])).toBeLessThan(2e-5);
      const draw =
        'from model import load, sample; x = sample(load(), [0, 1], steps=3); print(*x.shape, x.isfinite().all().item())';
      const { channels, inputSize } = model.frame.shape;
      expect(execFileSync(python, ['-c', draw], { cwd: place, encoding: 'utf8' }).trim()).toBe(
        `2 ${channels} ${inputSize} ${inputSize} True`,
      );
    },
    120_000,
  );
});
