// i2i_pix2pix_losses and i2i_adam_steps: both losses with their gradients, and whole training steps.
import { discriminator, discriminatorShapes } from '../../../generator/translator/discriminator.ts';
import { discriminatorLoss, generatorLoss } from '../../../generator/translator/losses.ts';
import { pix2pixState, pix2pixStep } from '../../../generator/translator/pix2pixStep.ts';
import { loraShapes, type Ranks } from '../../../generator/translator/shape.ts';
import { translator } from '../../../generator/translator/translator.ts';
import { broadcast, concat, gradients, type Node, reshape, stopGradient } from '../../../graph/index.ts';
import { known } from '../../../lib/errors.ts';
import { f32, scalar, type Tensor } from '../../../lib/tensor.ts';
import { stepScalars } from '../../../train/adamw.ts';
import { layoutOf, pack, unpack } from '../../../train/parameters.ts';
import { type CaseRunner, namesBelow } from '../caseRunner.ts';
import { compute } from '../compute.ts';
import type { GoldenCase } from '../goldenCase.ts';
import { record } from '../manifest.ts';
import {
  checkResults,
  fedCase,
  fedFile,
  gradientOutputs,
  inputLike,
  shareOfLargest,
  tolerance,
} from '../microSet.ts';
import { translatorShape } from './translator.ts';

/** The same text for every sample. */
function forEach(text: Node, batch: number): Node {
  return broadcast(text, [batch, ...text.shape.slice(1)]);
}

export const pix2pixLossesCase: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ config, tensors }) => 'ngf' in config && tensors.has('out/logits_fake'),
  async run(golden, lab) {
    const g = fedFile(golden, 'weights_file', 'g/');
    const d = fedFile(golden, 'discriminator_weights_file', 'd/');
    const io = fedCase(golden);
    const [source, target] = [io.node('in/A'), io.node('in/B')];
    const text = forEach(io.node('in/ctx'), source.shape[0] ?? 0);
    const { image } = translator(translatorShape(golden), source, text, g.node, {
      statistics: 'batch',
      loraScale: golden.number('lora_scale'),
    });
    const onMade = discriminator(source, stopGradient(image), d.node);
    const onReal = discriminator(source, target, d.node);
    const judged = discriminator(source, image, d.node);
    const dLoss = discriminatorLoss(onMade.logits, onReal.logits);
    const gLoss = generatorLoss(judged.logits, image, target, golden.number('lambda_l1'));
    const dNames = namesBelow(golden.manifest, 'grad_d/');
    const gNames = namesBelow(golden.manifest, 'grad_w/');
    const [adversarial] = gradients(gLoss.adversarial, [image]);
    const losses = [dLoss.total, dLoss.made, dLoss.real, gLoss.total, gLoss.adversarial, gLoss.distance];
    const results = await compute(
      lab.engine,
      {
        'out/fake': image,
        'out/logits_fake': onMade.logits,
        'out/logits_real': onReal.logits,
        'out/losses': concat(
          losses.map((loss) => reshape(loss, [1])),
          0,
        ),
        'grad_in/fake_adversarial': known(adversarial, 'gradient of the picture'),
        ...gradientOutputs('grad_d/', dNames, gradients(dLoss.total, dNames.map(d.node))),
        ...gradientOutputs('grad_w/', gNames, gradients(gLoss.total, gNames.map(g.node))),
      },
      { ...g.feeds, ...d.feeds, ...io.feeds },
    );
    checkResults(golden, lab, results);
  },
};

