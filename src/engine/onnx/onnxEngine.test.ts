// ONNX Runtime on Node against the reference engine: every primitive and its gradients, and the engine's own contract.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as g from '../../graph/index.ts';
import { type Nodes, primitiveCases } from '../../graph/primitiveCases.ts';
import { known } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { Engine } from '../engine.ts';
import { referenceEngine } from '../reference/referenceEngine.ts';
import { deviceError } from './guard.ts';
import { nodeRuntime } from './nodeRuntime.ts';
import { onnxEngine } from './onnxEngine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = onnxEngine(await nodeRuntime());
});
afterAll(() => engine.dispose());

async function run(on: Engine, graph: g.Graph, feeds: Record<string, Tensor>) {
  const program = await on.compile(graph);
  const outputs = await program.run(feeds);
  const read: Record<string, Tensor> = {};
  for (const [name, output] of Object.entries(outputs)) read[name] = await output.read();
  await program.dispose();
  return read;
}

/** The case's value and the gradients of Σ value², so that backward graphs are lowered too. */
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

describe('every primitive agrees with the reference', () => {
  for (const { op, about, feeds, build } of primitiveCases) {
    it(`${op} ${about ?? ''}`, async () => {
      const graph = withGradients(feeds, build);
      const want = await run(referenceEngine('f64'), graph, feeds);
      const got = await run(engine, graph, feeds);
      for (const [name, reference] of Object.entries(want)) {
        const result = known(got[name], name);
        expect(result.shape).toEqual(reference.shape);
        const scale = Math.max(1, ...Array.from(reference.data, Math.abs));
        reference.data.forEach((value, i) => {
          expect(Math.abs((result.data[i] ?? Number.NaN) - value)).toBeLessThan(2e-6 * scale);
        });
      }
    });
  }
});

describe('the engine', () => {
  const doubled = g.graphOf({ y: g.mul(g.input('x', [3]), 2) });

  it('keeps results as feeds of the next run and writes into given tensors', async () => {
    const program = await engine.compile(doubled);
    let state = engine.upload(f32([3], [1, 2, 3]));
    let room = engine.upload(f32([3], [0, 0, 0]));
    for (let step = 0; step < 4; step++) {
      const next = known((await program.run({ x: state }, { y: room })).y, 'y');
      room = state;
      state = next;
    }
    expect(Array.from((await state.read()).data)).toEqual([16, 32, 48]);
    await program.dispose();
  });

  it('gives an input back under an output name', async () => {
    const x = g.input('x', [2]);
    const got = await run(engine, g.graphOf({ same: x, also: x }), { x: f32([2], [5, 6]) });
    expect(Array.from(known(got.same, 'same').data)).toEqual([5, 6]);
    expect(Array.from(known(got.also, 'also').data)).toEqual([5, 6]);
  });

  it('says which feed is missing or of the wrong shape', async () => {
    const program = await engine.compile(doubled);
    await expect(program.run({})).rejects.toThrow('The graph\'s input "x" was not fed.');
    await expect(program.run({ x: f32([2], [1, 2]) })).rejects.toThrow(
      'The graph\'s input "x" is f32[3], but f32[2] was fed.',
    );
    await program.dispose();
  });

  it('tells a lost device and missing memory apart', () => {
    expect(deviceError('run this graph', new Error('Device is lost')).code).toBe('device-lost');
    const memory = deviceError('run this graph', new Error('std::bad_alloc'));
    expect(memory.code).toBe('out-of-memory');
    expect(memory.message).toBe('There was not enough memory to run this graph; a smaller batch needs less.');
  });
});
