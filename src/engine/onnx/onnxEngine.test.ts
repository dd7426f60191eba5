// ONNX Runtime on Node against the reference engine: every primitive and its gradients, and the engine's own contract.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as g from '../../graph/index.ts';
import { primitiveCases } from '../../graph/primitiveCases.ts';
import { known } from '../../lib/errors.ts';
import { f32 } from '../../lib/tensor.ts';
import type { Engine } from '../engine.ts';
import { primitiveError, primitiveName, runOnce } from '../primitiveCheck.ts';
import { deviceError } from './guard.ts';
import { nodeRuntime } from './nodeRuntime.ts';
import { onnxEngine } from './onnxEngine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = onnxEngine(await nodeRuntime());
});
afterAll(() => engine.dispose());

describe('every primitive agrees with the reference', () => {
  for (const one of primitiveCases) {
    it(primitiveName(one), async () => expect(await primitiveError(engine, one)).toBeLessThan(2e-6));
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
    const got = await runOnce(engine, g.graphOf({ same: x, also: x }), { x: f32([2], [5, 6]) });
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
