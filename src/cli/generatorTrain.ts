// `npm run generator:train`: trains the weight generator (or, with --task regress, the plain regressor) on the adapters
// of generator:data and then on the pictures that its adapters draw, and writes model and card. Resumable; called again with fewer
// steps, it writes what the saved state has learnt.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { groupingRule } from '../generator/blocks/grouping.ts';
import { foreignPhrases } from '../generator/concepts/foreign.ts';
import { ourFurtherCombinations, trainingConcepts } from '../generator/dataset/trainingConcepts.ts';
import type { Use } from '../generator/dataset/weightDataSet.ts';
import { learntCoder } from '../generator/denoiser/blockCoder.ts';
import {
  coordinatesNamed,
  type DenoiserConfig,
  ourDenoiser,
  predictionNamed,
  taskNamed,
} from '../generator/denoiser/config.ts';
import { DistanceMeter, type DrawnDistance } from '../generator/denoiser/drawnDistance.ts';
import { decodeGenerator, encodeGenerator, type GeneratorModel } from '../generator/denoiser/file.ts';
import { entriesOf, recoveryError, timestepErrors } from '../generator/denoiser/recoveryError.ts';
import { decodeTrainerState, encodeTrainerState } from '../generator/denoiser/stateFile.ts';
import { DenoiserRun, ourDenoiserRecipe, ourPictureRecipe } from '../generator/denoiser/training.ts';
import { WeightGenerator } from '../generator/generate.ts';
import { ourHintNoise } from '../generator/hint/basis.ts';
import { modelCard } from '../generator/modelCard.ts';
import { generatorPath, regressorPath, translatorBasePath } from '../generator/paths.ts';
import { requireEncoder } from '../generator/translator/baseFile.ts';
import type { UnetShape } from '../generator/unet1d.ts';
import { UserError } from '../lib/errors.ts';
import { canonicalJson, sha256Hex } from '../lib/hash.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { fileStore } from './fileStore.ts';
import { hintsOf, learntBasis } from './generatorHints.ts';
import {
  builtDataSet,
  bundledPictures,
  bundledTranslator,
  bundledWords,
  dataSetFile,
  generatorCache,
  wordVectors,
} from './generatorParts.ts';
import { duration, progressLine } from './progressLine.ts';

const defaults = {
  base: join('public', translatorBasePath),
  data: dataSetFile,
  /** Where the model goes; without it, the bundled generator's or regressor's place. */
  out: '',
  /** A folder with an ONNX text encoder; without it, the bundled word vectors. */
  'text-encoder': wordVectors,
  engine: 'onnx',
  threads: 0,
  task: ourDenoiser.task as string,
  prediction: ourDenoiser.prediction as string,
  grouping: ourDenoiser.grouping as string,
  coordinates: ourDenoiser.coordinates ?? 'weights',
  /** Components of a group; 0 for as many as fit a block. */
  components: ourDenoiser.components ?? 0,
  'block-size': ourDenoiser.blockSize,
  'from-timestep': ourDenoiser.fromTimestep,
  channels: ourDenoiser.unet.channels.join(','),
  /** How numbers are told their places: learned, sinusoid or none. */
  positions: 'learned',
  /** s² of the hints that the net reads (hint/basis.ts), in squared units of pictures; 0 for a net that reads none. */
  'hint-noise': ourHintNoise,
  steps: ourDenoiserRecipe.steps,
  batch: ourDenoiserRecipe.batch,
  rate: ourDenoiserRecipe.rate,
  floor: ourDenoiserRecipe.floor,
  warmup: ourDenoiserRecipe.warmup,
  ema: ourDenoiserRecipe.ema,
  seed: ourDenoiserRecipe.seed,
  /** Timesteps among which the validation concepts choose. */
  timesteps: '800,850,900,950,999',
  /** Steps of the second half, on the pictures that the written adapters draw; 0 for none. */
  'picture-steps': ourPictureRecipe.steps,
  'picture-concepts': ourPictureRecipe.batch,
  'picture-each': 4,
  'picture-rate': ourPictureRecipe.rate,
  /** Pairs of two steps among the pictures' concepts: those of the data set and more; 0 for none but the data set's. */
  'picture-combinations': ourFurtherCombinations,
  'save-seconds': 60,
};
type Options = { [K in keyof typeof defaults]: (typeof defaults)[K] };

/** Phrases of nothing known. */
const foreignCount = 2000;
/** Weight of a step's loss in the mean that is shown. */
const smoothing = 0.99;
const heldOutUses: readonly Use[] = ['validation', 'level', 'family', 'combination'];

