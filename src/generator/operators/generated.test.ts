// Operators that are generated: bases of slots, edits as tokens, the file, and what is written for an edit.
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import type { SlotId } from '../../plan/plan.ts';
import { blockSamples } from '../denoiser/blockSamples.ts';
import { freshUnet } from '../denoiser/freshUnet.ts';
import { DenoiserRun } from '../denoiser/training.ts';
import type { FittedOperator } from './collect.ts';
import { tokensOf } from './editTokens.ts';
import { inspectWritten } from './inspectWritten.ts';
import { operatorMaterial } from './operatorMaterial.ts';
import {
  decodeOperatorModel,
  encodeOperatorModel,
  type OperatorModel,
  operatorBlock,
  ourOperatorDenoiser,
} from './operatorModel.ts';
import { OperatorWriter } from './operatorWriter.ts';
import { coefficients, deviationOf, slotBasis } from './slotBasis.ts';

const size = 12;
const slots: readonly SlotId[] = ['blocks.0.attn', 'blocks.2.attn'];
const all = { name: 'all classes', classes: [0, 1, 2] };
const engine = onnxEngine(await nodeRuntime('cpu', 1));

/** A deviation that grows with the window, in a direction of the slot's own, around a mean of the slot's own. */
function fitted(operator: string, window: number, slot: SlotId): FittedOperator {
  const along = randomStream(1, operator, slot, 'direction').normal(new Float32Array(size));
  const mean = randomStream(1, operator, slot, 'mean').normal(new Float32Array(size));
  const deviation = mean.map((value, i) => value + Math.log2(window) * (along[i] ?? 0));
  return {
    condition: { slot, operator, config: { window }, slice: all },
    seed: 0,
    deviations: [deviation, deviation.map((value) => 1.01 * value)],
    initialError: 1,
    finalError: 0.5,
  };
}

const training = ['swa', 'hyena_x'].flatMap((operator) =>
  [1, 2, 8, 16].flatMap((window) => slots.map((slot) => fitted(operator, window, slot))),
);
const { operators, material } = operatorMaterial(training, operatorBlock);

function model(weights = freshUnet(ourOperatorDenoiser.unet, 0)): OperatorModel {
  const trained = training.map(({ condition: { operator, slot, config }, deviations }) => {
    const basis = known(operators.get(operator)?.get(slot), 'basis');
    const values = [...coefficients(basis, known(deviations.at(-1), 'deviation'))];
    return { operator, slot, label: `${operator} ${config.window}`, values };
  });
  return { config: ourOperatorDenoiser, base: 'b'.repeat(64), timestep: 999, operators, weights, trained };
}

const distance = (a: Float32Array, b: Float32Array) =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? Number.NaN)) ** 2, 0));

describe("a slot's basis", () => {
  const rows = Array.from({ length: 5 }, (_, n) => randomStream(n, 'row').normal(new Float32Array(size)));

  it('gives every fitted deviation back where it has as many components as they span', () => {
    const basis = slotBasis(rows, 4);
    for (const row of rows)
      expect(distance(deviationOf(basis, coefficients(basis, row)), row)).toBeLessThan(1e-4);
    const squares = rows.flatMap((row) => [...coefficients(basis, row)]).reduce((sum, c) => sum + c * c, 0);
    expect(squares / (rows.length * 4)).toBeCloseTo(1, 4);
  });

  it('keeps the direction of the largest variance first', () => {
    const stretched = rows.map((row) => row.map((value, i) => (i === 7 ? 100 * value : value)));
    const { components } = slotBasis(stretched, 1);
    expect(Math.abs(components[7] ?? 0)).toBeGreaterThan(0.99);
  });

  it('of one deviation is that deviation', () => {
    const [row] = rows;
    const basis = slotBasis([known(row, 'row')], 4);
    expect(deviationOf(basis, [1, 1, 1, 1])).toEqual(row);
  });
});

describe('an edit', () => {
  const edit = { operator: 'swa', config: { window: 4, shape: 'raster' }, slice: all };

  it('tells operator, number and classes apart', () => {
    const ids = ['swa', 'hyena_x'];
    const tokens = tokensOf(edit, ids);
    expect(tokensOf({ ...edit, operator: 'hyena_x' }, ids)).not.toEqual(tokens);
    expect(tokensOf({ ...edit, config: { window: 5 } }, ids)).not.toEqual(tokens);
    expect(tokensOf({ ...edit, slice: { name: 'some', classes: [1] } }, ids)).not.toEqual(tokens);
  });

  it('of an unknown operator is refused in a sentence', () => {
    expect(() => tokensOf({ ...edit, operator: 'mamba2' }, ['swa', 'hyena_x'])).toThrow(
      'The generator knows swa, hyena_x, and not mamba2.',
    );
  });
});

