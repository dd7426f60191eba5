// One started engine and everything that lives on it; when the device is lost, all of it goes at once.
import type { OnnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { ImageScorer } from '../../metrics/imageScores.ts';
import type { ScorerFiles } from '../../metrics/scorerFiles.ts';
import type { DitFrame } from '../../models/fixedTables.ts';
import type { StartedEngine } from './environment.ts';
import { Samplers } from './samplers.ts';
import { paced, type Turns } from './turns.ts';

export class Device {
  readonly started: StartedEngine;
  readonly samplers: Samplers;
  readonly #turns: Turns;
  #scorer: Promise<ImageScorer> | undefined;

  constructor(started: StartedEngine, frame: DitFrame, turns: Turns) {
    this.started = started;
    this.#turns = turns;
    this.samplers = new Samplers(this.beside(), frame);
  }

  /** The engine for a job that works in the gaps of a run and ends when it is stopped. */
  beside(signal?: AbortSignal): OnnxEngine {
    return paced(this.started.engine, (work) =>
      this.#turns.beside(() => {
        signal?.throwIfAborted();
        return work();
      }),
    );
  }

  scorer(files: () => Promise<ScorerFiles>): Promise<ImageScorer> {
    this.#scorer ??= files().then((read) => ImageScorer.create(this.beside(), read));
    // A file that could not be fetched is asked for again the next time.
    this.#scorer.catch(() => {
      this.#scorer = undefined;
    });
    return this.#scorer;
  }

  /** Gives everything back, as far as a lost device still can. */
  async dispose(): Promise<void> {
    await this.samplers.dispose();
    await this.#scorer?.then((scorer) => scorer.dispose()).catch(() => undefined);
    await this.started.engine.dispose().catch(() => undefined);
  }
}
