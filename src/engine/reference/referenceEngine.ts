// The reference engine: the primitives' own kernels in TypeScript, in single or double precision. Slow and exact.
import { evaluate, type Precision } from '../../graph/evaluate.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { type DeviceTensor, type Engine, type Feeds, isDeviceTensor, type Program } from '../engine.ts';

class HostTensor implements DeviceTensor {
  readonly tensor: Tensor;
  constructor(tensor: Tensor) {
    this.tensor = tensor;
  }
  get dtype() {
    return this.tensor.dtype;
  }
  get shape() {
    return this.tensor.shape;
  }
  async read(): Promise<Tensor> {
    return this.tensor;
  }
  dispose(): void {}
}

/** An engine that needs no device; values of type f32 are held in the given precision. */
export function referenceEngine(precision: Precision = 'f32'): Engine {
  return {
    id: 'reference',
    description: `Reference, TypeScript, ${precision === 'f64' ? 'double' : 'single'} precision`,
    async compile(graph: Graph): Promise<Program> {
      return {
        async run(feeds: Feeds) {
          const host: Record<string, Tensor> = {};
          for (const [name, feed] of Object.entries(feeds)) {
            host[name] = isDeviceTensor(feed) ? await feed.read() : feed;
          }
          const outputs = evaluate(graph, host, precision);
          return Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, new HostTensor(t)]));
        },
        async dispose() {},
      };
    },
    upload: (tensor) => new HostTensor(tensor),
    async dispose() {},
  };
}