export const pix2pixStepsCase: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ config, tensors }) => 'ngf' in config && 'batches' in config && tensors.has('out/losses'),
  async run(golden, lab) {
    const { learningRate, optimizer, batches } = settings(golden);
    const shape = translatorShape(golden);
    const trained = layoutOf(loraShapes(shape, record(golden.manifest.config.ranks) as Ranks));
    const judge = layoutOf(discriminatorShapes(golden.number('ndf')));
    const [gWeights, dWeights] = [golden.fileOf('weights_file'), golden.fileOf('discriminator_weights_file')];
    const g = fedFile(golden, 'weights_file', 'g/');
    const text = golden.tensor('in/ctx');
    const images = (rows: readonly number[]) => ({
      source: rowsOf(golden.tensor('in/A'), rows),
      target: rowsOf(golden.tensor('in/B'), rows),
    });
    const like = images(batches[0] ?? []);
    const graph = pix2pixStep({
      shape,
      trained,
      judge,
      frozen: g.node,
      options: { statistics: 'batch', loraScale: golden.number('lora_scale') },
      images: {
        source: inputLike('source', like.source),
        target: inputLike('target', like.target),
        text: forEach(inputLike('text', text), like.source.shape[0] ?? 0),
      },
      lambda: golden.number('lambda_l1'),
      optimizer,
    });
    const program = await lab.engine.compile(graph);
    const zerosFor = (name: string): Tensor => {
      const { size } = name.startsWith('g') ? trained : judge;
      return f32([size], new Float32Array(size));
    };
    let state: Record<string, Tensor> = Object.fromEntries(
      pix2pixState.map((name) => [name, zerosFor(name)]),
    );
    state.g = f32([trained.size], pack(trained, Object.fromEntries(gWeights)));
    state.d = f32([judge.size], pack(judge, Object.fromEntries(dWeights)));
    const frozen: Record<string, Tensor> = { ...g.feeds };
    for (const [name, tensor] of dWeights) if (name.includes('running_')) frozen[`d/${name}`] = tensor;

    const found: Record<string, { data: ArrayLike<number> }> = {};
    const losses: number[] = [];
    for (const [index, rows] of batches.entries()) {
      const scalars = stepScalars(optimizer, learningRate, index + 1);
      const results = await program.run({
        ...frozen,
        ...state,
        ...images(rows),
        text,
        ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalar(value)])),
      });
      const read: Record<string, Tensor> = {};
      for (const [name, result] of Object.entries(results)) {
        read[name] = await result.read();
        result.dispose();
      }
      state = Object.fromEntries(pix2pixState.map((name) => [name, known(read[name], name)]));
      for (const [name, tensor] of Object.entries(read)) {
        if (name.startsWith('running/d/')) frozen[`d/${name.slice('running/d/'.length)}`] = tensor;
        else if (name.startsWith('running/')) frozen[`g/${name.slice('running/'.length)}`] = tensor;
      }
      for (const name of ['d.made', 'd.real', 'g.adversarial', 'g.distance']) {
        losses.push(known(read[`loss/${name}`], name).data[0] ?? Number.NaN);
      }
      note(found, `out/step${index + 1}/`, unpack(trained, known(state.g, 'g').data));
      note(found, `out/d_step${index + 1}/`, unpack(judge, known(state.d, 'd').data));
      found[`out/fake_step${index + 1}`] = known(read.image, 'image');
    }
    await program.dispose();
    found['out/losses'] = { data: losses };
    for (const [name, tensor] of Object.entries(frozen)) {
      if (!name.includes('running_')) continue;
      found[name.replace(/^g\//, 'out/stats/').replace(/^d\//, 'out/d_stats/')] = tensor;
    }
    checkResults(golden, lab, found, (key) => {
      const share = (name: string) => shareOfLargest(golden, lab.engine, key, tolerance(golden, name));
      if (key === 'out/losses') return share('losses');
      if (key.includes('stats/')) return share('stats');
      if (key.includes('fake')) return share('fake');
      return { atol: tolerance(golden, 'weights_abs'), rtol: 0 };
    });
  },
};

function note(
  found: Record<string, { data: ArrayLike<number> }>,
  prefix: string,
  tensors: Readonly<Record<string, Tensor>>,
): void {
  for (const [name, tensor] of Object.entries(tensors)) found[`${prefix}${name}`] = tensor;
}

function settings(golden: GoldenCase) {
  const { betas, batches } = golden.manifest.config;
  const [beta1 = 0, beta2 = 0] = (betas as unknown[]).map(Number);
  return {
    learningRate: golden.number('lr'),
    optimizer: { betas: [beta1, beta2] as const, epsilon: golden.number('eps'), weightDecay: 0 },
    batches: (batches as unknown[]).map((rows) => (rows as unknown[]).map(Number)),
  };
}

/** Some rows of the first axis. */
function rowsOf(tensor: Tensor, rows: readonly number[]): Tensor {
  const size = tensor.data.length / (tensor.shape[0] ?? 1);
  const values = rows.flatMap((row) => Array.from(tensor.data.slice(row * size, (row + 1) * size)));
  return f32([rows.length, ...tensor.shape.slice(1)], values);
}
