// The passes that make a gradient's graph smaller: what they leave, and that it computes the same.
import { describe, expect, it } from 'vitest';
import { known } from '../lib/errors.ts';
import { f32, sizeOf } from '../lib/tensor.ts';
import { evaluate } from './evaluate.ts';
import { flattenConcats } from './flattenConcats.ts';
import * as g from './index.ts';

const ops = (graph: g.Graph) => graph.nodes.map(({ op }) => op).sort();
const count = (graph: g.Graph, op: string) => ops(graph).filter((name) => name === op).length;

function values(graph: g.Graph): readonly number[] {
  const feeds = Object.fromEntries(
    [...graph.inputs].map(([name, { shape }]) => [
      name,
      f32(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + 1)),
      ),
    ]),
  );
  return Object.values(evaluate(graph, feeds, 'f64')).flatMap(({ data }) => Array.from(data));
}

function expectEqualValues(left: g.Graph, right: g.Graph): void {
  const want = values(right);
  expect(want.length).toBeGreaterThan(0);
  values(left).forEach((value, i) => {
    expect(value).toBeCloseTo(known(want[i], 'value'), 12);
  });
}

describe('the gradient of cutting a tensor', () => {
  const x = g.input('x', [3, 8]);

  it('is one concatenation where the parts cover it', () => {
    const [a, b, c] = [g.slice(x, 1, 0, 2), g.slice(x, 1, 2, 3), g.slice(x, 1, 3, 8)];
    const loss = g.add(g.add(g.reduceSum(g.square(c)), g.reduceSum(g.exp(a))), g.reduceSum(g.tanh(b)));
    const graph = g.graphOf({ d: known(g.gradients(loss, [x])[0], 'd') });
    const small = g.simplify(graph);
    expect(count(graph, 'pad')).toBe(3);
    expect(count(small, 'pad')).toBe(0);
    expect(count(small, 'concat')).toBe(1);
    expectEqualValues(small, graph);
  });

  it.each([
    ['gaps', 0, 3, 4, 8],
    ['overlaps', 0, 5, 4, 8],
  ])('stays a sum where the parts have %s', (_, a0, a1, b0, b1) => {
    const loss = g.add(
      g.reduceSum(g.square(g.slice(x, 1, a0, a1))),
      g.reduceSum(g.exp(g.slice(x, 1, b0, b1))),
    );
    const graph = g.graphOf({ d: known(g.gradients(loss, [x])[0], 'd') });
    const small = g.simplify(graph);
    expect(count(small, 'concat')).toBe(0);
    expectEqualValues(small, graph);
  });

  it('stays a sum where parts lie along different axes', () => {
    const graph = g.graphOf({
      y: g.add(g.padAxis(g.input('a', [1, 2]), 0, 0, 1), g.padAxis(g.input('b', [2, 1]), 1, 1, 0)),
    });
    expect(ops(g.simplify(graph))).toEqual(ops(graph));
  });
});

describe('layer normalisation', () => {
  const op = 'layerNorm';
  const x = g.input('x', [4, 6]);
  const y = g.layerNorm(g.mul(x, 2));

  it('is put together from the parts of its gradient', () => {
    const loss = g.reduceSum(g.mul(y, g.exp(x)));
    const graph = g.graphOf({ loss, d: known(g.gradients(loss, [x])[0], 'd') });
    const small = g.simplify(graph);
    expect(count(graph, op)).toBe(1);
    expect(count(small, op)).toBe(0);
    expect(small.nodes.length).toBeLessThan(graph.nodes.length);
    expectEqualValues(small, graph);
  });

  it('stays one operation without a gradient', () => {
    expect(count(g.simplify(g.graphOf({ y })), op)).toBe(1);
  });
});

describe('flattenConcats', () => {
  it('makes one node of a tree', () => {
    const parts = Array.from({ length: 70 }, (_, i) => g.input(`p${i}`, [i + 1]));
    const graph = g.graphOf({ y: g.concat(parts, 0) });
    const flat = flattenConcats(graph);
    expect(count(graph, 'concat')).toBe(11);
    expect(count(flat, 'concat')).toBe(1);
    expectEqualValues(flat, graph);
  });

  it('leaves a concatenation along another axis alone', () => {
    const inner = g.concat([g.input('a', [2, 1]), g.input('b', [2, 2])], 1);
    const graph = g.graphOf({ y: g.concat([inner, g.input('c', [1, 3])], 0) });
    expect(ops(flattenConcats(graph))).toEqual(ops(graph));
  });
});
