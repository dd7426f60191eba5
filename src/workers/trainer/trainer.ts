// Answers the page: each request by its kind, each failure by one sentence.
import { sentence, UserError } from '../../lib/errors.ts';
import { memoryStore } from '../../storage/memoryStore.ts';
import type { RecordStore } from '../../storage/recordStore.ts';
import { checkIdentity } from '../../train/identityCheck.ts';
import { measureForward } from '../../train/measure.ts';
import type {
  EngineChoice,
  ModelInfo,
  ModelSource,
  ToWorker,
  TrainerReplies,
  TrainerRequest,
} from '../protocol.ts';
import { Distances } from './distances.ts';
import type { TrainerEnvironment } from './environment.ts';
import { Events, type Post } from './events.ts';
import { failureOf, isFatal } from './failure.ts';
import { Files } from './files.ts';
import { GraftWeights } from './graftWeights.ts';
import { keepingStore } from './keepingStore.ts';
import { Lenses } from './lenses.ts';
import { openModel } from './openModel.ts';
import { checkedJob, checkedPace, checkedSamples, checkedSlot } from './requests.ts';
import { RunHost } from './runHost.ts';
import { RunStore } from './runStore.ts';
import { SampleJobs } from './sampleJobs.ts';
import { Scores } from './scores.ts';
import { Sensitivities } from './sensitivity.ts';
import { Session } from './session.ts';
import { StoredDesk } from './storedDesk.ts';
import { deleteStored, planHashIn, storedItems } from './storedItems.ts';
import { Turns } from './turns.ts';

/** Everything that works on one open model. */
interface Desk {
  readonly turns: Turns;
  readonly session: Session;
  readonly runs: RunStore;
  readonly host: RunHost;
  readonly samples: SampleJobs;
  readonly distances: Distances;
  readonly sensitivities: Sensitivities;
  readonly files: Files;
  readonly lenses: Lenses;
}

type Handlers = {
  readonly [K in TrainerRequest['kind']]: (
    request: Extract<TrainerRequest, { readonly kind: K }>,
  ) => Promise<TrainerReplies[K]>;
};

export class Trainer {
  readonly #environment: TrainerEnvironment;
  readonly #post: Post;
  readonly #events: Events;
  readonly #store: Promise<RecordStore>;
  #desk: Desk | undefined;
  #smooth = false;
  /** Instead of a desk: a model that is too large to be run. */
  #stored: StoredDesk | undefined;

  constructor(environment: TrainerEnvironment, post: Post) {
    this.#environment = environment;
    this.#post = post;
    this.#events = new Events(post, environment.drawnIntervals);
    this.#store = this.#openStore();
  }

  async receive({ id, request }: ToWorker): Promise<void> {
    try {
      const value = await this.#answer(request);
      this.#post({ type: 'reply', id, value });
    } catch (error) {
      this.#post({ type: 'failure', id, ...failureOf(error) });
      if (isFatal(error)) this.#environment.giveUp(error);
    }
  }

