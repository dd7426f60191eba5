// Every primitive: its gradient against central differences in float64, its values against hand-made ones.
import { describe, expect, it } from 'vitest';
import { known } from '../lib/errors.ts';
import { f32, type Tensor } from '../lib/tensor.ts';
import { evaluate } from './evaluate.ts';
import * as g from './index.ts';
import { allPrimitives } from './primitive.ts';
import { type Nodes, primitiveCases } from './primitiveCases.ts';
import { gradientError } from './testing.ts';

const at = (n: Nodes, name: string) => known(n[name], name);

describe('gradients against central differences', () => {
  for (const { op, about, feeds, build } of primitiveCases) {
    it(`${op} ${about ?? ''}`, () => {
      expect(gradientError(feeds, build)).toBeLessThan(1e-8);
    });
    it(`${op} ${about ?? ''}, second order`, () => {
      const squared = (n: Nodes) => {
        const y = build(n);
        const names = Object.keys(feeds).filter((name) => feeds[name]?.dtype === 'f32');
        const first = g.gradients(
          g.reduceSum(g.mul(y, y)),
          names.map((name) => at(n, name)),
        );
        return g.concat(
          first.map((d) => g.reshape(d, [d.shape.reduce((a, b) => a * b, 1)])),
          0,
        );
      };
      expect(gradientError(feeds, squared)).toBeLessThan(1e-7);
    });
  }

  it('covers every differentiable primitive', () => {
    const flat = ['input', 'constant', 'sign', 'not', 'less', 'equal', 'and', 'topK', 'stopGradient'];
    const tested = new Set([...primitiveCases.map((c) => c.op), 'topK', ...flat]);
    const missing = allPrimitives()
      .map((p) => p.name)
      .filter((name) => !tested.has(name));
    expect(missing).toEqual([]);
  });
});

describe('values', () => {
  const run = (y: g.Node, feeds: Record<string, Tensor> = {}) =>
    Array.from(known(evaluate(g.graphOf({ y }), feeds, 'f64').y, 'y').data);
  const c = (shape: number[], data: number[]) => g.constant(f32(shape, data));

  it('erf is exact to 1e-15', () => {
    const got = run(g.erf(g.constant({ dtype: 'f32', shape: [4], data: Float64Array.of(0.5, 1, 2.4, -3) })));
    const want = [0.5204998778130465, 0.8427007929497149, 0.999311486103355, -0.9999779095030014];
    got.forEach((v, i) => {
      expect(Math.abs(v - (want[i] ?? 0))).toBeLessThan(2e-15);
    });
  });
  it('comparisons, logic and signs', () => {
    const a = c([3], [1, 2, 3]);
    const b = c([3], [2, 2, 2]);
    expect(run(g.less(a, b))).toEqual([1, 0, 0]);
    expect(run(g.equal(a, b))).toEqual([0, 1, 0]);
    expect(run(g.and(g.not(g.less(a, b)), g.not(g.equal(a, b))))).toEqual([0, 0, 1]);
    expect(run(g.sign(c([3], [-2, 0, 5])))).toEqual([-1, 0, 1]);
  });
  it('top-k gives the earlier position first among equals', () => {
    expect(run(g.topKIndices(c([1, 5], [1, 7, 3, 7, 0]), 3))).toEqual([1, 3, 2]);
  });
  it('gelu is the tanh form', () => {
    const x = 1.3;
    const want = 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    const [got] = run(g.gelu(g.constant({ dtype: 'f32', shape: [1], data: Float64Array.of(x) })));
    expect(got).toBeCloseTo(want, 14);
  });
  it('a strided convolution by hand', () => {
    const y = g.conv1d(c([1, 1, 5], [1, 2, 3, 4, 5]), c([1, 1, 2], [10, 1]), c([1], [0.5]), { stride: 2 });
    expect(run(y)).toEqual([12.5, 34.5]);
  });
});

describe('stopGradient', () => {
  it('passes the value and stops the gradient', () => {
    const x = g.input('x', [1]);
    const [d] = g.gradients(g.reduceSum(g.mul(x, g.stopGradient(x))), [x]);
    const y = evaluate(g.graphOf({ d: known(d, 'd') }), { x: f32([1], [3]) }, 'f64').d;
    expect(y?.data[0]).toBe(3);
  });
});

describe('shape errors name the operation, the shapes and the scope', () => {
  it('matmul', () => {
    const x = g.input('x', [2, 16, 32]);
    const w = g.input('w', [48, 16]);
    expect(() => g.scoped('blocks.3', () => g.scoped('attn.qkv', () => g.linear(x, w)))).toThrow(
      'matmul(f32[2, 16, 32], f32[48, 16]) in blocks.3.attn.qkv: the inner extents 32 and 16 differ.',
    );
  });
  it('broadcasting', () => {
    expect(() => g.add(g.input('a', [2, 3]), g.input('b', [2]))).toThrow(
      'add(f32[2, 3], f32[2]): the shapes do not broadcast.',
    );
  });
});
