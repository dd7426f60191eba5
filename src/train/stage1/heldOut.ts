// Measures students on held-out activations, always on the same images, noises and timesteps.
import type { Feed, Program } from '../../engine/engine.ts';
import { graphMacs } from '../../graph/cost.ts';
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { SlotId } from '../../plan/plan.ts';
import { diffusionBatches } from '../diffusionBatches.ts';
import { type GraftContext, readAll, type TeacherOnDevice } from '../graft/context.ts';
import { addBatch, ErrorSums, evaluatedWeights, evaluationGraph, type SlotError } from './evaluation.ts';
import type { SlotTask } from './slotTask.ts';

const batch = 32;
const batches = 4;

export class HeldOut {
  readonly #program: Program;
  readonly #tasks: readonly SlotTask[];
  readonly #teacher: TeacherOnDevice;
  readonly #draw: ReturnType<typeof diffusionBatches>;
  readonly #steps: number;
  /** FLOP of one measurement. */
  readonly flops: number;

  private constructor(
    context: GraftContext,
    program: Program,
    tasks: readonly SlotTask[],
    teacher: TeacherOnDevice,
    flops: number,
  ) {
    this.#program = program;
    this.#tasks = tasks;
    this.#teacher = teacher;
    this.#steps = context.schedule.steps;
    this.flops = flops;
    this.#draw = diffusionBatches(context.data.heldOut, context.frame.shape, {
      seed: 0,
      purpose: 'held out',
      batch,
      timesteps: context.schedule.steps,
      labelDropout: 0.1,
    });
  }

  static async create(
    context: GraftContext,
    teacher: TeacherOnDevice,
    tasks: readonly SlotTask[],
  ): Promise<HeldOut> {
    const graph = evaluationGraph(context.frame.shape, context.schedule, tasks, batch);
    const program = await context.engine.compile(graph);
    return new HeldOut(context, program, tasks, teacher, 2 * batches * graphMacs(graph));
  }

  /** @param weights each slot's flat vector */
  async measure(weights: (slot: SlotId) => Feed): Promise<Map<SlotId, SlotError>> {
    const sums = new Map(this.#tasks.map((task) => [task.slot, new ErrorSums(this.#steps)]));
    const students = Object.fromEntries(
      this.#tasks.map((task) => [evaluatedWeights(task), weights(task.slot)]),
    );
    for (let i = 0; i < batches; i++) {
      const feeds = this.#draw(i);
      const outputs = await readAll(
        await this.#program.run({ ...this.#teacher.feeds, ...feeds, ...students }),
      );
      addBatch(this.#tasks, sums, known(feeds.t, 't') as Tensor, outputs);
    }
    return new Map([...sums].map(([slot, sum]) => [slot, sum.result()]));
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}
