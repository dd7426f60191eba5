// The pieces that every training of a DiT shares: its parameter list, its fixed tables, and the diffusion loss on it.
import { diffusionLoss, noised } from '../diffusion/loss.ts';
import type { Schedule } from '../diffusion/schedule.ts';
import { gather, input, mean, type Node } from '../graph/index.ts';
import { f32, type Shape, type Tensor } from '../lib/tensor.ts';
import { dit, type SlotOperators, teacherOperator, timeCodeWidth } from '../models/dit.ts';
import { type DitShape, gridOf, outChannels, siteOf, slotIds } from '../models/shape.ts';
import { timestepCode } from '../models/timestepCode.ts';

/** Shapes of all trained tensors by checkpoint name, in checkpoint order; `pos_embed` is fixed and not among them. */
export function parameterShapes(shape: DitShape, grafts: SlotOperators = {}): [string, Shape][] {
  const { width: d, patchSize: p, channels, classes } = shape;
  const linear = (name: string, out: number, inner: number): [string, Shape][] => [
    [`${name}.weight`, [out, inner]],
    [`${name}.bias`, [out]],
  ];
  const list: [string, Shape][] = [
    ['x_embedder.proj.weight', [d, channels, p, p]],
    ['x_embedder.proj.bias', [d]],
    ...linear('t_embedder.mlp.0', d, timeCodeWidth),
    ...linear('t_embedder.mlp.2', d, d),
    ['y_embedder.embedding_table.weight', [classes + 1, d]],
  ];
  for (const slot of slotIds(shape)) {
    const { operator, config } = grafts[slot] ?? teacherOperator(shape, slot);
    for (const spec of operator.parameters(config, siteOf(shape, slot))) {
      list.push([`${slot}.${spec.name}`, spec.shape]);
    }
    const block = slot.slice(0, slot.lastIndexOf('.'));
    if (slot.endsWith('.mlp')) list.push(...linear(`${block}.adaLN_modulation.1`, 6 * d, d));
  }
  return [
    ...list,
    ...linear('final_layer.linear', p * p * outChannels(shape), d),
    ...linear('final_layer.adaLN_modulation.1', 2 * d, d),
  ];
}

/** Inputs that never change: the position table and the timestep codes of all 1,000 steps. */
export const fixedInputs = { position: 'pos_embed', timeTable: 'time_table' } as const;

export function timeTable(steps: number): Tensor {
  const all = Int32Array.from({ length: steps }, (_, t) => t);
  return f32([steps, timeCodeWidth], timestepCode(all, timeCodeWidth));
}

/** Nodes of the fixed inputs. */
export function fixedNodes(shape: DitShape, steps: number): { position: Node; timeTable: Node } {
  const tokens = gridOf(shape) ** 2;
  return {
    position: input(fixedInputs.position, [1, tokens, shape.width]),
    timeTable: input(fixedInputs.timeTable, [steps, timeCodeWidth]),
  };
}

/** One batch of the diffusion objective as inputs: `x0`, `noise` [B, C, H, W], `t` and `y` [B]. */
export function batchInputs(shape: DitShape, batch: number) {
  const image = [batch, shape.channels, shape.inputSize, shape.inputSize];
  return {
    x0: input('x0', image),
    noise: input('noise', image),
    t: input('t', [batch], 'i32'),
    y: input('y', [batch], 'i32'),
  };
}

/** Batch mean of DiT's loss, and of its squared error alone. */
export function ditLoss(
  shape: DitShape,
  schedule: Schedule,
  batch: number,
  weight: (name: string) => Node,
  grafts: SlotOperators = {},
): { loss: Node; extras: { mse: Node } } {
  const { x0, noise, t, y } = batchInputs(shape, batch);
  const fixed = fixedNodes(shape, schedule.steps);
  const weights = (name: string) => (name === 'pos_embed' ? fixed.position : weight(name));
  const x = noised(schedule, x0, noise, t);
  const { output } = dit(shape, weights, { x, timeCode: gather(fixed.timeTable, t), y }, grafts);
  const terms = diffusionLoss(schedule, x0, noise, t, output);
  return { loss: mean(terms.loss), extras: { mse: mean(terms.mse) } };
}
