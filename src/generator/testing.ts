// A translator, pictures and adapters of toy size, for tests.
import type { Engine } from '../engine/engine.ts';
import { randomStream } from '../lib/random.ts';
import { concept, filterStep } from './concepts/concept.ts';
import { newPicture } from './concepts/picture.ts';
import { ConceptPictures, range } from './data/batches.ts';
import { emojiOf } from './data/emoji.ts';
import { type WeightDataSet, weightDataSet } from './dataset/weightDataSet.ts';
import { learntCoder } from './denoiser/blockCoder.ts';
import { type DenoiserConfig, ourDenoiser } from './denoiser/config.ts';
import type { GeneratorModel } from './denoiser/file.ts';
import { freshUnet } from './denoiser/freshUnet.ts';
import { hintBasis, measureSensitivity } from './hint/basis.ts';
import { wordVectorEncoder } from './text/wordVectors.ts';
import { adapterLayout } from './translator/adapter.ts';
import type { TranslatorBase } from './translator/baseFile.ts';
import type { TranslatorConfig } from './translator/configuration.ts';
import { freshJudge, freshTranslator, frozenDown } from './translator/freshWeights.ts';
import { TranslatorRunner } from './translator/runner.ts';

export const toyTranslator: TranslatorConfig = {
  shape: { width: 2, heads: 2, context: 4, skips: 'sum' },
  ranks: { stem: 1, down1: 1, down2: 1, ds: 1, us: 1, up1: 1, up2: 1, head: 1 },
  loraScale: 1,
  judgeWidth: 2,
  side: 16,
};

/** Its adapters share their down projections. */
export const toyFrozen: TranslatorConfig = { ...toyTranslator, down: 'frozen' };

const { coordinates: _, components: __, ...inWeights } = ourDenoiser;

export const toyDenoiser: DenoiserConfig = {
  ...inWeights,
  unet: {
    channels: [4, 4, 8],
    codeWidth: 8,
    embeddingWidth: 8,
    context: 4,
    headWidth: 4,
    feedForwardRatio: 1,
    groups: 2,
  },
  blockSize: 16,
  grouping: 'layer',
};

export const toyBase: TranslatorBase = {
  config: toyTranslator,
  weights: freshTranslator(toyTranslator, 1),
  judge: freshJudge(toyTranslator, 1),
  hash: 'a'.repeat(64),
  metadata: {},
};

const words = ['sepia', 'invert', 'inverted', 'grey', 'faint', 'slight', 'strong', 'extreme', 'mild'];

export const toyFrozenBase: TranslatorBase = {
  ...toyBase,
  config: toyFrozen,
  weights: { ...toyBase.weights, ...frozenDown(toyFrozen) },
};

export const toyEncoder = wordVectorEncoder({
  words,
  width: 4,
  vectors: randomStream(7, 'toy words').normal(new Float32Array(words.length * 4)),
});

/** Emoji of random smooth colours: six are trained on, two are held out. */
export function toyPictures(): ConceptPictures {
  const { side } = toyTranslator;
  const emoji = emojiOf(
    Array.from({ length: 8 }, (_, n) => `emoji ${n}`),
    (set, index) => {
      const picture = newPicture(side);
      const waves = randomStream(index, 'toy picture', set).uniform(0, 6);
      picture.planes.forEach((_, i) => {
        const [x, y] = [i % side, Math.floor(i / side) % side];
        const c = Math.floor(i / (side * side));
        picture.planes[i] = 0.5 + 0.4 * Math.sin(((waves[c] ?? 0) * x + (waves[3 + c] ?? 0) * y) / 2);
      });
      return picture;
    },
    2,
  );
  return new ConceptPictures(emoji, toyEncoder);
}

export const toyConcepts = [
  concept(filterStep('sepia', 5)),
  concept(filterStep('invert', 7)),
  concept(filterStep('grey', 5)),
];

/** Adapters of a direction for each concept, and a little noise: a net as small as the toy's can learn them. */
export function toyDataSet(config = toyTranslator): WeightDataSet {
  const { size } = adapterLayout(config);
  const shared = randomStream(3, 'shared').normal(new Float32Array(size));
  const raw = toyConcepts.map((made, n) => {
    const own = randomStream(4, 'concept', n).normal(new Float32Array(size));
    const vectors = [0, 1].map((k) =>
      shared.map((value, i) => value + 1 - n + 0.1 * (own[i] ?? 0) + 0.001 * k),
    );
    return { concept: made, part: n === 2 ? ('level' as const) : ('train' as const), vectors };
  });
  return weightDataSet(config, toyBase.hash, raw);
}

/** Draws every toy emoji that is trained on, on the toy base whose adapters share their down projections. */
export async function toyRunner(engine: Engine) {
  const shown = range(0, toyPictures().emoji.trained);
  const runner = await TranslatorRunner.create(engine, {
    ...{ config: toyFrozen, part: 'adapter', batch: shown.length, tokens: toyEncoder.tokens },
  });
  return { shown, runner };
}

/**
 * A generator in components that reads hints, its net as it begins, and what it was made of.
 * @param noise s² of the hints
 */
export async function toyHinted(
  engine: Engine,
  base: TranslatorBase,
  data: WeightDataSet,
  pictures: ConceptPictures,
  noise = 1,
) {
  const config: DenoiserConfig = {
    ...toyDenoiser,
    ...{ grouping: 'one', coordinates: 'components', components: 3 },
    unet: { ...toyDenoiser.unet, hint: true },
  };
  const coder = learntCoder(config, data);
  const hint = hintBasis(await measureSensitivity(engine, base, data, pictures, coder), noise);
  const model: GeneratorModel = {
    ...{ config, translator: base.config, base: base.hash, timestep: 900, hint },
    ...{ normalisation: data.normalisation, components: coder.components },
    weights: freshUnet(config.unet, 0),
  };
  return { model, coder };
}
