// The graph of an exported ONNX file: one guided DDIM step from any timestep to any earlier one, with its tables inside.
import { type Coefficients, coefficientsAt } from '../../diffusion/coefficients.ts';
import { splitOutput } from '../../diffusion/gaussian.ts';
import { ddimStep } from '../../diffusion/sampler.ts';
import { linearSchedule, type Schedule } from '../../diffusion/schedule.ts';
import {
  add,
  concat,
  constant,
  type Graph,
  gather,
  graphOf,
  input,
  type Node,
  reshape,
  slice,
} from '../../graph/index.ts';
import { i32, type Shape } from '../../lib/tensor.ts';
import type { SlotOperators } from '../../models/dit.ts';
import { type DitFrame, timeTable } from '../../models/fixedTables.ts';
import { tensorShapes } from '../../models/names.ts';
import { guidedOutput } from '../sampling.ts';

/** What a stock user feeds and fetches. */
export const stepInputs = ['x', 't', 't_prev', 'y', 'guidance'] as const;
export const stepOutputs = ['x_prev', 'x0', 'eps'] as const;

/**
 * Inputs: `x` [B, C, H, W]; `t`, `t_prev` [1] i32, the same for all images, t_prev −1 at the last step; `y` [B] i32;
 * `guidance` [1]; and every tensor of the checkpoint by its name. Outputs, [B, C, H, W] each: `x_prev`, the clipped
 * estimate `x0`, and `eps`, the guided estimate of the noise.
 */
export function stepGraph(frame: DitFrame, grafts: SlotOperators, batch: number): Graph {
  const { shape } = frame;
  const schedule = linearSchedule();
  const weight = weightInputs(tensorShapes(shape, grafts));
  const x = input('x', [batch, shape.channels, shape.inputSize, shape.inputSize]);
  const [t, previous] = [input('t', [1], 'i32'), input('t_prev', [1], 'i32')];
  const y = input('y', [batch], 'i32');
  const scale = reshape(input('guidance', [1]), []);
  const timeCode = gather(constant(timeTable(frame, schedule.steps)), t);
  const output = guidedOutput(shape, weight, { x, timeCode, y }, scale, grafts);
  const step = ddimStep(x, output, betweenTimesteps(schedule, t, previous), 'clipped');
  return graphOf({
    x_prev: step.sample,
    x0: step.predictedX0,
    eps: splitOutput(output, shape.channels).noise,
  });
}

function weightInputs(shapes: ReadonlyMap<string, Shape>): (name: string) => Node {
  const nodes = new Map([...shapes].map(([name, shape]) => [name, input(name, shape)]));
  return (name) => {
    const found = nodes.get(name);
    if (!found) throw new Error(`Bug: a DiT has no tensor ${name}`);
    return found;
  };
}

/**
 * Coefficients of a step from t to any earlier timestep. What concerns the end of the step is read one row further: in
 * the full schedule, «previous» of timestep p + 1 is p, and «previous» of 0 is the clean image.
 */
function betweenTimesteps(schedule: Schedule, t: Node, previous: Node): Coefficients {
  const rows = concat([t, add(previous, constant(i32([1], [1])))], 0);
  const both = coefficientsAt(schedule, rows); // [2, 1, 1, 1]
  return (name) => {
    const row = name.endsWith('Prev') ? 1 : 0;
    return slice(both(name), 0, row, row + 1);
  };
}
