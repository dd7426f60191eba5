// Answers the page: each request by its kind, each failure by one sentence.
import { UserError } from '../../lib/errors.ts';
import type { GeneratorReplies, GeneratorRequest, StylesInfo, ToGenerator } from '../generatorProtocol.ts';
import { failureOf, isFatal } from '../trainer/failure.ts';
import { stoppable } from '../trainer/stopped.ts';
import { paced } from '../trainer/turns.ts';
import type { GeneratorEnvironment } from './environment.ts';
import { GeneratorEvents, type Post } from './events.ts';
import { Studio } from './studio.ts';
import { loadStyleFiles } from './styleFiles.ts';

type Handlers = {
  readonly [K in GeneratorRequest['kind']]: (
    request: Extract<GeneratorRequest, { readonly kind: K }>,
  ) => Promise<GeneratorReplies[K]>;
};

export class GeneratorHost {
  readonly #environment: GeneratorEnvironment;
  readonly #post: Post;
  readonly #events: GeneratorEvents;
  readonly #jobs = new Map<string, () => void>();
  #studio: Promise<Studio> | undefined;
  /** One fine-tune at a time: they share a training step. */
  #tuning: Promise<unknown> = Promise.resolve();

  constructor(environment: GeneratorEnvironment, post: Post) {
    this.#environment = environment;
    this.#post = post;
    this.#events = new GeneratorEvents(post);
  }

  async receive({ id, request }: ToGenerator): Promise<void> {
    try {
      const value = await this.#answer(request);
      this.#post({ type: 'reply', id, value });
    } catch (error) {
      this.#post({ type: 'failure', id, ...failureOf(error, 'weight generator') });
      if (isFatal(error)) this.#environment.giveUp(error);
    }
  }

  #answer<K extends GeneratorRequest['kind']>(
    request: Extract<GeneratorRequest, { readonly kind: K }>,
  ): Promise<GeneratorReplies[K]> {
    // The table pairs each kind with its handler; the lookup by a kind that is not yet known loses that.
    const handle = this.#handlers[request.kind] as Handlers[K] | undefined;
    if (!handle) throw new UserError(`The generator does not know the request "${String(request.kind)}".`);
    return handle(request);
  }

  readonly #handlers: Handlers = {
    open: () => this.#open(),
    draw: ({ job }) =>
      this.#stoppably(job.jobId, 'The drawing', async (signal) => (await this.#opened()).draw(job, signal)),
    measure: ({ job }) =>
      this.#stoppably(job.jobId, 'The measurement', async (signal) =>
        (await this.#opened()).measure(job, signal),
      ),
    tune: ({ job }) =>
      this.#stoppably(job.jobId, 'The fine-tune', async (signal) => {
        const studio = await this.#opened();
        const turn = this.#tuning.then(() => studio.tune(job, signal));
        this.#tuning = turn.catch(() => undefined);
        return turn;
      }),
    inspect: async ({ adapter }) => (await this.#opened()).inspect(adapter),
    stop: async ({ jobId }) => {
      this.#jobs.get(jobId)?.();
      return null;
    },
  };

  async #open(): Promise<StylesInfo> {
    this.#studio ??= this.#start();
    // Files that could not be fetched are asked for again the next time.
    this.#studio.catch(() => {
      this.#studio = undefined;
    });
    return (await this.#studio).info;
  }

  async #start(): Promise<Studio> {
    this.#events.progress('open', 'Loading the translator and the emoji', null);
    // The nets are small: the processor draws in a moment, and a graphics processor stays the trainer's.
    const [{ engine }, files] = await Promise.all([
      this.#environment.startEngine('wasm'),
      loadStyleFiles(this.#environment.read),
    ]);
    this.#events.progress('open', 'Compiling the nets', null);
    // Messages get their turn between two runs, so that a job can be stopped.
    const polite = paced(engine, async (work) => {
      await this.#environment.nextTask();
      return work();
    });
    return Studio.create(polite, files, this.#events);
  }

  #opened(): Promise<Studio> {
    if (this.#studio) return this.#studio;
    return Promise.reject(new UserError('Styles are not open yet; wait until they are.'));
  }

  async #stoppably<T>(jobId: string, what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal, stop } = stoppable(what);
    this.#jobs.set(jobId, stop);
    try {
      return await work(signal);
    } finally {
      this.#jobs.delete(jobId);
    }
  }
}
