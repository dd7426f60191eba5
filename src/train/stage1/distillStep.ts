// One step of stage 1 as one graph: a teacher forward feeds every operator being distilled, and each is updated.
import type { Schedule } from '../../diffusion/schedule.ts';
import { type Graph, gradients, graphOf, input, type Node } from '../../graph/index.ts';
import type { DitShape } from '../../models/shape.ts';
import type { Stage1Recipe } from '../../plan/plan.ts';
import { type AdamWSettings, adamw, clipByNorm, defaultAdamW } from '../adamw.ts';
import { join } from '../parameters.ts';
import { regressionLoss } from './regressionLoss.ts';
import { type SlotTask, student, studentWeights } from './slotTask.ts';
import { teacherPass } from './teacherPass.ts';

/** Names of a slot's vectors in the graph. */
export const slotVectors = ['parameters', 'm', 'v'] as const;
export type SlotVector = (typeof slotVectors)[number];
export function vectorName(task: SlotTask, vector: SlotVector): string {
  return `${task.slot}/${vector}`;
}
/** The optimizer's numbers are each slot's own, since a slot may have been set back and slowed down. */
export type SlotScalar = 'learningRate' | 'stepSize' | 'rootCorrection';
export function scalarName(task: SlotTask, scalar: SlotScalar): string {
  return `${task.slot}/${scalar}`;
}
export const lossName = (task: SlotTask) => `${task.slot}/loss`;
export const normName = (task: SlotTask) => `${task.slot}/norm`;

export function stage1Optimizer(recipe: Stage1Recipe): AdamWSettings {
  return { ...defaultAdamW, weightDecay: recipe.weightDecay };
}

/**
 * Inputs: those of the teacher pass, each slot's vectors and scalars.
 * Outputs: each slot's new vectors, loss and gradient norm. The operators share nothing but the teacher's pass.
 */
export function distillStep(
  shape: DitShape,
  schedule: Schedule,
  tasks: readonly SlotTask[],
  recipe: Stage1Recipe,
): Graph {
  const teacher = teacherPass(shape, schedule, recipe.batch);
  const outputs: Record<string, Node> = {};
  for (const task of tasks) {
    const [parameters, m, v] = slotVectors.map((vector) =>
      input(vectorName(task, vector), [task.layout.size]),
    ) as [Node, Node, Node];
    const weights = studentWeights(task, parameters);
    const y = student(task, weights, teacher.input(task.slot));
    const loss = regressionLoss(y, teacher.target(task.slot), recipe);
    const gradient = join(task.layout, gradients(loss, [...weights.values()]));
    const { norm, scale } = clipByNorm(gradient, recipe.clipNorm);
    const scalar = (name: SlotScalar) => input(scalarName(task, name), []);
    const scalars = {
      learningRate: scalar('learningRate'),
      stepSize: scalar('stepSize'),
      rootCorrection: scalar('rootCorrection'),
    };
    const next = adamw({ parameters, m, v }, gradient, scalars, stage1Optimizer(recipe), scale);
    for (const vector of slotVectors) outputs[vectorName(task, vector)] = next[vector];
    outputs[lossName(task)] = loss;
    outputs[normName(task)] = norm;
  }
  return graphOf(outputs);
}
