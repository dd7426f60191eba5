// The train step that every runtime of the benchmark computes, and its arithmetic.
import { graphMacs } from '../../graph/cost.ts';
import { simplify } from '../../graph/index.ts';
import { type DitShape, gridOf } from '../../models/shape.ts';
import { ditProblem, type TrainingProblem } from '../checks/smallDit.ts';

/** 4.17 million parameters, 64 tokens of width 192, six blocks. */
export const benchShape: DitShape = {
  inputSize: 16,
  patchSize: 2,
  channels: 4,
  width: 192,
  depth: 6,
  heads: 3,
  mlpRatio: 4,
  classes: 10,
  learnSigma: false,
};

export const benchBatch = 32;

export function benchProblem(batch: number): TrainingProblem {
  return ditProblem(benchShape, batch);
}

export interface Workload {
  readonly parameters: number;
  readonly tokens: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Multiply-adds of the matrix products of forward and backward pass, times two, for one image. */
  readonly gflopPerImage: number;
}

export function workload(): Workload {
  const { step } = benchProblem(1);
  return {
    parameters: step.layout.size,
    tokens: gridOf(benchShape) ** 2,
    width: benchShape.width,
    depth: benchShape.depth,
    heads: benchShape.heads,
    gflopPerImage: (2 * graphMacs(simplify(step.graph))) / 1e9,
  };
}
