// One case or more for every primitive, shared by the gradient checks and by the comparison of engines.
import { known } from '../lib/errors.ts';
import { f32, i32, type Tensor } from '../lib/tensor.ts';
import * as g from './index.ts';
import { values } from './testing.ts';

export type Nodes = Record<string, g.Node>;
export interface PrimitiveCase {
  readonly op: string;
  readonly about?: string;
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly build: (n: Nodes) => g.Node;
}
const at = (n: Nodes, name: string) => known(n[name], name);
const positive = (shape: number[], salt = 1): Tensor => {
  const t = values(shape, salt);
  return { ...t, data: Float64Array.from(t.data, (v) => 0.4 + Math.abs(v)) };
};
const one = (op: string, f: (x: g.Node) => g.Node, x: Tensor = values([2, 3])): PrimitiveCase => ({
  op,
  feeds: { x },
  build: (n) => f(at(n, 'x')),
});
const two = (
  op: string,
  f: (a: g.Node, b: g.Node) => g.Node,
  a: Tensor,
  b: Tensor,
  about = '',
): PrimitiveCase => ({
  op,
  about,
  feeds: { a, b },
  build: (n) => f(at(n, 'a'), at(n, 'b')),
});

export const primitiveCases: readonly PrimitiveCase[] = [
  one('neg', g.neg),
  one('abs', g.abs),
  one('exp', g.exp),
  one('log', g.log, positive([4])),
  one('sqrt', g.sqrt, positive([4])),
  one('reciprocal', g.reciprocal, positive([4])),
  one('tanh', g.tanh),
  one('erf', g.erf),
  one('sigmoid', g.sigmoid),
  one('softplus', g.softplus),
  two('add', g.add, values([2, 3]), values([3], 2), 'broadcast'),
  two('sub', g.sub, values([2, 1, 3]), values([4, 1], 2), 'both sides broadcast'),
  two('mul', g.mul, values([2, 3]), values([2, 1], 2), 'broadcast'),
  two('div', g.div, values([2, 3]), positive([3], 2), 'broadcast'),
  two('pow', g.pow, positive([2, 3]), values([3], 2)),
  two('maximum', g.maximum, values([6]), values([6], 2)),
  two('minimum', g.minimum, values([6]), values([1], 2)),
  one('reshape', (x) => g.reshape(x, [3, 2])),
  one('transpose', (x) => g.transpose(x, [2, 0, 1]), values([2, 3, 4])),
  one('slice', (x) => g.slice(x, 1, 1, 3), values([2, 4])),
  {
    op: 'concat',
    feeds: { a: values([2, 2]), b: values([2, 3], 2) },
    build: (n) => g.concat([at(n, 'a'), at(n, 'b'), at(n, 'a')], 1),
  },
  one(
    'concat',
    (x) =>
      g.concat(
        Array.from({ length: 19 }, (_, i) => g.mul(x, i)),
        0,
      ),
    values([2]),
  ),
  one('pad', (x) => g.pad(x, [1, 0], [0, 2])),
  one('broadcast', (x) => g.broadcast(x, [4, 2, 3]), values([2, 1])),
  two('select', (a, b) => g.select(g.less(a, b), g.mul(a, b), b), values([2, 3]), values([3], 2)),
  one('cast', (x) => g.mul(g.cast(g.less(x, g.scalarOf(0)), 'f32'), x)),
  one('reduceSum', (x) => g.reduceSum(x, [0, 2]), values([2, 3, 4])),
  one('reduceSum', (x) => g.reduceSum(x, [-1], 'keep'), values([2, 3])),
  one('reduceMax', (x) => g.reduceMax(x, [1]), values([3, 4])),
  two('matmul', (a, b) => g.matmul(a, b), values([2, 3]), values([3, 4], 2)),
  two('matmul', (a, b) => g.matmul(a, b, { transposeA: true }), values([3, 2]), values([3, 4], 2), 'ᵀ·'),
  two('matmul', (a, b) => g.matmul(a, b, { transposeB: true }), values([2, 3]), values([4, 3], 2), '·ᵀ'),
  two(
    'matmul',
    (a, b) => g.matmul(a, b, { transposeA: true, transposeB: true }),
    values([2, 3, 2]),
    values([2, 4, 3], 2),
    'batched ᵀ·ᵀ',
  ),
  two('matmul', (a, b) => g.matmul(a, b), values([2, 2, 3]), values([3, 4], 2), 'shared'),
  two(
    'matmul',
    (a, b) => g.matmul(a, b, { transposeA: true }),
    values([2, 3, 2]),
    values([3, 4], 2),
    'shared ᵀ·',
  ),
  two(
    'matmul',
    (a, b) => g.matmul(a, b, { transposeA: true, transposeB: true }),
    values([2, 3, 2]),
    values([4, 3], 2),
    'shared ᵀ·ᵀ',
  ),
  {
    op: 'matmul',
    about: 'linear with bias',
    feeds: { x: values([2, 2, 3]), w: values([4, 3], 2), b: values([4], 3) },
    build: (n) => g.linear(at(n, 'x'), at(n, 'w'), at(n, 'b')),
  },
  one('softmax', g.softmax, values([2, 5])),
  one('layerNorm', (x) => g.layerNorm(x), values([3, 5])),
  one('gelu', g.gelu, f32([6], [-3, -1, -0.2, 0.3, 1.2, 4])),
  {
    op: 'gather',
    feeds: { x: values([4, 2]), rows: i32([3], [2, 0, 2]) },
    build: (n) => g.gather(at(n, 'x'), at(n, 'rows')),
  },
  {
    op: 'scatterAdd',
    feeds: { x: values([3, 2]), rows: i32([3], [2, 0, 2]) },
    build: (n) => g.scatterAdd(4, at(n, 'rows'), at(n, 'x')),
  },
  {
    op: 'takeAlong',
    feeds: { x: values([2, 4]), index: i32([2, 3], [1, 1, 3, 0, 2, 2]) },
    build: (n) => g.takeAlong(at(n, 'x'), at(n, 'index'), 1),
  },
  {
    op: 'addAlong',
    feeds: { x: values([2, 3]), index: i32([2, 3], [1, 1, 3, 0, 2, 2]) },
    build: (n) => g.addAlong([2, 4], at(n, 'index'), at(n, 'x'), 1),
  },
  one('topK', (x) => g.topK(x, 2).values, values([3, 5])),
  one('cumsum', (x) => g.cumsum(x, 1), values([2, 4, 2])),
  one('cumsum', (x) => g.cumsum(x, 0, 'fromEnd'), values([4, 2])),
  two('conv', (a, b) => g.conv2d(a, b), values([2, 2, 4, 3]), values([3, 2, 2, 2], 2)),
  two(
    'conv',
    (a, b) => g.conv2d(a, b, undefined, { stride: [2, 2], padding: [1, 1], dilation: [1, 2], groups: 2 }),
    values([2, 4, 6, 5]),
    values([4, 2, 3, 2], 2),
    'stride, padding, dilation, groups, a remainder',
  ),
  two(
    'conv',
    (a, b) => g.conv2d(a, b, undefined, { stride: [2, 2], padding: [1, 1] }),
    values([2, 6, 4, 4]),
    values([4, 6, 4, 4], 2),
    'channels in threes, results in fours',
  ),
  two(
    'conv',
    (a, b) => g.conv1d(a, b, undefined, { padBefore: 3, groups: 4 }),
    values([2, 4, 6]),
    values([4, 1, 4], 2),
    'causal depthwise 1-D',
  ),
  two(
    'convTranspose',
    (a, b) =>
      g.convTranspose2d(a, b, undefined, {
        stride: [2, 2],
        padding: [1, 1],
        groups: 2,
        outputPadding: [1, 0],
      }),
    values([2, 4, 3, 3]),
    values([4, 3, 3, 3], 2),
  ),
];
