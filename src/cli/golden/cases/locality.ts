// locality: the softmax maps of every layer (graph outputs), and the share of their mass near the diagonal (host).
import { known } from '../../../lib/errors.ts';
import type { Tensor } from '../../../lib/tensor.ts';
import { bandLocality, headLocality, layerLocality, uniformLocality } from '../../../metrics/locality.ts';
import { attentionMaps } from '../../../models/attentionMaps.ts';
import { dit } from '../../../models/dit.ts';
import { slotId } from '../../../plan/slots.ts';
import type { CaseRunner } from '../caseRunner.ts';
import { compute, ditInputs, FedTensors } from '../compute.ts';
import { ditShape } from '../ditCase.ts';

export const localityCase: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ tensors }) => tensors.has('attention') && tensors.has('k'),
  async run(golden, { engine, checks }) {
    const model = await golden.model();
    const shape = ditShape(model);
    const w = new FedTensors('weights/', model.part('weights'));
    const { inputs, feeds } = ditInputs({
      x: golden.tensor('inputs/x'),
      t: golden.tensor('inputs/t'),
      y: golden.tensor('inputs/y'),
    });
    const maps = attentionMaps(shape, w.node, dit(shape, w.node, inputs));
    const results = await compute(engine, Object.fromEntries(maps), { ...w.feeds, ...feeds });
    const layers = Array.from({ length: shape.depth }, (_, i) =>
      known(results[slotId(i, 'attn')], `map ${i}`),
    );
    const tokens = layers[0]?.shape[2] ?? 0;
    const bands = Array.from(golden.tensor('k').data);
    checks.add(
      'attention',
      layers.flatMap(({ data }) => Array.from(data)),
    );
    checks.add('L_per_sample_head', bandLast(layers, bands, bandLocality));
    checks.add('L_per_head', bandLast(layers, bands, headLocality));
    checks.add(
      'L_per_layer',
      bandLast(layers, bands, (map, k) => [layerLocality(map, k)]),
    );
    checks.add(
      'uniform',
      bands.map((k) => uniformLocality(tokens, k)),
    );
  },
};

/** The values of all layers with the band as the last axis. */
function bandLast(
  layers: readonly Tensor[],
  bands: readonly number[],
  measure: (map: Tensor, k: number) => ArrayLike<number>,
): number[] {
  return layers.flatMap((map) => {
    const columns = bands.map((k) => Array.from(measure(map, k)));
    return Array.from(columns[0] ?? [], (_, i) => columns.map((column) => column[i] ?? Number.NaN)).flat();
  });
}