  #answer<K extends TrainerRequest['kind']>(
    request: Extract<TrainerRequest, { readonly kind: K }>,
  ): Promise<TrainerReplies[K]> {
    // The table pairs each kind with its handler; the lookup by a kind that is not yet known loses that.
    const handle = this.#handlers[request.kind] as Handlers[K] | undefined;
    if (!handle) throw new UserError(`The trainer does not know the request "${String(request.kind)}".`);
    return handle(request);
  }

  readonly #handlers: Handlers = {
    open: ({ source, engine }) => this.#open(source, engine),
    sample: async ({ job }) => {
      const { session, samples } = this.#opened();
      const plan = session.plan(job.plan);
      return samples.run({ ...checkedJob(job, session.info.config), plan });
    },
    stopSample: async ({ jobId }) => {
      this.#desk?.samples.stop(jobId);
      return null;
    },
    graft: async ({ plan, ...rest }) => {
      const { session, host } = this.#opened();
      return host.graft({ plan: session.plan(plan), ...rest });
    },
    pause: async () => {
      this.#desk?.host.pause();
      return null;
    },
    continue: async () => {
      this.#desk?.host.continue();
      return null;
    },
    pace: async ({ pace }) => {
      this.#smooth = checkedPace(pace) === 'smooth';
      if (this.#desk) this.#desk.turns.smooth = this.#smooth;
      return null;
    },
    cancel: async () => {
      this.#desk?.host.cancel();
      return null;
    },
    flush: async () => {
      await this.#desk?.host.flush();
      return null;
    },
    distance: async ({ plan, samples }) => {
      const { session, distances } = this.#opened();
      return distances.measure(session.plan(plan), checkedSamples(samples));
    },
    stopDistance: async () => {
      this.#desk?.distances.stop();
      return null;
    },
    identity: async () => {
      const { session } = this.#opened();
      this.#events.status('Running the model against its self-graft', null);
      return session.onDevice((device) => checkIdentity(device.beside(), session.model));
    },
    measure: async ({ plan: untrusted }) => {
      const { session } = this.#opened();
      const plan = session.plan(untrusted);
      this.#events.status('Measuring a forward pass', null);
      return session.onDevice((device) => measureForward(device.beside(), session.info.config, plan));
    },
    locality: async () => this.#opened().lenses.locality(),
    streamError: async ({ plan }) => {
      const { session, lenses } = this.#opened();
      return lenses.streamError(session.plan(plan));
    },
    written: async ({ plan }) => {
      const { session } = this.#opened();
      return session.written(session.plan(plan));
    },
    filters: async ({ plan, slot }) => {
      const { session, lenses } = this.#opened();
      return lenses.filters(session.plan(plan), checkedSlot(slot));
    },
    sensitivity: async (request) => this.#opened().sensitivities.of(request),
    stopSensitivity: async () => {
      this.#desk?.sensitivities.stop();
      return null;
    },
    outputChange: async (request) => this.#opened().sensitivities.change(request),
    export: async ({ plan, format }) => {
      if (this.#stored) return this.#stored.export(plan, format);
      const { session, files } = this.#opened();
      return files.export(session.plan(plan), format);
    },
    import: async ({ file }) => (this.#stored ?? this.#opened().files).import(file),
    runs: async () => (this.#stored ? [] : this.#inOneGo(() => this.#opened().runs.list())),
    storage: () => this.#inOneGo(async () => storedItems(await this.#store)),
    deleteStored: async ({ name }) => {
      const hash = planHashIn(name);
      if (hash !== undefined && this.#desk?.host.isRunning(hash)) {
        throw new UserError('This graft is running; cancel it before its run is deleted.');
      }
      await this.#inOneGo(async () => deleteStored(await this.#store, name));
      return null;
    },
    deleteRun: async ({ planHash }) => {
      const { runs, host } = this.#opened();
      if (host.isRunning(planHash)) {
        throw new UserError('This graft is running; cancel it before its run is deleted.');
      }
      await runs.delete(planHash);
      return null;
    },
  };

  #inOneGo<T>(work: () => Promise<T>): Promise<T> {
    return this.#desk ? this.#desk.session.beside(work) : work();
  }

  #opened(): Desk {
    if (this.#desk) return this.#desk;
    if (this.#stored) throw this.#stored.refusal();
    throw new UserError('No model is open yet; wait until it is, or reload the page.');
  }

  async #open(source: ModelSource, choice: EngineChoice): Promise<ModelInfo> {
    const before = this.#desk;
    if (before?.host.active) {
      throw new UserError('A graft is running; cancel it before another model is opened.');
    }
    this.#events.status('Loading the model and the engine', null);
    // What ships is known to fit, so that its engine starts while it loads.
    const starting = source.kind === 'bundled' ? this.#environment.startEngine(choice) : undefined;
    starting?.catch(() => undefined);
    const opened = await openModel(source, this.#environment.read);
    if (opened.kind === 'stored') {
      leave(before);
      this.#desk = undefined;
      this.#stored = new StoredDesk(opened.model, this.#events);
      return this.#stored.info;
    }
    const { model } = opened;
    const [started, store] = await Promise.all([
      starting ?? this.#environment.startEngine(choice),
      this.#store,
    ]);
    leave(before);
    const events = this.#events;
    const turns = new Turns(this.#environment.nextTask);
    turns.smooth = this.#smooth;
    const session = new Session({ environment: this.#environment, choice, model, started, turns, events });
    const runs = new RunStore(store, model.fingerprint);
    const scores = new Scores(session, runs);
    const host = new RunHost({ session, runs, scores, turns, events });
    const weights = new GraftWeights(session, runs, host, events);
    const samples = new SampleJobs(session, weights, events);
    this.#stored = undefined;
    this.#desk = {
      turns,
      session,
      runs,
      host,
      samples,
      distances: new Distances({ scores, weights, runs, events }),
      sensitivities: new Sensitivities({ session, runs, weights, turns, events }),
      files: new Files(session, runs, weights, events),
      lenses: new Lenses(session, weights, events),
    };
    void samples.warmUp();
    return session.info;
  }

  /** Where the browser refuses its file system, runs last as long as the page. */
  async #openStore(): Promise<RecordStore> {
    try {
      return keepingStore(await this.#environment.openStore(), {
        refused: (error) => this.#notSaved(error),
        saved: () => this.#events.solved('storage'),
      });
    } catch (error) {
      this.#notSaved(error);
      return memoryStore();
    }
  }

  #notSaved(error: unknown): void {
    this.#events.problem({
      id: 'storage',
      severity: 'warning',
      text: `${sentence(error)} The run goes on and is kept until this page is closed.`,
      slot: null,
      action: error instanceof UserError && error.action === 'freeSpace' ? 'freeSpace' : null,
    });
  }
}

function leave(desk: Desk | undefined): void {
  desk?.samples.stopAll();
  desk?.distances.stop();
  desk?.sensitivities.stop();
  void desk?.session.dispose();
}
