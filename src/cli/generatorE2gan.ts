// `npm run generator:e2gan`: trains a base as E2GAN has it (arXiv 2401.06127), by itself on many concepts, for as many
// steps and on the same concepts as ours. The study alone reads it; it does not ship. Resumable (baseTraining.ts).
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ourCombinations, trainingConcepts } from '../generator/dataset/trainingConcepts.ts';
import { encodeBase } from '../generator/translator/baseFile.ts';
import { e2ganTranslator, type TranslatorConfig } from '../generator/translator/configuration.ts';
import { freshJudge, freshTranslator } from '../generator/translator/freshWeights.ts';
import { StatisticsPass } from '../generator/translator/statisticsPass.ts';
import {
  firstState,
  judgeLayout,
  TranslatorTrainer,
  trainedLayout,
} from '../generator/translator/trainer.ts';
import { unpack } from '../train/parameters.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { baseDefaults, trainedBase } from './baseTraining.ts';
import { engineNamed } from './engines.ts';
import { bundledPictures, e2ganFile } from './generatorParts.ts';

const defaults = { ...baseDefaults, out: e2ganFile, combinations: ourCombinations };

runCommand(async () => {
  const { options } = parseOptions('generator:e2gan', defaults);
  const { batch, seed, steps } = options;
  const pictures = await bundledPictures(options['text-encoder']);
  const { tokens, width } = pictures.encoder;
  const config: TranslatorConfig = {
    ...e2ganTranslator,
    shape: { ...e2ganTranslator.shape, context: width },
  };
  const concepts = trainingConcepts(options.combinations);
  const engine = await engineNamed(options.engine, options.threads);
  const spec = { config, part: 'everything', batch, tokens } as const;
  const trainer = await TranslatorTrainer.create(engine, spec, {});
  const fresh = firstState(config, 'everything', freshTranslator(config, seed), freshJudge(config, seed));
  const { state, recipe, failures, further } = await trainedBase(trainer, options, pictures, {
    ...{ name: 'e2gan', config, concepts, first: fresh },
  });
  const weights = unpack(trainedLayout(config, 'everything'), state.vectors.g);
  const pass = await StatisticsPass.create(engine, { config, batch, tokens });
  const statistics = await pass.over(
    weights,
    further.map((drawn) => pictures.batch(drawn)),
  );
  const file = encodeBase(
    {
      ...{ config, weights: { ...weights, ...statistics } },
      judge: unpack(judgeLayout(config), state.vectors.d),
    },
    { recipe, steps: String(steps) },
  );
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, file);
  console.log(`Wrote ${options.out} after ${steps} steps, ${failures} left out.`);
});
