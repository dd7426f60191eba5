// Runs a graph with the primitives' reference kernels: slow, exact, the truth for tests and for constant folding.
import { assert, known, ShapeError } from '../lib/errors.ts';
import {
  type DType,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  type Tensor,
  type TensorData,
} from '../lib/tensor.ts';
import type { Graph, Node } from './graph.ts';
import { primitiveOf } from './primitive.ts';
import { constantValue } from './primitives/leaf.ts';

/** How f32 values are held between operations; sums inside an operation are always in double precision. */
export type Precision = 'f32' | 'f64';

function allocate(dtype: DType, shape: Shape, precision: Precision): TensorData {
  const n = sizeOf(shape);
  if (dtype === 'f32') return precision === 'f64' ? new Float64Array(n) : new Float32Array(n);
  assert(dtype !== 'f16', () => 'the reference engine computes in f32 and f64');
  return dtype === 'i32' ? new Int32Array(n) : new Uint8Array(n);
}

function held(value: Tensor, precision: Precision): TensorData {
  if (value.dtype !== 'f32') return value.data;
  const wanted = precision === 'f64' ? Float64Array : Float32Array;
  return value.data instanceof wanted ? value.data : wanted.from(value.data);
}

/** Checks a feed against the input it is for. */
export function checkFeed(name: string, node: Node, feed: { dtype: DType; shape: Shape } | undefined): void {
  if (!feed) throw new ShapeError(`The graph's input "${name}" was not fed.`);
  if (feed.dtype !== node.dtype || !sameShape(feed.shape, node.shape)) {
    throw new ShapeError(
      `The graph's input "${name}" is ${node.dtype}${showShape(node.shape)}, but ${feed.dtype}${showShape(feed.shape)} was fed.`,
    );
  }
}

/** All outputs of the graph. Values are dropped as soon as nothing needs them. */
export function evaluate(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
  precision: Precision,
): Record<string, Tensor> {
  const uses = new Map<Node, number>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
  }
  for (const node of graph.outputs.values()) uses.set(node, (uses.get(node) ?? 0) + 1);
  const values = new Map<Node, TensorData>();
  for (const node of graph.nodes) {
    values.set(node, compute(node, values, feeds, precision));
    for (const input of node.inputs) {
      const left = (uses.get(input) ?? 0) - 1;
      uses.set(input, left);
      if (left === 0) values.delete(input);
    }
  }
  const outputs: Record<string, Tensor> = {};
  for (const [name, node] of graph.outputs) {
    outputs[name] = { dtype: node.dtype, shape: node.shape, data: known(values.get(node), name) };
  }
  return outputs;
}

function compute(
  node: Node,
  values: ReadonlyMap<Node, TensorData>,
  feeds: Readonly<Record<string, Tensor>>,
  precision: Precision,
): TensorData {
  if (node.op === 'constant') return held(constantValue(node), precision);
  if (node.op === 'input') {
    const name = String(node.attrs.name);
    const feed = feeds[name];
    checkFeed(name, node, feed);
    return held(known(feed, name), precision);
  }
  return primitiveOf(node.op).kernel({
    inputs: node.inputs.map((input) => known(values.get(input), `value of ${input.op}`)),
    nodes: node.inputs,
    attrs: node.attrs,
    node,
    allocate: () => allocate(node.dtype, node.shape, precision),
  });
}
