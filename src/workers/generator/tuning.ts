// A short fine-tune in the page: the adapter of one phrase from one start after another, at equal steps on equal
// pictures, measured on held-out emoji as it goes.
import type { Engine } from '../../engine/engine.ts';
import type { Concept } from '../../generator/concepts/concept.ts';
import { drawnSamples } from '../../generator/data/batches.ts';
import { fallingRate, nearRate, ourSharpening } from '../../generator/dataset/fineTune.ts';
import { isNear } from '../../generator/study/methods.ts';
import { adapterLayout } from '../../generator/translator/adapter.ts';
import { firstState, TranslatorTrainer } from '../../generator/translator/trainer.ts';
import { UserError } from '../../lib/errors.ts';
import { unpack } from '../../train/parameters.ts';
import type { StartId, TunePoint } from '../generatorProtocol.ts';
import type { Easel } from './easel.ts';
import type { Adapter, MadeStart } from './starts.ts';
import type { StyleFiles } from './styleFiles.ts';

/** Shares of a run at which is measured: more often where the curve falls. */
const shares = [0, 1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1];

export interface TuneListener {
  point(point: TunePoint): void;
  /** The chosen emoji after so many steps, [3, S, S]. */
  picture(step: number, pixels: Uint8Array): void;
  step(done: number): void;
}

export interface TuneTask {
  readonly phrase: string;
  readonly concept: Concept;
  readonly emoji: number;
  readonly start: StartId;
  readonly made: MadeStart;
  readonly steps: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly listener: TuneListener;
}

export class Tuner {
  readonly #files: StyleFiles;
  readonly #trainer: TranslatorTrainer;
  readonly #easel: Easel;

  private constructor(files: StyleFiles, trainer: TranslatorTrainer, easel: Easel) {
    this.#files = files;
    this.#trainer = trainer;
    this.#easel = easel;
  }

  static async create(engine: Engine, files: StyleFiles, easel: Easel): Promise<Tuner> {
    const { base, pictures } = files;
    const trainer = await TranslatorTrainer.create(
      engine,
      {
        ...{ config: base.config, part: 'adapter', batch: ourSharpening.batch },
        tokens: pictures.encoder.tokens,
      },
      base.weights,
    );
    return new Tuner(files, trainer, easel);
  }

  /** Ends early when it is stopped; the adapter is what it was then. */
  async run(task: TuneTask): Promise<Adapter> {
    const { concept, start, made, steps, seed, signal, listener } = task;
    const { base, pictures } = this.#files;
    const trainer = this.#trainer;
    trainer.begin(firstState(base.config, 'adapter', { ...base.weights, ...made.adapter }, base.judge));
    // One stream for all starts: at equal seeds they see equal batches.
    const samples = drawnSamples([concept], pictures.emoji.trained, {
      ...{ seed, batch: ourSharpening.batch },
      purpose: `tune ${concept.id}`,
    });
    const measuredAt = new Set(shares.map((share) => Math.round(share * steps)));
    let milliseconds = made.milliseconds;
    const tell = (batch: number | null, heldOut: number | null) =>
      listener.point({ start, step: trainer.step, seconds: milliseconds / 1000, batch, heldOut });
    tell(null, await this.#measure(task, made.adapter));
    let measured: Adapter | undefined;
    while (trainer.step < steps && !signal.aborted) {
      const batch = pictures.batch(samples(trainer.step));
      const begun = performance.now();
      const first = isNear(start) ? nearRate(ourSharpening.rate, steps) : ourSharpening.rate;
      const rate = fallingRate({ rate: first, steps }, trainer.step);
      const { distance, sound } = await trainer.run(batch, rate);
      milliseconds += performance.now() - begun;
      if (!sound) {
        throw new UserError(
          `Fine-tuning "${task.phrase}" diverged at step ${trainer.step + 1}; try another start.`,
        );
      }
      measured = measuredAt.has(trainer.step) && !signal.aborted ? await this.#adapter() : undefined;
      tell(distance, measured ? await this.#measure(task, measured) : null);
      listener.step(trainer.step);
    }
    return measured ?? this.#adapter();
  }

  async #adapter(): Promise<Adapter> {
    return unpack(adapterLayout(this.#files.base.config), await this.#trainer.trained());
  }

  /** Held-out distance; the chosen emoji's picture is told on the way. */
  async #measure(task: TuneTask, adapter: Adapter): Promise<number | null> {
    const { drawn, shown } = await this.#easel.draw(adapter, task, task.emoji);
    task.listener.picture(this.#trainer.step, drawn.slice(0, drawn.length / shown.length));
    return this.#easel.distance(adapter, task);
  }

  async dispose(): Promise<void> {
    await this.#trainer.dispose();
  }
}
