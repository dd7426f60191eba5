// Holds an engine's kernels, and through the gradients its backward graphs, against the reference in double precision.
import * as g from '../graph/index.ts';
import { type Nodes, type PrimitiveCase, primitiveCases } from '../graph/primitiveCases.ts';
import { known } from '../lib/errors.ts';
import { sameShape, type Tensor } from '../lib/tensor.ts';
import type { Engine } from './engine.ts';
import { referenceEngine } from './reference/referenceEngine.ts';

export interface PrimitiveResult {
  readonly name: string;
  /** Largest deviation of any value or gradient over max(1, largest magnitude); infinite where shapes differ. */
  readonly error: number;
}

export function primitiveName({ op, about }: PrimitiveCase): string {
  return about ? `${op} ${about}` : op;
}

/** All cases on one engine, one after another. */
export async function checkPrimitives(engine: Engine): Promise<PrimitiveResult[]> {
  const results: PrimitiveResult[] = [];
  for (const one of primitiveCases) {
    results.push({ name: primitiveName(one), error: await primitiveError(engine, one) });
  }
  return results;
}

export async function primitiveError(engine: Engine, { feeds, build }: PrimitiveCase): Promise<number> {
  const graph = withGradients(feeds, build);
  const want = await runOnce(referenceEngine('f64'), graph, feeds);
  const got = await runOnce(engine, graph, feeds);
  return Math.max(...Object.entries(want).map(([name, value]) => deviation(known(got[name], name), value)));
}

function deviation(got: Tensor, want: Tensor): number {
  if (!sameShape(got.shape, want.shape) || got.data.length !== want.data.length) return Infinity;
  const scale = Math.max(1, ...Array.from(want.data, Math.abs));
  const errors = Array.from(want.data, (value, i) => Math.abs((got.data[i] ?? Number.NaN) - value));
  return errors.some(Number.isNaN) ? Infinity : Math.max(0, ...errors) / scale;
}

/** Compiles, runs once and reads all outputs. */
export async function runOnce(engine: Engine, graph: g.Graph, feeds: Readonly<Record<string, Tensor>>) {
  const program = await engine.compile(graph);
  const outputs = await program.run(feeds);
  const read: Record<string, Tensor> = {};
  for (const [name, output] of Object.entries(outputs)) {
    read[name] = await output.read();
    output.dispose();
  }
  await program.dispose();
  return read;
}

/** The case's value and the gradients of Σ value², so that backward graphs run too. */
function withGradients(feeds: Readonly<Record<string, Tensor>>, build: (n: Nodes) => g.Node): g.Graph {
  const nodes = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [name, g.input(name, feed.shape, feed.dtype)]),
  );
  const y = build(nodes);
  const wrt = Object.keys(feeds).filter((name) => feeds[name]?.dtype === 'f32');
  const gradients = g.gradients(
    g.reduceSum(g.mul(y, y)),
    wrt.map((name) => known(nodes[name], name)),
  );
  return g.graphOf({
    y,
    ...Object.fromEntries(wrt.map((name, i) => [`d_${name}`, known(gradients[i], name)])),
  });
}
