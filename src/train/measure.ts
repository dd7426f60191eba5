// Measured time: a forward pass of base and graft, and each changed operator beside the one it replaced.
import type { Engine, Feeds, Program } from '../engine/engine.ts';
import type { Graph } from '../graph/graph.ts';
import { known } from '../lib/errors.ts';
import { randomStream } from '../lib/random.ts';
import { type DType, type Shape, sizeOf, type Tensor, tensor } from '../lib/tensor.ts';
import { forwardGraph, operatorGraph } from '../models/cost.ts';
import { type SlotOperator, teacherOperator } from '../models/dit.ts';
import { graftsOf } from '../models/pictures.ts';
import { type DitShape, siteOf } from '../models/shape.ts';
import type { Plan, SlotId } from '../plan/plan.ts';

export interface ForwardTimes {
  /** Images of one pass. */
  readonly batch: number;
  readonly baseMs: number;
  readonly graftMs: number;
  readonly slots: readonly {
    readonly slot: SlotId;
    readonly teacherMs: number;
    readonly operatorMs: number;
  }[];
}

const repeats = 7;

/** Medians of alternating runs, so that a busy moment of the machine touches both sides alike. */
export async function measureForward(
  engine: Engine,
  shape: DitShape,
  plan: Pick<Plan, 'slots'>,
  batch = 16,
): Promise<ForwardTimes> {
  const grafts = graftsOf(plan);
  const [baseMs, graftMs] = await alternate(
    engine,
    forwardGraph(shape, {}, batch),
    forwardGraph(shape, grafts, batch),
  );
  const measured = new Map<string, readonly [number, number]>();
  const slots: { slot: SlotId; teacherMs: number; operatorMs: number }[] = [];
  for (const [slot, graft] of Object.entries(grafts) as [SlotId, (typeof grafts)[SlotId]][]) {
    if (!graft) continue;
    // Equal operators in equal places take equal time.
    const key = JSON.stringify([graft.operator.id, graft.config, siteOf(shape, slot)]);
    const times = measured.get(key) ?? (await measureOperator(engine, shape, slot, graft, batch));
    measured.set(key, times);
    slots.push({ slot, teacherMs: times[0], operatorMs: times[1] });
  }
  return { batch, baseMs, graftMs, slots };
}

/** Milliseconds of the teacher's operator in a slot and of another one, alone and side by side. */
export function measureOperator(
  engine: Engine,
  shape: DitShape,
  slot: SlotId,
  { operator, config }: SlotOperator,
  batch = 16,
): Promise<readonly [teacherMs: number, operatorMs: number]> {
  const site = siteOf(shape, slot);
  const teacher = teacherOperator(shape, slot);
  return alternate(
    engine,
    operatorGraph(teacher.operator.id, teacher.config, site, batch),
    operatorGraph(operator.id, config, site, batch),
  );
}

/** Milliseconds of a forward pass of the unchanged model. */
export async function measureBase(engine: Engine, shape: DitShape, batch = 16): Promise<number> {
  const graph = forwardGraph(shape, {}, batch);
  const base = await prepared(engine, graph);
  const times: number[] = [];
  for (let i = 0; i <= repeats; i++) {
    const started = performance.now();
    await base.run();
    if (i > 0) times.push(performance.now() - started);
  }
  await base.dispose();
  return median(times);
}

async function alternate(engine: Engine, a: Graph, b: Graph): Promise<readonly [number, number]> {
  const sides = [await prepared(engine, a), await prepared(engine, b)] as const;
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i <= repeats; i++) {
    for (const side of [0, 1] as const) {
      const started = performance.now();
      await sides[side].run();
      // The first pass allocates.
      if (i > 0) times[side].push(performance.now() - started);
    }
  }
  await sides[0].dispose();
  await sides[1].dispose();
  return [median(times[0]), median(times[1])];
}

async function prepared(engine: Engine, graph: Graph) {
  const program: Program = await engine.compile(graph);
  const feeds: Feeds = Object.fromEntries(
    [...graph.inputs].map(([name, node]) => [name, engine.upload(anyValues(name, node.dtype, node.shape))]),
  );
  return {
    async run() {
      const outputs = await program.run(feeds);
      // Reading makes sure that a GPU has finished.
      for (const output of Object.values(outputs)) {
        await output.read();
        output.dispose();
      }
    },
    async dispose() {
      for (const feed of Object.values(feeds)) if ('dispose' in feed) feed.dispose();
      await program.dispose();
    },
  };
}

/** Values of ordinary size: zeros could run faster than real data. */
function anyValues(name: string, dtype: DType, shape: Shape): Tensor {
  if (dtype === 'i32') return tensor('i32', shape, new Int32Array(sizeOf(shape)));
  const values = randomStream(0, 'measure', name).normal(new Float32Array(sizeOf(shape)));
  return tensor(
    'f32',
    shape,
    values.map((x) => 0.1 * x),
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  return known(sorted[Math.floor(sorted.length / 2)], 'a measured time');
}
