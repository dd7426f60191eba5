// Forward time of every operator beside attention and the MLP, at the benchmark's width, for 64 and 256 tokens.
import type { Engine, Feeds } from '../../engine/engine.ts';
import type { Graph } from '../../graph/graph.ts';
import { known } from '../../lib/errors.ts';
import { f32, sizeOf } from '../../lib/tensor.ts';
import { operatorGraph, siteOf } from '../../models/cost.ts';
import { type Operator, operators } from '../../operators/index.ts';
import type { OperatorTime } from './contestant.ts';
import { benchShape } from './workload.ts';

const repeats = 9;
/** A browser compiles WebAssembly quickly first, and well what it has run often. */
const warmUps = 20;

export async function operatorTimes(engine: Engine): Promise<OperatorTime[]> {
  const times: OperatorTime[] = [];
  for (const inputSize of [benchShape.inputSize, 2 * benchShape.inputSize]) {
    for (const operator of operators) times.push(await operatorTime(engine, operator, inputSize));
  }
  return times;
}

async function operatorTime(engine: Engine, operator: Operator, inputSize: number): Promise<OperatorTime> {
  const site = siteOf(
    { ...benchShape, inputSize },
    operator.kind === 'sequence' ? 'blocks.0.attn' : 'blocks.0.mlp',
  );
  const config = operator.defaults(site);
  return {
    operator: operator.id,
    config: operator.summary(config, site),
    tokens: site.tokens,
    ms: await medianRun(engine, operatorGraph(operator.id, config, site)),
  };
}

async function medianRun(engine: Engine, graph: Graph): Promise<number> {
  const program = await engine.compile(graph);
  const feeds: Feeds = Object.fromEntries(
    [...graph.inputs].map(([name, { shape }]) => [
      name,
      engine.upload(
        f32(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i) / 8),
        ),
      ),
    ]),
  );
  const ms: number[] = [];
  for (let i = 0; i < warmUps + repeats; i++) {
    const start = performance.now();
    for (const output of Object.values(await program.run(feeds))) {
      // A GPU has finished when its result can be read.
      await output.read();
      output.dispose();
    }
    if (i >= warmUps) ms.push(performance.now() - start);
  }
  for (const feed of Object.values(feeds)) if ('dispose' in feed) feed.dispose();
  await program.dispose();
  return median(ms);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = known(sorted[middle], 'median of nothing');
  return sorted.length % 2 === 1 ? upper : (upper + known(sorted[middle - 1], 'value')) / 2;
}
