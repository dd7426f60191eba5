// Trains the weight generator on what its adapters draw: one denoising step from noise gives each concept's adapter, the
// frozen base draws with it, and the loss is the distance of the pictures to their targets. Ours: the paper reports that
// a GAN loss in the generator's objective brought nothing; Text-to-LoRA reports that the task's own loss beats weight
// matching on tasks it has not seen (spec §3.4). Adapters that draw alike may differ in their numbers, and only pictures
// tell which differences matter. A small share of the weights' own distance stays in the loss, so that what pictures do
// not ask for stays near the mean adapter, from where it trains well; and of phrases of nothing known the mean adapter
// itself is asked for.
import type { Feeds } from '../../engine/engine.ts';
import { abs, add, constant, input, mean, mul, type Node, reshape, square, sub } from '../../graph/index.ts';
import { known, UserError } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, i32 } from '../../lib/tensor.ts';
import { buildTrainStep, type TrainStep } from '../../train/trainStep.ts';
import { type BlockLayout, blockMask } from '../blocks/blocks.ts';
import { type Concept, phrasesOf } from '../concepts/concept.ts';
import type { ConceptPictures, Sample } from '../data/batches.ts';
import type { WeightDataSet } from '../dataset/weightDataSet.ts';
import { predictions } from '../recovery.ts';
import type { TranslatorBase } from '../translator/baseFile.ts';
import { adaptersOfPictures } from '../translator/together.ts';
import { optionsOf } from '../translator/trainer.ts';
import { translator } from '../translator/translator.ts';
import { unet1d } from '../unet1d.ts';
import { denormalisedRows, normalisedRows } from './adapterNodes.ts';
import type { BlockCoder } from './blockCoder.ts';
import { codes, hintless } from './blockSamples.ts';
import { type DenoiserConfig, scheduleOf } from './config.ts';
import type { Hints } from './samples.ts';
import { denoiserOptimizer, netInputs, unetLayout } from './trainStep.ts';

export interface PictureMaterial {
  readonly base: TranslatorBase;
  readonly data: WeightDataSet;
  readonly pictures: ConceptPictures;
  readonly coder: BlockCoder;
  /** Timestep of the one step. */
  readonly timestep: number;
  /** Pictures of each concept in a step. */
  readonly each: number;
  /** Phrases of nothing known (concepts/foreign.ts); one of them is in every step. */
  readonly foreign: readonly string[];
  /** Concepts without a trained adapter, of which pictures alone are told; half of what is drawn where there are any. */
  readonly further?: readonly Concept[];
  /** Of a net that reads hints: those of all concepts that it is shown. */
  readonly hints?: Hints;
  /** Where not `ourWeightShare`. */
  readonly weightShare?: number;
}

/** Share of the concepts of a net that reads hints which are told under a foreign phrase. */
const phraseless = 1 / 4;

/** Factor of the mean square between written and trained numbers, normalised, in the loss. */
export const ourWeightShare = 0.2;

/**
 * Inputs: the net's, each phrase's N blocks in order, the foreign one last; `wanted` [C + 1, P], their normalised adapters,
 * and `isWanted` [C + 1, 1], 0 for a concept that has none; `source`, `target` [C·each, 3, S, S], `phrase` [C·each, T, W] and `rows` i32 [C·each], the number of each picture's
 * concept.
 * @param concepts C, concepts of one step
 */
export function pictureStep(
  config: DenoiserConfig,
  { base, data, pictures, coder, timestep, each, weightShare = ourWeightShare }: PictureMaterial,
  concepts: number,
): TrainStep {
  if (base.config.down !== 'frozen') {
    throw new UserError(
      'Training on pictures needs adapters that share their down projections, and this base trains them; take --picture-steps 0.',
    );
  }
  const { tokens } = pictures.encoder;
  const { count } = coder.layout;
  const { side, shape } = base.config;
  const batch = concepts * each;
  return buildTrainStep({
    layout: unetLayout(config.unet),
    loss: (weight) => {
      const phrases = concepts + 1;
      const net = netInputs(config, phrases * count, tokens);
      const { output } = unet1d(config.unet, net, weight);
      const clean = cleaned(config, net.blocks, output, timestep);
      const normalised = normalisedRows(data, coder, reshape(clean, [phrases, count * config.blockSize]));
      const adapters = denormalisedRows(data, normalised);
      const own = adaptersOfPictures(base.config, adapters, input('rows', [batch], 'i32'));
      const images: readonly number[] = [batch, 3, side, side];
      const { image } = translator(
        shape,
        input('source', images),
        input('phrase', [batch, tokens, shape.context]),
        (name) => own.get(name) ?? constant(known(base.weights[name], name)),
        optionsOf(base.config, 'adapter'),
      );
      const distance = mean(abs(sub(image, input('target', images))));
      const astray = square(sub(normalised, input('wanted', [phrases, data.layout.size])));
      const strayed = mean(mul(astray, input('isWanted', [phrases, 1])));
      return { loss: add(distance, mul(strayed, weightShare)), extras: { distance } };
    },
    optimizer: denoiserOptimizer,
    clipNorm: 1,
    average: 'ema',
  });
}

