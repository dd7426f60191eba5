// What both bases share: the loop over drawn batches, which can be left and gone on with as long as nothing but the
// length has changed.
import { join } from 'node:path';
import type { Concept } from '../generator/concepts/concept.ts';
import { type ConceptPictures, drawnSamples, type Sample } from '../generator/data/batches.ts';
import type { TranslatorConfig } from '../generator/translator/configuration.ts';
import { decodeState, encodeState } from '../generator/translator/stateFile.ts';
import type { TranslatorState, TranslatorTrainer } from '../generator/translator/trainer.ts';
import { canonicalJson } from '../lib/hash.ts';
import type { Tensor } from '../lib/tensor.ts';
import { cosine } from '../train/learningRate.ts';
import { fileStore } from './fileStore.ts';
import { generatorCache, wordVectors } from './generatorParts.ts';
import { duration, progressLine } from './progressLine.ts';

export const baseDefaults = {
  /** A folder with an ONNX text encoder; without it, the bundled word vectors. */
  'text-encoder': wordVectors,
  engine: 'onnx',
  threads: 0,
  steps: 6000,
  batch: 16,
  rate: 2e-3,
  floor: 2e-5,
  warmup: 100,
  seed: 0,
  'save-seconds': 60,
};
/** Batches over which the statistics of the normalisations are measured. */
const statisticsBatches = 128;
/** Weight of the mean before in the loss that is shown. */
const smoothing = 0.98;

interface BaseRun {
  /** Of the folder that the state is saved in. */
  readonly name: string;
  readonly config: TranslatorConfig;
  readonly concepts: readonly Concept[];
  readonly first: TranslatorState;
  /** Which row of the adapters' table each picture has; of a base that is trained together with adapters. */
  readonly rows?: (drawn: readonly Sample[]) => Tensor;
}

export interface TrainedBase {
  readonly state: TranslatorState;
  readonly recipe: string;
  readonly failures: number;
  /** Batches that were not trained on, for measuring statistics. */
  readonly further: readonly (readonly Sample[])[];
  /** `, planned over 6000 steps until step 1000`; nothing where the length never changed. */
  readonly changes: string;
}

export async function trainedBase(
  trainer: TranslatorTrainer,
  options: typeof baseDefaults,
  pictures: ConceptPictures,
  { name, config, concepts, first: fresh, rows }: BaseRun,
): Promise<TrainedBase> {
  const { steps, batch, rate, floor, warmup, seed } = options;
  const recipe = canonicalJson({
    config,
    concepts: concepts.map(({ id }) => id),
    ...{ batch, rate, floor, warmup, seed },
  });
  const store = await fileStore(join(generatorCache, name));
  const saved = await store.read('state');
  trainer.begin((saved && (await decodeState(saved, 'the saved state', recipe))) ?? fresh);
  const samples = drawnSamples(concepts, pictures.emoji.trained, { seed, purpose: 'base', batch });
  const lengths = plannedLengths(await store.read('lengths'), trainer.step, steps);
  await store.write('lengths', new TextEncoder().encode(JSON.stringify(lengths)));
  const line = progressLine();
  const save = async () => store.write('state', encodeState(await trainer.state(), recipe));
  const [started, first] = [Date.now(), trainer.step];
  let [savedAt, shown, failures] = [Date.now(), Number.NaN, 0];
  while (trainer.step < steps) {
    const { step } = trainer;
    const drawn = samples(step + failures);
    const learningRate = cosine(rate, floor, warmup, steps, step);
    const losses = await trainer.run(pictures.batch(drawn), learningRate, rows?.(drawn));
    // All targets of so many concepts would be gigabytes.
    pictures.forget();
    if (!losses.sound) failures++;
    else
      shown = Number.isNaN(shown) ? losses.distance : smoothing * shown + (1 - smoothing) * losses.distance;
    const perStep = (Date.now() - started) / 1000 / Math.max(1, trainer.step - first);
    line.show(
      `step ${trainer.step}/${steps} · L1 ${shown.toFixed(4)} · judge ${(losses.made + losses.real).toFixed(2)} · ` +
        `${(perStep * 1000).toFixed(0)} ms a step · ${duration(perStep * (steps - trainer.step))} left`,
    );
    if (Date.now() - savedAt > options['save-seconds'] * 1000) {
      await save();
      savedAt = Date.now();
    }
  }
  await save();
  line.end();
  const further = Array.from({ length: statisticsBatches }, (_, n) => samples(steps + failures + n));
  return { state: await trainer.state(), recipe, failures, further, changes: changesText(lengths) };
}

/** The length that the cosine was planned for, from a step on: a run that is called again may be cut or lengthened. */
interface PlannedLength {
  readonly from: number;
  readonly steps: number;
}

function plannedLengths(saved: Uint8Array | undefined, from: number, steps: number): PlannedLength[] {
  const before: PlannedLength[] = saved ? JSON.parse(new TextDecoder().decode(saved)) : [];
  const kept = before.filter((one) => one.from < from);
  return kept.at(-1)?.steps === steps ? kept : [...kept, { from, steps }];
}

function changesText(lengths: readonly PlannedLength[]): string {
  const changes = lengths.slice(1).map(({ from }, i) => `over ${lengths[i]?.steps} steps until step ${from}`);
  return changes.length === 0 ? '' : `, planned ${changes.join(', ')}`;
}