function numbers(text: string, option: string): number[] {
  const values = text.split(',').map(Number);
  if (values.every((value) => Number.isInteger(value) && value >= 0)) return values;
  throw new UserError(`generator:train: --${option} takes whole numbers between commas, got "${text}".`);
}

function positionsOf({ positions, 'block-size': learned }: Options): Pick<UnetShape, 'positions'> {
  if (positions === 'none') return {};
  if (positions === 'sinusoid') return { positions };
  if (positions === 'learned') return { positions: { learned } };
  throw new UserError(`generator:train: --positions is learned, sinusoid or none, got "${positions}".`);
}

function configOf(options: Options, context: number): DenoiserConfig {
  const channels = numbers(options.channels, 'channels');
  const [c1, c2, c3] = channels;
  if (c1 === undefined || c2 === undefined || c3 === undefined || channels.length !== 3) {
    throw new UserError(`generator:train: --channels takes three widths, got "${options.channels}".`);
  }
  const { coordinates: _c, components: _n, ...own } = ourDenoiser;
  const { positions: _p, hint: _h, ...rest } = own.unet;
  return {
    ...own,
    unet: {
      ...rest,
      ...positionsOf(options),
      channels: [c1, c2, c3],
      context,
      ...(options['hint-noise'] > 0 && { hint: true }),
    },
    task: taskNamed(options.task),
    prediction: predictionNamed(options.prediction),
    grouping: groupingRule(options.grouping),
    ...coordinatesNamed(options.coordinates),
    ...(options.coordinates === 'components' && options.components > 0 && { components: options.components }),
    blockSize: options['block-size'],
    fromTimestep: options['from-timestep'],
  };
}

interface Saving {
  readonly store: Awaited<ReturnType<typeof fileStore>>;
  readonly name: string;
  /** What must be equal for the run to go on. */
  readonly key: string;
  /** Between two savings. */
  readonly seconds: number;
}

/** Advances a run to its last step and saves it as it goes; the mean loss of the last steps. */
async function trained(run: DenoiserRun, steps: number, saving: Saving): Promise<number> {
  const line = progressLine();
  const save = async () => saving.store.write(saving.name, encodeTrainerState(await run.state(), saving.key));
  const [started, first] = [Date.now(), run.step];
  let [savedAt, shown] = [Date.now(), Number.NaN];
  while (run.step < steps) {
    const loss = await run.advance();
    if (loss !== undefined) shown = Number.isNaN(shown) ? loss : smoothing * shown + (1 - smoothing) * loss;
    const perStep = (Date.now() - started) / 1000 / Math.max(1, run.step - first);
    line.show(
      `step ${run.step}/${steps} · loss ${shown.toFixed(4)} · ${(perStep * 1000).toFixed(0)} ms a step · ` +
        `${duration(perStep * (steps - run.step))} left`,
    );
    if (Date.now() - savedAt > saving.seconds * 1000) {
      await save();
      savedAt = Date.now();
    }
  }
  await save();
  line.end();
  return shown;
}

