// The pieces that every training of a DiT shares: its fixed tables, its batch, and the diffusion loss on it.
import { diffusionLoss, noised } from '../diffusion/loss.ts';
import type { Schedule } from '../diffusion/schedule.ts';
import { gather, input, mean, type Node } from '../graph/index.ts';
import type { Tensor } from '../lib/tensor.ts';
import { type DitTrace, dit, type SlotOperators, timeCodeWidth } from '../models/dit.ts';
import { type DitFrame, timeTable } from '../models/fixedTables.ts';
import { type DitShape, gridOf } from '../models/shape.ts';

/** Inputs that never change: the position table and the timestep codes of all 1,000 steps. */
export const fixedInputs = { position: 'pos_embed', timeTable: 'time_table' } as const;

/** What the fixed inputs are fed with; upload it once. */
export function fixedFeeds(frame: DitFrame, steps: number): Record<string, Tensor> {
  return { [fixedInputs.position]: frame.position, [fixedInputs.timeTable]: timeTable(frame, steps) };
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
): { loss: Node; extras: { mse: Node }; trace: DitTrace } {
  const { x0, noise, t, y } = batchInputs(shape, batch);
  const fixed = fixedNodes(shape, schedule.steps);
  const weights = (name: string) => (name === 'pos_embed' ? fixed.position : weight(name));
  const x = noised(schedule, x0, noise, t);
  const trace = dit(shape, weights, { x, timeCode: gather(fixed.timeTable, t), y }, grafts);
  const terms = diffusionLoss(schedule, x0, noise, t, trace.output);
  return { loss: mean(terms.loss), extras: { mse: mean(terms.mse) }, trace };
}
