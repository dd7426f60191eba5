import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../engine/onnx/onnxEngine.ts';
import { graphMacs } from '../graph/cost.ts';
import { evaluate } from '../graph/evaluate.ts';
import { constant, graphOf, input } from '../graph/index.ts';
import { known } from '../lib/errors.ts';
import { randomStream } from '../lib/random.ts';
import { f32, sizeOf, type Tensor } from '../lib/tensor.ts';
import { classifier, classifierParameters } from './classifier.ts';

/** Small random weights and images, so that about half of the units are active. */
function random(name: string, shape: readonly number[]): Tensor {
  const scale = name === 'images' ? 1 : 1 / Math.sqrt(Math.max(1, sizeOf(shape.slice(1))));
  const z = randomStream(3, 'classifier test', name).normal(new Float32Array(sizeOf(shape)));
  return f32(
    shape,
    z.map((value) => scale * value),
  );
}
const weights = new Map(classifierParameters().map(([name, shape]) => [name, random(name, shape)]));
const graph = (batch: number) =>
  graphOf({
    ...classifier((name) => constant(known(weights.get(name), name)), input('images', [batch, 1, 32, 32])),
  });

describe('the classifier', () => {
  it('gives 64 features and 10 logits an image for a few MFLOP', () => {
    const { outputs } = graph(3);
    expect(outputs.get('features')?.shape).toEqual([3, 64]);
    expect(outputs.get('logits')?.shape).toEqual([3, 10]);
    expect(2 * graphMacs(graph(1))).toBeLessThan(8e6);
    const parameters = classifierParameters().reduce((sum, [, shape]) => sum + sizeOf(shape), 0);
    expect(parameters).toBe(177_962);
  });

  it('is the same on ONNX Runtime as in double precision', async () => {
    const images = random('images', [2, 1, 32, 32]);
    const want = evaluate(graph(2), { images }, 'f64');
    const engine = onnxEngine(await nodeRuntime('cpu', 1));
    const program = await engine.compile(graph(2));
    const outputs = await program.run({ images });
    for (const name of ['features', 'logits']) {
      const { data } = await known(outputs[name], name).read();
      known(want[name], name).data.forEach((value, i) => {
        expect(Math.abs((data[i] ?? Number.NaN) - value)).toBeLessThan(1e-5);
      });
    }
    await program.dispose();
    await engine.dispose();
  });
});
