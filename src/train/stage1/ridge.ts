// The ridge initialisation: the student's output layer solved in closed form on the teacher's outputs.
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Schedule } from '../../diffusion/schedule.ts';
import {
  concat,
  constant,
  type Graph,
  graphOf,
  input,
  matmul,
  type Node,
  reshape,
} from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { f32, sizeOf, type Tensor } from '../../lib/tensor.ts';
import type { DitShape } from '../../models/shape.ts';
import { type SlotTask, studentFeatures, studentWeights } from './slotTask.ts';
import { teacherPass } from './teacherPass.ts';

/** Above this many features the normal equations take longer to solve than they are worth. */
export const maxRidgeFeatures = 2048;

const gramOf = (task: SlotTask) => `${task.slot}/gram`;
const momentOf = (task: SlotTask) => `${task.slot}/moment`;
export const featureWeights = (task: SlotTask) => `${task.slot}/parameters`;

/** Whether the student's output layer has a bias; Mamba-2's has none. */
function hasBias(task: SlotTask): boolean {
  return task.layout.entries.some(({ name }) => name === `${task.operator.outputLayer}.bias`);
}

/** Features of the student's output layer. */
export function featureCount(task: SlotTask): number {
  const weight = task.layout.entries.find(({ name }) => name === `${task.operator.outputLayer}.weight`);
  return weight?.shape[1] ?? 0;
}

/** Outputs for every slot, with h = [features, 1]: hᵀh [F + 1, F + 1] and hᵀy [F + 1, D], summed over the batch;
 * without a bias there is no 1. */
export function gramGraph(
  shape: DitShape,
  schedule: Schedule,
  tasks: readonly SlotTask[],
  batch: number,
): Graph {
  const teacher = teacherPass(shape, schedule, batch);
  const outputs: Record<string, Node> = {};
  for (const task of tasks) {
    const weights = studentWeights(task, input(featureWeights(task), [task.layout.size]));
    const features = studentFeatures(task, weights, teacher.input(task.slot));
    const count = features.shape[2] ?? 0;
    const rows = sizeOf(features.shape) / count;
    const flat = reshape(features, [rows, count]);
    const ones = constant(f32([rows, 1], new Float32Array(rows).fill(1)));
    const h = hasBias(task) ? concat([flat, ones], 1) : flat;
    const y = reshape(teacher.target(task.slot), [rows, task.site.width]);
    outputs[gramOf(task)] = matmul(h, h, { transposeA: true });
    outputs[momentOf(task)] = matmul(h, y, { transposeA: true });
  }
  return graphOf(outputs);
}

/** Sums of hᵀh and hᵀy in double precision. */
export class NormalEquations {
  #gram: Float64Array | undefined;
  #moment: Float64Array | undefined;
  #size = 0;

  add(task: SlotTask, outputs: Readonly<Record<string, Tensor>>): void {
    const gram = known(outputs[gramOf(task)], 'gram matrix');
    const moment = known(outputs[momentOf(task)], 'moments');
    this.#size = gram.shape[0] ?? 0;
    this.#gram = plus(this.#gram, gram.data);
    this.#moment = plus(this.#moment, moment.data);
  }

  /**
   * The output layer's tensors of least Σ|W h + b − y|² + λ|W|², λ = 1e-4 of the mean diagonal; the bias is not damped.
   */
  solve(task: SlotTask): Record<string, Tensor> {
    const [n, features, width] = [this.#size, featureCount(task), task.site.width];
    const [sums, moments] = [known(this.#gram, 'gram matrix'), known(this.#moment, 'moments')];
    const gram = new Matrix(n, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) gram.set(i, j, ((sums[i * n + j] ?? 0) + (sums[j * n + i] ?? 0)) / 2);
    }
    let trace = 0;
    for (let i = 0; i < features; i++) trace += gram.get(i, i);
    const damping = (1e-4 * trace) / features;
    for (let i = 0; i < features; i++) gram.set(i, i, gram.get(i, i) + damping);
    const solution = new CholeskyDecomposition(gram).solve(Matrix.from1DArray(n, width, moments)); // [n, D]
    const weight = new Float32Array(width * features);
    for (let d = 0; d < width; d++) {
      for (let f = 0; f < features; f++) weight[d * features + f] = solution.get(f, d);
    }
    const layer = task.operator.outputLayer;
    const solved = { [`${layer}.weight`]: f32([width, features], weight) };
    if (n === features) return solved;
    const bias = Float32Array.from({ length: width }, (_, d) => solution.get(features, d));
    return { ...solved, [`${layer}.bias`]: f32([width], bias) };
  }
}

function plus(sum: Float64Array | undefined, data: ArrayLike<number>): Float64Array {
  const total = sum ?? new Float64Array(data.length);
  for (let i = 0; i < total.length; i++) total[i] = (total[i] ?? 0) + (data[i] ?? 0);
  return total;
}
