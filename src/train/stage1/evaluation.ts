// Held-out error of students: |student − teacher| / |teacher| in Frobenius norms, in all and by timestep.
import type { Schedule } from '../../diffusion/schedule.ts';
import { type Graph, graphOf, input, type Node, reduceSum, square, sub } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { DitShape } from '../../models/shape.ts';
import { type SlotTask, student, studentWeights } from './slotTask.ts';
import { teacherPass } from './teacherPass.ts';

/** Ten equal bins of timesteps, the first one t < 100 of 1,000. */
export const timestepBins = 10;

const errorOf = (task: SlotTask) => `${task.slot}/error`;
const sizeOf = (task: SlotTask) => `${task.slot}/size`;
/** The input that carries a slot's flat weights. */
export const evaluatedWeights = (task: SlotTask) => `${task.slot}/parameters`;

/** Outputs for every slot: Σ(student − teacher)² and Σ teacher² of each image, [B]. */
export function evaluationGraph(
  shape: DitShape,
  schedule: Schedule,
  tasks: readonly SlotTask[],
  batch: number,
): Graph {
  const teacher = teacherPass(shape, schedule, batch);
  const outputs: Record<string, Node> = {};
  for (const task of tasks) {
    const weights = studentWeights(task, input(evaluatedWeights(task), [task.layout.size]));
    const target = teacher.target(task.slot);
    const y = student(task, weights, teacher.input(task.slot));
    outputs[errorOf(task)] = reduceSum(square(sub(y, target)), [1, 2]);
    outputs[sizeOf(task)] = reduceSum(square(target), [1, 2]);
  }
  return graphOf(outputs);
}

export interface SlotError {
  readonly relative: number;
  readonly byTimestep: readonly number[];
}

/** Adds up the sums of several batches. */
export class ErrorSums {
  readonly #error = new Float64Array(timestepBins);
  readonly #size = new Float64Array(timestepBins);
  readonly #steps: number;
  constructor(steps: number) {
    this.#steps = steps;
  }

  add(t: ArrayLike<number>, error: ArrayLike<number>, size: ArrayLike<number>): void {
    for (let i = 0; i < t.length; i++) {
      const bin = Math.min(timestepBins - 1, Math.floor(((t[i] ?? 0) * timestepBins) / this.#steps));
      this.#error[bin] = (this.#error[bin] ?? 0) + (error[i] ?? Number.NaN);
      this.#size[bin] = (this.#size[bin] ?? 0) + (size[i] ?? Number.NaN);
    }
  }

  result(): SlotError {
    const total = (sums: Float64Array) => sums.reduce((sum, x) => sum + x, 0);
    return {
      relative: Math.sqrt(total(this.#error) / total(this.#size)),
      byTimestep: Array.from(this.#error, (error, bin) => Math.sqrt(error / (this.#size[bin] ?? 0))),
    };
  }
}

/** Adds one batch's outputs of the evaluation graph to each slot's sums. */
export function addBatch(
  tasks: readonly SlotTask[],
  sums: ReadonlyMap<string, ErrorSums>,
  t: Tensor,
  outputs: Readonly<Record<string, Tensor>>,
): void {
  for (const task of tasks) {
    const error = known(outputs[errorOf(task)], 'error sums');
    const size = known(outputs[sizeOf(task)], 'size sums');
    known(sums.get(task.slot), task.slot).add(t.data, error.data, size.data);
  }
}
