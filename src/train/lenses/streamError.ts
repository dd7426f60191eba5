// How the graft's error grows through depth: the residual stream after every block against the base's, on the same inputs.
import { noised } from '../../diffusion/loss.ts';
import { gather, graphOf, input, type Node, reduceSum, square, sub } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { dit } from '../../models/dit.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import { graftsOf } from '../../models/pictures.ts';
import type { Plan } from '../../plan/plan.ts';
import { diffusionBatches } from '../diffusionBatches.ts';
import { batchInputs, fixedNodes } from '../ditTraining.ts';
import { type GraftContext, readAll, uploadTeacher } from '../graft/context.ts';
import { cut, layoutOf, pack } from '../parameters.ts';
import { ErrorSums, type SlotError } from '../stage1/evaluation.ts';

const batch = 16;
const batches = 4;

/**
 * @param weights the grafted model, all tensors by checkpoint name
 * @returns one entry a block, top of the model first
 */
export async function streamError(
  context: GraftContext,
  plan: Pick<Plan, 'slots'>,
  weights: Readonly<Record<string, Tensor>>,
): Promise<SlotError[]> {
  const { engine, frame, schedule, data } = context;
  const program = await engine.compile(comparisonGraph(context, plan));
  const teacher = uploadTeacher(context);
  const layout = layoutOf(parameterShapes(frame.shape, graftsOf(plan)));
  const student = engine.upload(f32([layout.size], pack(layout, weights)));
  const draw = diffusionBatches(data.heldOut, frame.shape, {
    seed: 0,
    purpose: 'stream error',
    batch,
    timesteps: schedule.steps,
    labelDropout: 0,
  });
  const sums = Array.from({ length: frame.shape.depth }, () => new ErrorSums(schedule.steps));
  try {
    for (let i = 0; i < batches; i++) {
      const feeds = draw(i);
      const outputs = await readAll(await program.run({ ...teacher.feeds, ...feeds, student }));
      const t = known(feeds.t, 't') as Tensor;
      sums.forEach((sum, block) => {
        const error = known(outputs[errorOf(block)], 'error sums');
        sum.add(t.data, error.data, known(outputs[sizeOf(block)], 'size sums').data);
      });
    }
  } finally {
    teacher.dispose();
    student.dispose();
    await program.dispose();
  }
  return sums.map((sum) => sum.result());
}

const errorOf = (block: number) => `${block}/error`;
const sizeOf = (block: number) => `${block}/size`;

/** Outputs for every block: Σ(graft − base)² and Σ base² of each image, [B]. */
function comparisonGraph({ frame: { shape }, schedule }: GraftContext, plan: Pick<Plan, 'slots'>) {
  const fixed = fixedNodes(shape, schedule.steps);
  const { x0, noise, t, y } = batchInputs(shape, batch);
  const inputs = { x: noised(schedule, x0, noise, t), timeCode: gather(fixed.timeTable, t), y };
  const run = (flat: string, grafts: ReturnType<typeof graftsOf>) => {
    const layout = layoutOf(parameterShapes(shape, grafts));
    const weights = cut(layout, input(flat, [layout.size]));
    const weight = (name: string) => (name === 'pos_embed' ? fixed.position : known(weights.get(name), name));
    return dit(shape, weight, inputs, grafts).blocks;
  };
  const base = run('teacher', {});
  const graft = run('student', graftsOf(plan));
  const outputs: Record<string, Node> = {};
  base.forEach((stream, block) => {
    outputs[errorOf(block)] = reduceSum(square(sub(known(graft[block], 'block'), stream)), [1, 2]);
    outputs[sizeOf(block)] = reduceSum(square(stream), [1, 2]);
  });
  return graphOf(outputs);
}