/** The recovery of clean blocks from one estimate (recovery.ts), which is linear in both, on nodes. */
function cleaned(config: DenoiserConfig, noisy: Node, estimate: Node, timestep: number): Node {
  if (config.task === 'regress') return estimate;
  const { alpha, sigma } = scheduleOf(config);
  const { clean } = predictions[config.prediction];
  const [a, s] = [known(alpha[timestep], 'α'), known(sigma[timestep], 'σ')];
  return add(mul(noisy, clean(0, 1, a, s)), mul(estimate, clean(1, 0, a, s)));
}

interface Drawable {
  readonly concept: Concept;
  readonly vectors?: readonly Float32Array[];
}

/** Feeds of step 0, 1, …: concepts that are trained on, each under one of its phrases, emoji, and a foreign phrase. */
export function pictureSamples(
  config: DenoiserConfig,
  { data, pictures, coder, timestep, each, foreign, further = [], hints }: Omit<PictureMaterial, 'base'>,
  { seed, batch: concepts }: { readonly seed: number; readonly batch: number },
): (step: number) => Feeds {
  const trained = data.entries.filter(({ use }) => use === 'train');
  const others = further.map((concept): Drawable => ({ concept }));
  const choices = randomStream(seed, 'picture training', 'choices');
  const noises = randomStream(seed, 'picture training', 'noise');
  const tellings = randomStream(seed, 'picture training', 'told');
  const { tokens, width } = pictures.encoder;
  const perStep = concepts * (3 + each) + 1;
  return (step) => {
    const draws = choices.uniform(step * perStep, perStep);
    let at = 0;
    const among = (count: number) => Math.min(count - 1, Math.floor(known(draws[at++], 'draw') * count));
    const told = tellings.uniform(step * 2 * concepts, 2 * concepts);
    const samples: Sample[] = [];
    const shown: (Float32Array | undefined)[] = [];
    const texts: Float32Array[] = [];
    const wanted = new Float32Array((concepts + 1) * data.layout.size);
    const isWanted = new Float32Array(concepts + 1).fill(1);
    for (let c = 0; c < concepts; c++) {
      const isFurther = among(2) === 1 && further.length > 0;
      const list: readonly Drawable[] = isFurther ? others : trained;
      const { concept, vectors } = known(list[among(list.length)], 'concept');
      if (vectors) wanted.set(known(vectors.at(-1), 'checkpoint'), c * data.layout.size);
      else isWanted[c] = 0;
      const own = phrasesOf(concept);
      let phrase = known(own[among(own.length)], 'phrase');
      if (hints) {
        const [how = 0, which = 0] = told.subarray(2 * c, 2 * c + 2);
        shown.push(how < hintless ? undefined : known(hints.get(concept.id), concept.id));
        // Pictures are to tell enough where nobody knows the phrase.
        if (how >= 1 - phraseless) phrase = known(foreign[Math.floor(which * foreign.length)], 'phrase');
      }
      texts.push(pictures.text(phrase));
      for (let i = 0; i < each; i++) samples.push({ concept, phrase, emoji: among(pictures.emoji.trained) });
    }
    texts.push(pictures.text(known(foreign[among(foreign.length)], 'foreign phrase')));
    const { source, target, text } = pictures.batch(samples);
    pictures.forget();
    return {
      ...blockFeeds(config, coder.layout, { texts, hints: shown, timestep, tokens, width }, (values) =>
        noises.normal(values, step * values.length),
      ),
      ...{ source, target, phrase: text },
      wanted: f32([concepts + 1, data.layout.size], wanted),
      isWanted: f32([concepts + 1, 1], isWanted),
      rows: i32(
        [samples.length],
        samples.map((_, n) => Math.floor(n / each)),
      ),
    };
  };
}

/** What the net is fed for all blocks of several concepts, from noise alone. */
function blockFeeds(
  config: DenoiserConfig,
  layout: BlockLayout,
  told: {
    readonly texts: readonly Float32Array[];
    /** [N, b] each; none for a text without one. */
    readonly hints: readonly (Float32Array | undefined)[];
    readonly timestep: number;
    readonly tokens: number;
    readonly width: number;
  },
  noise: (values: Float32Array<ArrayBuffer>) => Float32Array,
): Feeds {
  const { count, size } = layout;
  const rows = told.texts.length * count;
  const mask = blockMask(layout);
  const blocks = new Float32Array(rows * size);
  if (config.task === 'denoise') {
    noise(blocks).forEach((value, i) => {
      blocks[i] = mask[i % mask.length] === 1 ? value : 0;
    });
  }
  const text = new Float32Array(rows * told.tokens * told.width);
  for (let row = 0; row < rows; row++) {
    text.set(known(told.texts[Math.floor(row / count)], 'text'), row * told.tokens * told.width);
  }
  const hint = config.unet.hint && new Float32Array(rows * size);
  if (hint) {
    told.hints.forEach((values, n) => {
      if (values) hint.set(values, n * count * size);
    });
  }
  return {
    blocks: f32([rows, size], blocks),
    ...(hint && { hint: f32([rows, size], hint) }),
    timeCode: codes(new Int32Array(rows).fill(told.timestep), config.unet.codeWidth),
    indexCode: codes(
      Int32Array.from({ length: rows }, (_, row) => row % count),
      config.unet.codeWidth,
    ),
    text: f32([rows, told.tokens, told.width], text),
  };
}
