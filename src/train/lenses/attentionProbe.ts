// How local the base's attention is: the mean map of every slot on held-out images, and its share near the diagonal.
import { noised } from '../../diffusion/loss.ts';
import { gather, graphOf, input, mean, type Node } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { layerLocality, uniformLocality } from '../../metrics/locality.ts';
import { attentionMaps } from '../../models/attentionMaps.ts';
import { dit } from '../../models/dit.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import { gridOf } from '../../models/shape.ts';
import type { SlotId } from '../../plan/plan.ts';
import { diffusionBatches } from '../diffusionBatches.ts';
import { batchInputs, fixedNodes } from '../ditTraining.ts';
import { type GraftContext, readAll, uploadTeacher } from '../graft/context.ts';
import { cut, layoutOf } from '../parameters.ts';

const batch = 16;
const batches = 8;

export interface AttentionProbe {
  readonly k: number;
  readonly tokens: number;
  readonly uniform: number;
  readonly images: number;
  readonly slots: readonly { readonly slot: SlotId; readonly score: number; readonly map: Float32Array }[];
}

/** The paper's band of 32 of 256 tokens is an eighth of them (arXiv 2506.05340, band-k). */
export function localBand(tokens: number): number {
  return Math.max(1, Math.round(tokens / 8));
}

/** @param onBatch called after each batch with the share that is done */
export async function probeAttention(
  context: GraftContext,
  onBatch: (done: number) => void,
): Promise<AttentionProbe> {
  const { engine, frame, schedule, data } = context;
  const tokens = gridOf(frame.shape) ** 2;
  const program = await engine.compile(meanMapsGraph(context));
  const teacher = uploadTeacher(context);
  const draw = diffusionBatches(data.heldOut, frame.shape, {
    seed: 0,
    purpose: 'locality',
    batch,
    timesteps: schedule.steps,
    labelDropout: 0,
  });
  const sums = new Map<string, Float64Array>();
  try {
    for (let i = 0; i < batches; i++) {
      const maps = await readAll(await program.run({ ...teacher.feeds, ...draw(i) }));
      for (const [slot, { data: map }] of Object.entries(maps)) {
        const sum = sums.get(slot) ?? new Float64Array(tokens * tokens);
        for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (map[at] ?? Number.NaN) / batches;
        sums.set(slot, sum);
      }
      onBatch((i + 1) / batches);
    }
  } finally {
    teacher.dispose();
    await program.dispose();
  }
  const k = localBand(tokens);
  const slots = Array.from({ length: frame.shape.depth }, (_, block) => {
    const slot: SlotId = `blocks.${block}.attn`;
    const map = Float32Array.from(known(sums.get(slot), slot));
    // The score is linear in the map, so that of the mean map is the mean of the scores.
    return { slot, map, score: layerLocality({ shape: [1, 1, tokens, tokens], data: map }, k) };
  });
  return { k, tokens, uniform: uniformLocality(tokens, k), images: batch * batches, slots };
}

/** Outputs [N, N] by slot: the maps' mean over images and heads. */
function meanMapsGraph({ frame: { shape }, schedule }: GraftContext) {
  const layout = layoutOf(parameterShapes(shape));
  const weights = cut(layout, input('teacher', [layout.size]));
  const fixed = fixedNodes(shape, schedule.steps);
  const weight = (name: string) => (name === 'pos_embed' ? fixed.position : known(weights.get(name), name));
  const { x0, noise, t, y } = batchInputs(shape, batch);
  const x = noised(schedule, x0, noise, t);
  const trace = dit(shape, weight, { x, timeCode: gather(fixed.timeTable, t), y });
  const means: Record<string, Node> = {};
  for (const [slot, map] of attentionMaps(shape, weight, trace)) means[slot] = mean(map, [0, 1]);
  return graphOf(means);
}
