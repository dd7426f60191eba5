// `npm run generator:operators:train`: trains the net that writes operators on the records of generator:operators, chooses
// the timestep of its one step on the last checkpoints that it was trained on, and writes model and card.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { blockSamples } from '../generator/denoiser/blockSamples.ts';
import { unetSize } from '../generator/denoiser/freshUnet.ts';
import { DenoiserRun } from '../generator/denoiser/training.ts';
import type { FittedOperator } from '../generator/operators/collect.ts';
import { conditionPhrase } from '../generator/operators/condition.ts';
import { operatorPlan } from '../generator/operators/grid.ts';
import { operatorMaterial } from '../generator/operators/operatorMaterial.ts';
import {
  encodeOperatorModel,
  type OperatorModel,
  ourOperatorDenoiser,
} from '../generator/operators/operatorModel.ts';
import { OperatorWriter } from '../generator/operators/operatorWriter.ts';
import { operatorPart } from '../generator/operators/runs.ts';
import { coefficients } from '../generator/operators/slotBasis.ts';
import { operatorModelPath } from '../generator/paths.ts';
import { known } from '../lib/errors.ts';
import { sha256Hex } from '../lib/hash.ts';
import { siteOf } from '../models/shape.ts';
import { bundledBase, bundlePaths, loadBase, loadGraftData } from '../train/bundle.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { collectDefaults, collectRecipe, fittedOperators, operatorRecipe } from './operatorRecords.ts';
import { progressLine } from './progressLine.ts';

const defaults = {
  out: join('public', operatorModelPath),
  engine: 'onnx',
  threads: 0,
  /** As generator:operators was called with. */
  'stage1-steps': collectDefaults.steps,
  'stage1-batch': collectDefaults.batch,
  checkpoints: collectDefaults.checkpoints,
  every: collectDefaults.every,
  steps: 3000,
  batch: 32,
  rate: 2e-3,
  floor: 2e-5,
  warmup: 60,
  ema: 0.995,
  seed: 0,
};
const timesteps = [800, 850, 900, 950, 999];

runCommand(async () => {
  const { options } = parseOptions('generator:operators:train', defaults);
  const read = async (name: string) => new Uint8Array(await readFile(join('public', name)));
  const { classNames } = await loadGraftData(read);
  const plan = operatorPlan(classNames);
  const { checkpoints, every } = options;
  const recipe = collectRecipe({
    steps: options['stage1-steps'],
    batch: options['stage1-batch'],
    ...{ checkpoints, every },
  });
  const { stage1 } = recipe;
  const all = await fittedOperators(operatorRecipe(bundledBase.id, recipe));
  const fitted = all.filter(({ condition }) => operatorPart(condition, plan.heldOut) === 'train');
  const config = ourOperatorDenoiser;
  const { operators, material } = operatorMaterial(fitted, config.blockSize);

  const engine = await engineNamed(options.engine, options.threads);
  const { steps, batch, rate, floor, warmup, ema, seed } = options;
  const training = { steps, batch, rate, floor, warmup, ema, seed };
  const samples = blockSamples(config, material, training);
  const run = await DenoiserRun.on(engine, config, training, { samples, tokens: material.tokens });
  const line = progressLine();
  let shown = Number.NaN;
  while (run.step < steps) {
    const loss = await run.advance();
    if (loss !== undefined) shown = Number.isNaN(shown) ? loss : 0.99 * shown + 0.01 * loss;
    line.show(`step ${run.step}/${steps} · loss ${shown.toFixed(4)}`);
  }
  line.end();

  const base = sha256Hex(await read(bundlePaths.base));
  const { shape } = (await loadBase(read)).frame;
  const trained: OperatorModel = {
    ...{ config, base, operators, weights: await run.averaged() },
    timestep: config.schedule.steps - 1,
    trained: fitted.map(({ condition, deviations }) => {
      const { operator, slot } = condition;
      const basis = known(operators.get(operator)?.get(slot), 'basis');
      const values = coefficients(basis, known(deviations.at(-1), 'checkpoint'));
      const label = conditionPhrase(condition, siteOf(shape, slot));
      return { operator, slot, label, values: Array.from(values, (value) => Number(value.toFixed(4))) };
    }),
  };
  const errors = [];
  for (const timestep of timesteps) {
    errors.push({ timestep, error: await errorOf(engine, { ...trained, timestep }, fitted) });
  }
  const best = known(errors.sort((a, b) => a.error - b.error)[0], 'timestep');
  const file = encodeOperatorModel(
    { ...trained, timestep: best.timestep },
    { steps: String(steps), timesteps: JSON.stringify(errors) },
  );
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, file);
  const runs = new Set(
    fitted.map(({ condition: { operator, config: own, slice } }) =>
      JSON.stringify([operator, own, slice.name]),
    ),
  );
  const card = [
    '# Generator of operators',
    '',
    `\`${options.out.split('/').at(-1)}\`, half precision, ${(file.length / 2 ** 20).toFixed(1)} MiB. Made by \`npm run generator:operators:train\`; this card is`,
    'written by the same command. For an edit of the bundled base (operator, settings, layer) it writes what ridge and',
    'stage 1 would add to the inherited weights: the start that is called *generated*.',
    '',
    `Data: ${fitted.length} operators (${[...operators.keys()].join(', ')}) of ${runs.size} runs, fitted by ${stage1.steps} steps of stage 1 at batch ${stage1.batch}`,
    `from ridge starts, ${checkpoints} checkpoints each (\`npm run generator:operators\`). Held out: layer ${plan.heldOut.layers.join(', ')}, one half of the`,
    'classes, and sliding windows of 6.',
    '',
    `Net: the 1-D UNet of the weight generator, channels ${config.unet.channels.join(', ')}, ${unetSize(config.unet)} parameters, told the edit instead of a phrase; a`,
    `block is one slot's ${config.blockSize} coefficients of the principal components of its fitted deviations (ours). ${config.prediction} prediction, ${steps} steps`,
    `of ${batch} blocks, one denoising step from timestep ${best.timestep}. Mean square of generated minus fitted deviations over that of`,
    `fitted ones, on the trained conditions: ${best.error.toFixed(3)} (0 would be the fitted operator, 1 the inherited one). What it is worth`,
    'on held-out conditions: `npm run study -- operators`.',
    '',
    'Licence: Apache-2.0; trained on this project’s own base and Fashion-MNIST (MIT).',
    '',
  ];
  await writeFile(options.out.replace(/\.safetensors$/, '.md'), card.join('\n'));
  console.log(
    `Wrote ${options.out} (${(file.length / 2 ** 20).toFixed(1)} MiB); error by timestep ${JSON.stringify(errors)}, ${run.failures} steps left out.`,
  );
  await run.dispose();
});

/** Of the last checkpoints: Σ (generated − fitted)² / Σ fitted². */
async function errorOf(
  engine: Awaited<ReturnType<typeof engineNamed>>,
  model: OperatorModel,
  fitted: readonly FittedOperator[],
): Promise<number> {
  const writer = await OperatorWriter.create(engine, model);
  let [squares, size] = [0, 0];
  for (const { condition, deviations } of fitted) {
    const wanted = known(deviations.at(-1), 'checkpoint');
    const written = known(await writer.deviation(condition, wanted.length), 'generated operator');
    wanted.forEach((value, i) => {
      squares += ((written[i] ?? Number.NaN) - value) ** 2;
      size += value * value;
    });
  }
  await writer.dispose();
  return squares / size;
}