runCommand(async () => {
  const { options } = parseOptions('generator:train', defaults);
  const base = await bundledTranslator(options.base);
  const data = await builtDataSet(base, options.data);
  const pictures = await bundledPictures(options['text-encoder']);
  requireEncoder(base, pictures.encoder);
  const { encoder } = pictures;
  const config = configOf(options, encoder.width);
  const { steps, batch, rate, floor, warmup, ema, seed } = options;
  const recipe = { steps, batch, rate, floor, warmup, ema, seed };
  const coder = learntCoder(config, data);
  const key = canonicalJson({
    base: base.hash,
    data: sha256Hex(await readFile(options.data)),
    config: { ...config },
    recipe: { batch, rate, floor, warmup, ema, seed },
    hintNoise: options['hint-noise'],
  });
  const bundled = config.task === 'regress' ? regressorPath : generatorPath;
  const out = options.out === '' ? join('public', bundled) : options.out;

  const engine = await engineNamed(options.engine, options.threads);
  const store = await fileStore(join(generatorCache, 'denoiser'));
  const savedOf = async (name: string, recipeKey: string) => {
    const saved = await store.read(name);
    return saved && (await decodeTrainerState(saved, `the saved state ${name}`, recipeKey));
  };
  const saving = { store, seconds: options['save-seconds'] };
  const seen = new Set(data.entries.map(({ concept }) => concept.id));
  const further = trainingConcepts(options['picture-combinations']).filter(({ id }) => !seen.has(id));
  const source = { base, data, pictures, coder, noise: options['hint-noise'] };
  const basis = config.unet.hint && (await learntBasis(engine, source));
  const shown = [...data.entries.map(({ concept }) => concept), ...further];
  const hints = basis && (await hintsOf(engine, source, basis, shown));
  const name = `${config.task}-${sha256Hex(key).slice(0, 12)}`;
  const onWeights = await DenoiserRun.create(
    ...([engine, config, recipe, { data, encoder, coder, ...(hints && { hints }) }] as const),
    await savedOf(name, key),
  );
  const loss = await trained(onWeights, steps, { ...saving, name, key });
  let weights = await onWeights.averaged();
  const [taken, failures] = [onWeights.step, onWeights.failures];
  await onWeights.dispose();

  const last = config.schedule.steps - 1;
  const pictureRecipe = {
    ...ourPictureRecipe,
    ...{
      steps: options['picture-steps'],
      batch: options['picture-concepts'],
      rate: options['picture-rate'],
      seed,
    },
  };
  const each = options['picture-each'];
  let pictureLoss = Number.NaN;
  if (pictureRecipe.steps > 0) {
    const foreign = foreignPhrases(await bundledWords(), foreignCount, seed);
    await encoder.prepare?.(foreign);
    const { steps: _, ...fixed } = pictureRecipe;
    const own = canonicalJson({
      ...{ after: key, weightSteps: taken, ...fixed, each, foreign: foreignCount },
      further: further.length,
    });
    const ownName = `pictures-${config.task}-${sha256Hex(own).slice(0, 12)}`;
    const onPictures = await DenoiserRun.onPictures(
      ...([engine, config, pictureRecipe] as const),
      { base, data, pictures, coder, timestep: last, each, foreign, further, ...(hints && { hints }) },
      weights,
      await savedOf(ownName, own),
    );
    pictureLoss = await trained(onPictures, pictureRecipe.steps, { ...saving, name: ownName, key: own });
    weights = await onPictures.averaged();
    await onPictures.dispose();
  }
  const model: GeneratorModel = {
    config,
    translator: data.config,
    base: data.base,
    timestep: last,
    normalisation: data.normalisation,
    components: coder.components,
    hint: basis,
    weights,
  };
  // Measured as it will be read: in half precision.
  const written = await decodeGenerator(encodeGenerator(model, {}), out);
  const generator = await WeightGenerator.create(engine, written, encoder, { base, pictures });
  const meter = await DistanceMeter.create(engine, base, data, pictures);
  // Pictures were drawn from the last timestep's noise alone.
  const isFixed = config.task === 'regress' || pictureRecipe.steps > 0;
  const candidates = isFixed ? [last] : numbers(options.timesteps, 'timesteps');
  const timesteps = await timestepErrors(generator, data, candidates);
  const timestep = timesteps[0]?.timestep ?? last;
  const errors: Partial<Record<Use, number>> = {};
  const distances: Partial<Record<Use, DrawnDistance>> = {};
  for (const use of heldOutUses) {
    const entries = entriesOf(data, use);
    if (entries.length === 0) continue;
    errors[use] = await recoveryError(generator, entries, timestep);
    distances[use] = await meter.over(generator, entries, timestep);
  }
  await meter.dispose();
  const begun = performance.now();
  await generator.generate('halftone, fine', { seed, timestep });
  const seconds = (performance.now() - begun) / 1000;
  await generator.dispose();

  const facts = { recipe: key, steps: String(taken), timesteps: JSON.stringify(timesteps) };
  const file = encodeGenerator({ ...model, timestep }, facts);
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, file);
  const { layout } = coder;
  const card = modelCard({
    ...{ file: out.split('/').at(-1) ?? out, bytes: file.length, config, layout, data },
    recipe: { ...recipe, steps: taken },
    ...{ timestep, timesteps, errors, distances, seconds, engine: engine.description, loss },
    ...(basis && { hintNoise: basis.noise }),
    ...(pictureRecipe.steps > 0 && {
      pictures: { recipe: pictureRecipe, each, further: further.length, loss: pictureLoss },
    }),
  });
  const cardPath = out.replace(/\.safetensors$/, '.md');
  await writeFile(cardPath, card);
  console.log(
    `Wrote ${out} (${(file.length / 1024).toFixed(0)} KiB) and ${cardPath}; timestep ${timestep}, ` +
      `${failures} steps left out; recovery error ${JSON.stringify(errors)}, distances ${JSON.stringify(distances)}.`,
  );
});