describe('what was written, beside what was fitted', () => {
  const trained = [
    { label: 'a', values: [1, 0] },
    { label: 'b', values: [0, 1] },
    { label: 'c', values: [-1, 0] },
  ];

  it('is told to be a copy, as large as one', () => {
    const found = inspectWritten([1, 0], trained);
    expect(found).toMatchObject({ nearest: { label: 'a', distance: 0 }, trained: 3 });
    expect(found.normRatio).toBeCloseTo(1, 10);
    expect(found.typical).toBeCloseTo(1, 10);
    expect(found.mean).toBeCloseTo(Math.SQRT1_2, 10);
  });

  it('is told to be the mean, and small', () => {
    expect(inspectWritten([0, 0], trained)).toMatchObject({ mean: 0, normRatio: 0 });
  });

  it('needs two to compare with', () => {
    expect(() => inspectWritten([1, 0], trained.slice(0, 1))).toThrow(
      'Fewer than two operators were fitted in this slot; there is nothing to compare with.',
    );
  });
});

describe('the generator of operators', () => {
  it('has one entry a run, and trains on the layers that were fitted alone', () => {
    expect(material.entries).toHaveLength(8);
    expect(material.blocks).toEqual([0, 2]);
    const [entry] = material.entries;
    expect(entry?.checkpoints).toHaveLength(2);
    expect(entry?.checkpoints[0]).toHaveLength(3 * operatorBlock);
  });

  it('learns edits, and writes one between them nearer than their mean is', async () => {
    const recipe = { steps: 150, batch: 16, rate: 5e-3, floor: 1e-3, warmup: 5, ema: 0.9, seed: 0 };
    const samples = blockSamples(ourOperatorDenoiser, material, recipe);
    const run = await DenoiserRun.on(engine, ourOperatorDenoiser, recipe, {
      samples,
      tokens: material.tokens,
    });
    while (run.step < recipe.steps) await run.advance();
    const writer = await OperatorWriter.create(engine, model(await run.averaged()));
    let [own, mean] = [0, 0];
    for (const slot of slots) {
      for (const window of [1, 16]) {
        const { condition, deviations } = fitted('swa', window, slot);
        const wanted = known(deviations.at(-1), 'deviation');
        const written = known(await writer.deviation(condition, size), 'written');
        own += distance(written, wanted);
        mean += distance(known(operators.get('swa')?.get(slot), 'basis').centre, wanted);
      }
    }
    expect(own).toBeLessThan(0.5 * mean);
  }, 120_000);

  it('says of what it wrote how large it is, and which trained one is nearest', async () => {
    const writer = await OperatorWriter.create(engine, model());
    const { condition } = fitted('swa', 4, slots[0] ?? 'blocks.0.attn');
    const found = known(await writer.inspect(condition, size), 'inspection');
    expect(found.trained).toBe(4);
    expect(found.normRatio).toBeGreaterThan(0);
    expect(['swa 1', 'swa 2', 'swa 8', 'swa 16']).toContain(found.nearest.label);
    expect(await writer.inspect({ ...condition, operator: 'mamba2' }, size)).toBeUndefined();
  });

  it('writes nothing for an operator, a slot or a size that it does not know', async () => {
    const writer = await OperatorWriter.create(engine, model());
    const { condition } = fitted('swa', 4, slots[0] ?? 'blocks.0.attn');
    expect(await writer.deviation(condition, size)).toHaveLength(size);
    expect(await writer.deviation(condition, size + 1)).toBeUndefined();
    expect(await writer.deviation({ ...condition, slot: 'blocks.1.attn' }, size)).toBeUndefined();
    expect(await writer.deviation({ ...condition, operator: 'mamba2' }, size)).toBeUndefined();
  });

  it('is read back from its file, in half precision', async () => {
    const read = await decodeOperatorModel(encodeOperatorModel(model(), { steps: '1' }), 'operators');
    expect(read.config).toEqual(ourOperatorDenoiser);
    const [before, after] = [
      operators.get('swa')?.get('blocks.2.attn'),
      read.operators.get('swa')?.get('blocks.2.attn'),
    ];
    expect(after?.scale).toBe(before?.scale);
    after?.components.forEach((value, i) => {
      expect(value).toBeCloseTo(before?.components[i] ?? Number.NaN, 3);
    });
  });

  it('is refused in a sentence where the file is another one or was cut', async () => {
    const { weights } = model();
    const { 'conv_in.weight': _, ...rest } = weights;
    await expect(
      decodeOperatorModel(encodeOperatorModel({ ...model(), weights: rest }, {}), 'o.safetensors'),
    ).rejects.toThrow('o.safetensors lacks "conv_in.weight"; make it again with generator:operators:train.');
    const bytes = encodeOperatorModel(model(), {});
    await expect(decodeOperatorModel(bytes.subarray(0, 4000), 'o.safetensors')).rejects.toThrow(
      /o\.safetensors/,
    );
  });
});
