// Draws pictures of base or graft from seeds: one event a denoising step, side by side with a run, stopped on demand.
import { known } from '../../lib/errors.ts';
import { f32 } from '../../lib/tensor.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import { graftsOf } from '../../models/pictures.ts';
import { restoreTeacher } from '../../plan/edits.ts';
import type { Plan } from '../../plan/plan.ts';
import { withTeacherIn } from '../../train/graft/bestWeights.ts';
import { layoutOf, pack } from '../../train/parameters.ts';
import { type DrawnStep, type Sampler, type SamplerOptions, toBytes } from '../../train/sampling.ts';
import type { SampleJob, TrainerReplies } from '../protocol.ts';
import type { Events } from './events.ts';
import type { GraftWeights, ModelWeights } from './graftWeights.ts';
import type { Session } from './session.ts';
import { Stopped, stoppable } from './stopped.ts';

/** Pictures of one run of the program; larger jobs take several, smaller ones a smaller program. */
const largestBatch = 16;

/** What the page asks for first. Its program is compiled before anybody asks. */
const usual: SamplerOptions = { batch: largestBatch, kind: 'ddim', guidance: 'guided' };

export class SampleJobs {
  readonly #session: Session;
  readonly #weights: GraftWeights;
  readonly #events: Events;
  readonly #running = new Map<string, () => void>();

  constructor(session: Session, weights: GraftWeights, events: Events) {
    this.#session = session;
    this.#weights = weights;
    this.#events = events;
  }

  /** Compiles what the first pictures need. Whoever draws them is told if it fails. */
  async warmUp(): Promise<void> {
    const { samplers } = await this.#session.device;
    await samplers.use({}, usual, async () => {}).catch(() => undefined);
  }

  async run(job: SampleJob): Promise<TrainerReplies['sample']> {
    const { signal, stop } = stoppable('Drawing');
    this.#running.set(job.jobId, stop);
    const started = performance.now();
    const plan = job.which === 'base' ? { ...job.plan, slots: {} } : job.plan;
    const bypassed = job.bypassed ?? [];
    let model: ModelWeights | undefined;
    const reply = (finished: boolean) => ({
      jobId: job.jobId,
      finished,
      milliseconds: performance.now() - started,
      ...(model && { weights: model.origin, stage: model.stage }),
    });
    try {
      const isBase = Object.keys(plan.slots).length === 0;
      model =
        job.stage === 'stage1' && !isBase
          ? await this.#weights.afterStage1(plan)
          : await this.#weights.of(plan, signal);
      const weights = withTeacherIn(this.#session.model.base.weights, model.weights, bypassed);
      await this.#draw(job, restoreTeacher(plan, bypassed), weights, signal);
      return reply(true);
    } catch (error) {
      // What fails after the stop, on a device that is given back, is part of the stop.
      if (error instanceof Stopped || signal.aborted) return reply(false);
      throw error;
    } finally {
      this.#running.delete(job.jobId);
    }
  }

  stop(jobId: string): void {
    this.#running.get(jobId)?.();
  }

  stopAll(): void {
    for (const stop of this.#running.values()) stop();
  }

  #draw(job: SampleJob, plan: Plan, weights: ModelWeights['weights'], signal: AbortSignal): Promise<void> {
    const chunks = chunksOf(job);
    const options: SamplerOptions = {
      batch: known(chunks[0], 'chunk').classes.length,
      kind: job.sampler,
      guidance: job.guidance === 1 ? 'plain' : 'guided',
    };
    return this.#session.onDevice((device) =>
      device.samplers.use(plan.slots, options, async (sampler) => {
        signal.throwIfAborted();
        const { shape } = this.#session.model.base.frame;
        const layout = layoutOf(parameterShapes(shape, graftsOf(plan)));
        const parameters = device.started.engine.upload(f32([layout.size], pack(layout, weights)));
        const draws = chunks.map(({ seeds, classes }) =>
          sampler.draw(parameters, { seeds, classes, guidance: job.guidance, steps: job.steps }),
        );
        try {
          await this.#stepAll(job, draws, signal);
        } finally {
          for (const draw of draws) await draw.return(undefined);
          parameters.dispose();
        }
      }),
    );
  }

  /** All chunks take a step, then all pictures are shown. */
  async #stepAll(job: SampleJob, draws: ReturnType<Sampler['draw']>[], signal: AbortSignal): Promise<void> {
    const { channels, inputSize } = this.#session.model.base.frame.shape;
    const each = channels * inputSize ** 2;
    for (let step = 1; step <= job.steps; step++) {
      const pixels = new Uint8Array(job.classes.length * each);
      let done = 0;
      for (const draw of draws) {
        signal.throwIfAborted();
        const drawn: DrawnStep | undefined = (await draw.next()).value ?? undefined;
        const images = toBytes(await known(drawn, 'denoising step').read());
        // The last chunk may hold pictures that nobody asked for.
        pixels.set(images.subarray(0, pixels.length - done), done);
        done += images.length;
      }
      this.#events.frame(
        {
          jobId: job.jobId,
          which: job.which,
          step,
          steps: job.steps,
          size: inputSize,
          channels,
          pixels,
        },
        step === job.steps ? 'last' : 'between',
      );
    }
  }
}

interface Chunk {
  readonly seeds: readonly number[];
  readonly classes: readonly number[];
}

/** Equal chunks of at most 16 pictures; the last is filled up by repeating the last picture. */
function chunksOf({ classes, seed }: SampleJob): Chunk[] {
  const count = Math.ceil(classes.length / largestBatch);
  const size = Math.ceil(classes.length / count);
  return Array.from({ length: count }, (_, chunk) => {
    const numbers = Array.from({ length: size }, (_, i) => Math.min(chunk * size + i, classes.length - 1));
    return {
      seeds: numbers.map((number) => seed + number),
      classes: numbers.map((number) => known(classes[number], 'class')),
    };
  });
}
