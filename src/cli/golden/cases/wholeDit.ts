// dit_tiny and grafted_tiny: a whole DiT, as published or with operators exchanged; forward, gradients, guidance.
import { gradients, input, type Node } from '../../../graph/index.ts';
import { known } from '../../../lib/errors.ts';
import { scalar, type Tensor } from '../../../lib/tensor.ts';
import { type DitTrace, dit, type SlotOperators } from '../../../models/dit.ts';
import type { DitShape } from '../../../models/shape.ts';
import { type CaseRunner, type Lab, namesBelow } from '../caseRunner.ts';
import { compute, ditInputs, FedTensors, meanProduct } from '../compute.ts';
import { ditShape, graftsOf } from '../ditCase.ts';
import type { GoldenCase } from '../goldenCase.ts';
import { guidedOutput } from '../guidedDit.ts';
import { type Manifest, record } from '../manifest.ts';

const isModel = ({ tensors }: Manifest) =>
  ['inputs/x', 'inputs/t', 'inputs/y'].every((key) => tensors.has(key));
const isGrafted = ({ config }: Manifest) =>
  [config.attn, config.mlp].some((slots) => Object.keys(record(slots)).length > 0);

export const wholeDitCase: CaseRunner = {
  runsOn: 'engine',
  recognises: (manifest) => isModel(manifest) && !isGrafted(manifest) && 'depth' in manifest.config,
  async run(golden, lab) {
    const shape = ditShape(golden);
    const weights = golden.part('weights');
    await runForward(golden, lab, { shape, grafts: {}, weights });
    for (const scale of namesBelow(golden.manifest, 'outputs/cfg_')) {
      await runGuided(golden, lab, { shape, weights }, scale);
    }
  },
};

export const graftedDitCase: CaseRunner = {
  runsOn: 'engine',
  recognises: (manifest) => isModel(manifest) && isGrafted(manifest),
  async run(golden, lab) {
    const model = await golden.model();
    const shape = ditShape(model);
    const exchanged = golden.below('weights/');
    const weights = new Map<string, Tensor>([...model.part('weights'), ...Object.entries(exchanged)]);
    await runForward(golden, lab, { shape, grafts: graftsOf(golden, shape, exchanged), weights });
  },
};

interface Model {
  readonly shape: DitShape;
  readonly grafts: SlotOperators;
  readonly weights: ReadonlyMap<string, Tensor>;
}

/** Output, intermediate values, loss and gradients; whichever of them the manifest lists. */
async function runForward(golden: GoldenCase, { engine, checks }: Lab, model: Model): Promise<void> {
  const w = new FedTensors('weights/', model.weights);
  const { inputs, feeds } = ditInputs({
    x: golden.tensor('inputs/x'),
    t: golden.tensor('inputs/t'),
    y: golden.tensor('inputs/y'),
  });
  const trace = dit(model.shape, w.node, inputs, model.grafts);
  const cotangent = golden.tensor('cotangents/y');
  const loss = meanProduct(trace.output, input('cotangent', cotangent.shape));
  // Gradients of the weights lie in a file of their own or beside the outputs.
  const named = ['gradients: ', 'grads/weights/'].flatMap((prefix) =>
    namesBelow(golden.manifest, prefix).map((name) => ({ key: `${prefix}${name}`, name })),
  );
  const [dx, ...dw] = gradients(loss, [inputs.x, ...named.map(({ name }) => w.node(name))]);
  const outputs: Record<string, Node> = {
    'outputs/y': trace.output,
    loss,
    'grads/inputs/x': known(dx, 'gradient of x'),
    ...Object.fromEntries(named.map(({ key }, i) => [key, known(dw[i], key)])),
  };
  for (const [name, node] of Object.entries(intermediates(trace))) {
    const key = `intermediates/${name}`;
    if (golden.manifest.tensors.has(key)) outputs[key] = node;
  }
  const results = await compute(engine, outputs, { ...w.feeds, ...feeds, cotangent });
  for (const [key, { data }] of Object.entries(results)) checks.add(key, data);
}

function intermediates(trace: DitTrace): Record<string, Node> {
  return {
    patch_tokens: trace.patchTokens,
    t_emb: trace.timeEmbedding,
    y_emb: trace.labelEmbedding,
    c: trace.condition,
    ...Object.fromEntries(trace.blocks.map((block, i) => [`block_${i}`, block])),
  };
}

/** The guided forward pass: only the first half of the images is used, with its labels and then the null labels. */
async function runGuided(
  golden: GoldenCase,
  { engine, checks }: Lab,
  model: Pick<Model, 'shape' | 'weights'>,
  scale: string,
): Promise<void> {
  const w = new FedTensors('weights/', model.weights);
  const { inputs, feeds } = ditInputs({
    x: golden.tensor('inputs/cfg_x'),
    t: golden.tensor('inputs/cfg_t'),
    y: golden.tensor('inputs/cfg_y'),
  });
  const output = guidedOutput(model.shape, w.node, inputs, input('scale', []));
  const results = await compute(engine, { output }, { ...w.feeds, ...feeds, scale: scalar(Number(scale)) });
  checks.add(`outputs/cfg_${scale}`, known(results.output, 'output').data);
}
