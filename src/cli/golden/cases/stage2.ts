// stage2: fine-tuning a whole DiT with the diffusion loss, by the train step of src/train: clipping, AdamW, average.
import { linearSchedule } from '../../../diffusion/schedule.ts';
import { FileError, known } from '../../../lib/errors.ts';
import { sizeOf, type Tensor, tensor } from '../../../lib/tensor.ts';
import { ditLoss, fixedFeeds } from '../../../train/ditTraining.ts';
import { layoutOf, pack, unpack } from '../../../train/parameters.ts';
import { Trainer } from '../../../train/trainer.ts';
import { buildTrainStep } from '../../../train/trainStep.ts';
import { type CaseRunner, namesBelow } from '../caseRunner.ts';
import { ditShape } from '../ditCase.ts';
import type { GoldenCase } from '../goldenCase.ts';
import { readOptimizer } from '../optimizer.ts';

export const stage2Case: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ config, tensors }) => 'ema_decay' in config && tensors.has('data/x_start'),
  async run(golden, { engine, checks }) {
    const model = await golden.model();
    const shape = ditShape(model);
    const schedule = scheduleOf(golden);
    const weights = Object.fromEntries<Tensor>(model.part('weights'));
    const position = known(weights.pos_embed, 'pos_embed');
    const trained = Object.entries(weights).filter(([name]) => name !== 'pos_embed');
    const layout = layoutOf(trained.map(([name, { shape }]) => [name, shape]));
    const { settings, learningRate } = readOptimizer(golden);
    const [steps = 0, batch = 0] = golden.tensor('data/t').shape;
    const plan = buildTrainStep({
      layout,
      loss: (weight) => ditLoss(shape, schedule, batch, weight),
      optimizer: settings,
      clipNorm: golden.number('clip_norm'),
      average: 'ema',
    });
    const start = { step: 0, vectors: { parameters: pack(layout, weights) } };
    const trainer = await Trainer.create(engine, plan, start);
    const fixed = fixedFeeds({ shape, position, divisor: 'half' }, schedule.steps);
    const curves = { losses: [] as number[], mse: [] as number[], grad_norms: [] as number[] };
    for (let step = 0; step < steps; step++) {
      const feeds = { ...fixed, ...batchOf(golden, step) };
      const { loss, gradientNorm, extras } = await trainer.run(
        feeds,
        learningRate,
        1 - golden.number('ema_decay'),
      );
      const mse = known(extras.mse, 'mse');
      curves.losses.push(loss);
      curves.mse.push((await mse.read()).data[0] ?? Number.NaN);
      curves.grad_norms.push(gradientNorm);
      mse.dispose();
    }
    for (const [name, curve] of Object.entries(curves)) checks.add(name, curve);
    // The train step reports the sum and its first term.
    checks.add(
      'vb',
      curves.losses.map((loss, i) => loss - (curves.mse[i] ?? Number.NaN)),
    );
    for (const [part, vector] of [
      ['final', 'parameters'],
      ['ema', 'ema'],
    ] as const) {
      const result: Record<string, Tensor> = { ...weights, ...unpack(layout, await trainer.vector(vector)) };
      for (const name of namesBelow(golden.manifest, `${part}: `)) {
        checks.add(`${part}: ${name}`, known(result[name], name).data);
      }
    }
    await trainer.dispose();
  },
};

/** «1000 steps, linear, learned range» */
function scheduleOf(golden: GoldenCase) {
  const text = String(golden.manifest.config.diffusion);
  const steps = /^(\d+) steps, linear/.exec(text)?.[1];
  if (steps === undefined) {
    throw new FileError(
      `${golden.manifest.path} should say «1000 steps, linear, …» as config.diffusion, got «${text}».`,
    );
  }
  return linearSchedule(Number(steps));
}

/** The data of one step, cut from the stacks of all steps. */
function batchOf(golden: GoldenCase, step: number): Record<string, Tensor> {
  const names = { x0: 'x_start', noise: 'noise', t: 't', y: 'y' };
  return Object.fromEntries(
    Object.entries(names).map(([name, stored]) => {
      const { dtype, shape, data } = golden.tensor(`data/${stored}`);
      const own = shape.slice(1);
      const size = sizeOf(own);
      return [name, tensor(dtype, own, data.slice(step * size, (step + 1) * size))];
    }),
  );
}
