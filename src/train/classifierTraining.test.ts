import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../graph/evaluate.ts';
import { gradients, graphOf, input, type Node } from '../graph/index.ts';
import { known } from '../lib/errors.ts';
import { randomStream } from '../lib/random.ts';
import { f32, i32, type Tensor } from '../lib/tensor.ts';
import { classifierParameters } from '../models/classifier.ts';
import { classifierBatches, classifierLoss, freshClassifier } from './classifierTraining.ts';
import { type Dataset, loadDataset, toModelInput } from './dataset.ts';

const names = classifierParameters().map(([name]) => name);
const pixels = 32 * 32;

function lossGraph(batch: number): { loss: Node; weights: Map<string, Node> } {
  const weights = new Map(classifierParameters().map(([name, shape]) => [name, input(name, shape)]));
  return { ...classifierLoss(batch, (name) => known(weights.get(name), name)), weights };
}

const number = (tensor: Tensor | undefined) => known(tensor, 'result').data[0] ?? Number.NaN;
const scaled = ({ dtype, shape, data }: Tensor, by: number): Tensor => ({
  dtype,
  shape,
  data: Float64Array.from(data, (x) => x * by),
});

describe('classifierLoss', () => {
  const batch = {
    images: f32([2, 1, 32, 32], randomStream(1, 'images').normal(new Float32Array(2 * pixels))),
    labels: i32([2], [3, 9]),
  };
  const { loss, weights } = lossGraph(2);
  const fresh = freshClassifier(0);

  it('is ln 10 where the network knows nothing', () => {
    const nothing = Object.fromEntries(names.map((name) => [name, scaled(known(fresh[name], name), 0)]));
    const { loss: value } = evaluate(graphOf({ loss }), { ...batch, ...nothing }, 'f64');
    expect(number(value)).toBeCloseTo(Math.log(10), 12);
  });

  it('stays finite for logits whose exponential is not', () => {
    const sure = { ...fresh, 'logits.weight': scaled(known(fresh['logits.weight'], 'logits'), 1e4) };
    const { loss: value } = evaluate(graphOf({ loss }), { ...batch, ...sure }, 'f32');
    expect(number(value)).toBeGreaterThan(100);
    expect(number(value)).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it('has the gradient that central differences find along a random direction', () => {
    const direction = Object.fromEntries(
      Object.entries(fresh).map(([name, { shape, data }]) => {
        const z = randomStream(2, name).normal(new Float32Array(data.length));
        return [name, f32(shape, z)];
      }),
    );
    const moved = (by: number) =>
      Object.fromEntries(
        Object.entries(fresh).map(([name, { dtype, shape, data }]) => {
          const along = known(direction[name], name).data;
          return [name, { dtype, shape, data: Float64Array.from(data, (x, i) => x + by * (along[i] ?? 0)) }];
        }),
      );
    const at = (by: number) => number(evaluate(graphOf({ loss }), { ...batch, ...moved(by) }, 'f64').loss);
    const parts = gradients(
      loss,
      names.map((name) => known(weights.get(name), name)),
    );
    const wanted = Object.fromEntries(names.map((name, i) => [name, known(parts[i], name)]));
    const analytic = evaluate(graphOf(wanted), { ...batch, ...fresh }, 'f64');
    let slope = 0;
    for (const name of names) {
      const along = known(direction[name], name).data;
      known(analytic[name], name).data.forEach((g, i) => {
        slope += g * (along[i] ?? 0);
      });
    }
    const step = 1e-6;
    const numeric = (at(step) - at(-step)) / (2 * step);
    expect(Math.abs(numeric)).toBeGreaterThan(1);
    // A unit whose input changes sign within the step bends the loss a little.
    expect(Math.abs(slope - numeric)).toBeLessThan(1e-4 * Math.abs(numeric));
  });
});

describe('classifierBatches', () => {
  let data: Dataset;
  beforeAll(async () => {
    const folder = new URL('../../public/data/fashion-mnist/', import.meta.url);
    data = await loadDataset((name) => readFile(new URL(name, folder)), 'test');
  });
  /** Brightness over black, which no shift inside the padding changes. */
  const light = (images: ArrayLike<number>, n: number) => {
    let sum = 0;
    for (let i = n * pixels; i < (n + 1) * pixels; i++) sum += (images[i] ?? 0) + 1;
    return sum;
  };

  it('depends on the step alone', () => {
    const options = { seed: 0, batch: 8, shift: 2 };
    const inTurn = classifierBatches(data, options);
    for (const step of [0, 1, 250, 251]) inTurn(step);
    expect(inTurn(3)).toEqual(classifierBatches(data, options)(3));
    expect(inTurn(3)).not.toEqual(classifierBatches(data, { ...options, seed: 1 })(3));
  });

  it('shows every image once an epoch, whole, with its label', () => {
    const all = Array.from({ length: data.count }, (_, i) => i);
    const unmoved = toModelInput(data.images, all, new Float32Array(data.count * pixels));
    const wanted = all.map((n) => `${data.labels[n]} ${light(unmoved, n).toFixed(2)}`).sort();
    const batches = classifierBatches(data, { seed: 0, batch: 100, shift: 2 });
    const epoch = (first: number) =>
      Array.from({ length: 20 }, (_, step) => batches(first + step)).flatMap(({ images, labels }) => {
        const [x, y] = [known(images, 'images') as Tensor, known(labels, 'labels') as Tensor];
        return Array.from(y.data, (label, n) => `${label} ${light(x.data, n).toFixed(2)}`);
      });
    const [one, two] = [epoch(0), epoch(20)];
    expect(one).not.toEqual(two);
    expect(one.sort()).toEqual(wanted);
    expect(two.sort()).toEqual(wanted);
  });

  it('moves images by up to the shift in every direction', () => {
    const seen = new Set<string>();
    const white = { images: new Uint8Array(500 * 784).fill(255), labels: new Uint8Array(500), count: 500 };
    const { images } = classifierBatches(white, { seed: 0, batch: 500, shift: 2 })(0);
    const { data: x } = known(images, 'images') as Tensor;
    for (let n = 0; n < 500; n++) {
      const first = x.subarray(n * pixels, (n + 1) * pixels).indexOf(1);
      seen.add(`${Math.floor(first / 32)},${first % 32}`);
      expect(light(x, n)).toBe(2 * 784);
    }
    expect(seen.size).toBe(25);
    expect(seen.has('0,0') && seen.has('4,4') && seen.has('2,2')).toBe(true);
  });
});
