// Who may use the device while a run trains: the run leaves gaps between its steps, and other jobs work in them.
import type { Program } from '../../engine/engine.ts';
import type { OnnxEngine } from '../../engine/onnx/onnxEngine.ts';

/** Ends the current task, so that messages and timers get their turn before the work goes on. */
export type NextTask = () => Promise<void>;

/** Milliseconds of other jobs' work in one gap: a few denoising steps, then the run takes a step again. */
const gapMilliseconds = 800;

/** Of the time that a run at the smooth pace works, it rests this share afterwards, and no longer than this. */
const restShare = 1 / 3;
const longestRest = 500;

/** A job that draws pictures pauses for less than this between its pieces. */
const quietMilliseconds = 150;

export class Turns {
  readonly #nextTask: NextTask;
  readonly #waiting: (() => Promise<void>)[] = [];
  #held = false;
  /** Pieces of other jobs that work right now, and when the last of them ended. */
  #working = 0;
  #workedAt = Number.NEGATIVE_INFINITY;

  constructor(nextTask: NextTask) {
    this.#nextTask = nextTask;
  }

  /** Whether the run rests between its pieces, so that what is drawn on screen is never far from its turn. */
  smooth = false;

  /** A piece of the run's own work. */
  async own<T>(work: () => Promise<T>): Promise<T> {
    if (!this.smooth) return work();
    const begun = performance.now();
    const result = await work();
    const rest = Math.min(longestRest, restShare * (performance.now() - begun));
    await new Promise((resolve) => setTimeout(resolve, rest));
    return result;
  }

  /** One piece of a job beside the run: at once, or in the run's next gap while there is one. */
  async beside<T>(work: () => Promise<T>): Promise<T> {
    await this.#nextTask();
    if (!this.#held) return this.#noted(work);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(() => this.#noted(work).then(resolve, reject));
    });
  }

  /** One piece of a job that gives way to everybody: no run trains, and no other job worked just now. */
  async whenIdle<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#nextTask();
    for (;;) {
      signal.throwIfAborted();
      const wait = this.#untilIdle();
      if (wait <= 0) return work();
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  #untilIdle(): number {
    if (this.#held || this.#working > 0 || this.#waiting.length > 0) return quietMilliseconds;
    return this.#workedAt + quietMilliseconds - performance.now();
  }

  async #noted<T>(work: () => Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await work();
    } finally {
      this.#working--;
      this.#workedAt = performance.now();
    }
  }

  /** A run takes the device; others wait for its gaps. */
  take(): void {
    this.#held = true;
  }

  /** The run is over or rests; everybody may work. */
  release(): void {
    this.#held = false;
    for (const work of this.#waiting.splice(0)) void work();
  }

  /** Lets others work freely until something happens; the run keeps what it had. */
  async rest(until: Promise<void>): Promise<void> {
    const held = this.#held;
    this.release();
    await until;
    this.#held = held;
  }

  /** Between two steps of the run. */
  async gap(): Promise<void> {
    const end = performance.now() + gapMilliseconds;
    await this.#nextTask();
    while (this.#waiting.length > 0 && performance.now() < end) {
      await this.#waiting.shift()?.();
      // The job that was served asks for its next piece meanwhile.
      await this.#nextTask();
    }
  }
}

/** Does a piece of work when its turn has come. */
export type Pace = <T>(work: () => Promise<T>) => Promise<T>;

/** The engine, with every compilation and every run at the given pace. */
export function paced(engine: OnnxEngine, pace: Pace): OnnxEngine {
  return {
    id: engine.id,
    description: engine.description,
    upload: (tensor) => engine.upload(tensor),
    dispose: () => engine.dispose(),
    compile: async (graph) => pacedProgram(await pace(() => engine.compile(graph)), pace),
    async openModel(file) {
      const opened = await pace(() => engine.openModel(file));
      return { ...opened, run: (feeds) => pace(() => opened.run(feeds)) };
    },
  };
}

function pacedProgram(program: Program, pace: Pace): Program {
  return {
    run: (feeds, into) => pace(() => program.run(feeds, into)),
    dispose: () => program.dispose(),
  };
}
