// Exported files on a tiny model with every operator: what is in them, and what they compute in a stock runtime.
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearSchedule, respaced } from '../../diffusion/schedule.ts';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { type OnnxEngine, onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { memorySource } from '../../formats/byteSource.ts';
import { decodeOnnx } from '../../formats/onnxModel.ts';
import { readSafetensors } from '../../formats/safetensors.ts';
import { known } from '../../lib/errors.ts';
import { floatsOfHalves, halvesOf } from '../../lib/half.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import { graftsOf } from '../../models/pictures.ts';
import { operators } from '../../operators/index.ts';
import { planHash } from '../../plan/hash.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { parsePlanText } from '../../plan/validate.ts';
import { layoutOf, pack } from '../parameters.ts';
import { Sampler } from '../sampling.ts';
import { checkOnnx, checkSafetensors } from './checkExport.ts';
import { exportModel } from './exportModel.ts';
import { exportOnnx } from './exportOnnx.ts';
import { exportSafetensors } from './exportSafetensors.ts';
import type { GraftedModel } from './graftedModel.ts';
import { fileFeeds, largestDeviation, probesOf, samplerSteps } from './probes.ts';
import { stepOutputs } from './stepGraph.ts';
import { mixedPlan, tinyModel, tinyShape } from './testing.ts';

const model = tinyModel();

/** At pure noise, x0 multiplies the rounding of eps by √(1/abar − 1) = 157. */
const tolerance = { x_prev: 1e-5, eps: 1e-5, x0: 1e-4 } as const;

let engine: OnnxEngine;
beforeAll(async () => {
  engine = onnxEngine(await nodeRuntime('cpu', 1));
});
afterAll(() => engine.dispose());

/** The same model with one number of one tensor moved. */
function nudged(by: number): GraftedModel {
  const name = 'blocks.4.attn.conv1d.weight';
  const { shape, data } = known(model.weights[name], name);
  const moved = Float32Array.from(data);
  moved[0] = (moved[0] ?? 0) + by;
  return { ...model, weights: { ...model.weights, [name]: f32(shape, moved) } };
}

it('tests on a model with every operator', () => {
  const used = Object.values(mixedPlan.slots).map((slot) => slot?.operator);
  expect([...new Set(used)].sort()).toEqual(operators.map(({ id }) => id).sort());
});

describe('a safetensors export', () => {
  it('computes exactly what the model in memory computes', async () => {
    const { name, maxDeviation, inputs, checked } = await exportModel(engine, model, {
      format: 'safetensors',
      dtype: 'f32',
    });
    expect(name).toBe(`tiny-${planHash(mixedPlan).slice(0, 8)}.safetensors`);
    expect(maxDeviation).toBe(0);
    expect(checked).toBe(
      `Read back from its bytes, every weight unchanged, and run for ${inputs} denoising steps from seeded noise beside the model in memory, on ${engine.description}.`,
    );
  });

  it('deviates a little with 16-bit weights, and says why', async () => {
    const half = await exportModel(engine, model, { format: 'safetensors', dtype: 'f16' });
    expect(half.maxDeviation).toBeGreaterThan(1e-6);
    expect(half.maxDeviation).toBeLessThan(0.05);
    expect(half.checked).toMatch(
      /, \d+ of \d+ weights rounded to 16 bits, .*; the largest deviation is in \w+ at timestep \d+\.$/,
    );
    expect(half.name.endsWith('-f16.safetensors')).toBe(true);
    expect(half.blob.size).toBeLessThan(0.6 * exportSafetensors(model, { dtype: 'f32' }).bytes.length);
  });

  it('loses nothing in 16 bits where every weight fits them, and claims no rounding', async () => {
    const rounded = ({ shape, data }: Tensor) => f32(shape, floatsOfHalves(halvesOf(data)));
    const fitting: GraftedModel = {
      ...model,
      frame: { ...model.frame, position: rounded(model.frame.position) },
      weights: Object.fromEntries(Object.entries(model.weights).map(([name, held]) => [name, rounded(held)])),
    };
    const half = await exportModel(engine, fitting, { format: 'safetensors', dtype: 'f16' });
    expect(half.maxDeviation).toBe(0);
    expect(half.checked).toContain('every weight unchanged');
  });

  it('has the names of facebookresearch/DiT and of the operators, and the plan', async () => {
    const { bytes, name } = exportSafetensors(model, { dtype: 'f32' });
    const { metadata, tensors } = await readSafetensors(memorySource(bytes, name));
    expect([...tensors.keys()]).toEqual(
      expect.arrayContaining([
        'pos_embed',
        'x_embedder.proj.weight',
        'blocks.0.attn.Wqkv.weight',
        'blocks.1.attn.inner_filter.weight',
        'blocks.1.mlp.short_filter.weight',
        'blocks.4.attn.A_log',
        'blocks.6.attn.qkv.weight',
        'final_layer.adaLN_modulation.1.bias',
      ]),
    );
    expect(tensors.size).toBe(Object.keys(model.weights).length + 1);
    expect(metadata).toMatchObject({
      format: 'pt',
      hidden_size: '32',
      num_heads: '2',
      scion_base: 'tiny',
      scion_plan_hash: planHash(mixedPlan),
      timestep_divisor: 'half',
      pretraining_flops: '1000000000000',
      data: 'noise',
    });
    expect(metadata.scion_version).toMatch(/^\d+\.\d+\.\d+/);
    expect(parsePlanText(known(metadata.scion_plan, 'plan'))).toEqual(mixedPlan);
  });

  it('is the same bytes each time', () => {
    const [a, b] = [
      exportSafetensors(model, { dtype: 'f32' }),
      exportSafetensors(tinyModel(), { dtype: 'f32' }),
    ];
    expect(Buffer.from(a.bytes).equals(b.bytes)).toBe(true);
  });

  it('is caught when a single weight in it is another', async () => {
    const file = exportSafetensors(nudged(0.5), { dtype: 'f32' });
    const { maxDeviation, checked } = await checkSafetensors(engine, model, file);
    expect(maxDeviation).toBeGreaterThan(1e-4);
    expect(checked).toMatch(/, 1 of \d+ weights changed, /);
  });
});

describe('an ONNX export', () => {
  it('is checked on the spot', async () => {
    const { name, maxDeviation, checked } = await exportModel(engine, model, { format: 'onnx', batch: 1 });
    expect(name).toBe(`tiny-${planHash(mixedPlan).slice(0, 8)}.onnx`);
    expect(maxDeviation).toBeLessThan(tolerance.x0);
    expect(checked).toContain('beside the editor’s own sampler');
  });

  it('is caught when a single weight in it is another', async () => {
    const check = await checkOnnx(engine, model, exportOnnx(nudged(0.5)));
    expect(check.maxDeviation).toBeGreaterThan(1e-4);
  });

  it('opens in a stock runtime, takes NumPy’s integers, and steps as the sampler does', async () => {
    const session = await InferenceSession.create(exportOnnx(model, { batch: 2 }).bytes);
    expect(session.inputNames).toEqual(['x', 't', 't_prev', 'y', 'guidance']);
    expect(session.outputNames).toEqual(['x_prev', 'x0', 'eps']);
    const probes = probesOf(tinyShape, 2, 3);
    const wanted = await samplerSteps(engine, model, probes);
    for (const [i, probe] of probes.entries()) {
      const feeds = Object.entries(fileFeeds(probe)).map(([name, { dtype, shape, data }]) => [
        name,
        dtype === 'i32'
          ? new OrtTensor('int64', BigInt64Array.from(data, BigInt), shape)
          : new OrtTensor('float32', Float32Array.from(data), shape),
      ]);
      const results = await session.run(Object.fromEntries(feeds));
      const want = known(wanted[i], 'sampler step');
      for (const name of stepOutputs) {
        const got = known(results[name], name);
        expect(got.dims).toEqual([2, 1, 16, 16]);
        want[name].data.forEach((value, k) => {
          expect(Math.abs(Number(got.data[k]) - value)).toBeLessThan(tolerance[name]);
        });
      }
    }
    await session.release();
  });

  it('draws the picture that the editor draws', async () => {
    const grafts = graftsOf(mixedPlan);
    const options = { batch: 1, kind: 'ddim', guidance: 'guided' } as const;
    const sampler = await Sampler.create(engine, model.frame, grafts, options);
    const layout = layoutOf(parameterShapes(tinyShape, grafts));
    const parameters = f32([layout.size], pack(layout, model.weights));
    const request = { seeds: [11], classes: [4], guidance: 2, steps: 8 };
    let drawn = new Float32Array();
    for await (const step of sampler.draw(parameters, request)) drawn = Float32Array.from(await step.read());
    await sampler.dispose();

    const opened = await engine.openModel(exportOnnx(model).bytes);
    let x = f32([1, 1, 16, 16], randomStream(11, 'sample', 'start').normal(new Float32Array(256)));
    const { timestepMap } = respaced(linearSchedule(), '8');
    let x0 = new Float32Array();
    for (let step = 7; step >= 0; step--) {
      const feeds = fileFeeds({
        x,
        y: { dtype: 'i32', shape: [1], data: Int32Array.of(4) },
        step: 0,
        guidance: 2,
      });
      const ends = { t: timestepMap[step] ?? Number.NaN, t_prev: timestepMap[step - 1] ?? -1 };
      const times = Object.entries(ends).map(([name, value]) => [
        name,
        { dtype: 'i32', shape: [1], data: Int32Array.of(value) } as const,
      ]);
      const results = await opened.run({ ...feeds, ...Object.fromEntries(times) });
      x = known(results.x_prev, 'x_prev');
      x0 = Float32Array.from(known(results.x0, 'x0').data);
    }
    await opened.dispose();
    const furthest = Math.max(...drawn.map((value, i) => Math.abs(value - (x0[i] ?? Number.NaN))));
    expect(furthest).toBeLessThan(1e-4);
    expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(0.1);
  });

  it('guides only the first three of four channels, as the editor does', async () => {
    const latent = tinyModel(emptyPlan('latent'), { ...tinyShape, channels: 4, depth: 2 });
    const { name, maxDeviation } = await exportModel(engine, latent, { format: 'onnx', batch: 3 });
    expect(name).toBe('latent.onnx');
    expect(maxDeviation).toBeLessThan(tolerance.x0);
  });

  it('holds the weights under their checkpoint names, and tells how to use it', () => {
    const { graph, metadata } = decodeOnnx(exportOnnx(model).bytes);
    const names = graph.initializers.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['pos_embed', ...Object.keys(model.weights)]));
    expect(metadata.usage).toContain('step.run(["x_prev"]');
    expect(metadata.inputs).toContain('x float32 [1, 1, 16, 16]');
    expect(metadata.outputs).toContain('eps float32 [1, 1, 16, 16]');
    expect(metadata.format).toBeUndefined();
  });

  it.each([0, 1.5, 4096])('refuses %s images a run', (batch) => {
    expect(() => exportOnnx(model, { batch })).toThrow(
      `An ONNX file computes 1 to 1024 images in one run, got ${batch}.`,
    );
  });
});

describe('a model that computes no numbers', () => {
  it('is not exported', async () => {
    await expect(exportModel(engine, nudged(Number.NaN), { format: 'onnx', batch: 1 })).rejects.toThrow(
      /^blocks\.4\.attn\.conv1d\.weight of tiny-.*\.onnx holds NaN at position 0/,
    );
    const huge = nudged(3e38);
    await expect(exportModel(engine, huge, { format: 'safetensors', dtype: 'f16' })).rejects.toThrow(
      'holds Infinity at position 0',
    );
  });

  it('counts as no agreement', async () => {
    const probes = probesOf(tinyShape, 1, 2);
    const [step] = await samplerSteps(engine, model, probes);
    const sound = known(step, 'step');
    const broken = { ...sound, x0: f32([1, 1, 16, 16], new Float32Array(256).fill(Number.NaN)) };
    expect(largestDeviation(probes, [broken, sound], [sound, sound])).toEqual({
      value: Number.NaN,
      output: 'x0',
      timestep: 999,
    });
  });
});
