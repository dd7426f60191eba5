// Everything that styles need, loaded and compiled once on one engine: draws, fine-tunes and inspects adapters of phrases.
import type { Engine } from '../../engine/engine.ts';
import type { Concept } from '../../generator/concepts/concept.ts';
import { namedConcept } from '../../generator/concepts/namedConcept.ts';
import { UserError } from '../../lib/errors.ts';
import type {
  AdapterName,
  DrawJob,
  Drawn,
  Inspection,
  MeasureJob,
  StartId,
  StylesInfo,
  Tuned,
  TuneJob,
} from '../generatorProtocol.ts';
import { ConceptGuide } from './conceptGuide.ts';
import { Easel, type Subject } from './easel.ts';
import type { GeneratorEvents } from './events.ts';
import { Inspector } from './inspector.ts';
import { type Recommendation, recommendedStart } from './recommendation.ts';
import { checkedAdapter, checkedDraw, checkedTune } from './requests.ts';
import { type Adapter, type MadeStart, plain, Starts } from './starts.ts';
import type { StyleFiles } from './styleFiles.ts';
import { Tuner } from './tuning.ts';

interface Parts {
  readonly engine: Engine;
  readonly files: StyleFiles;
  readonly starts: Starts;
  readonly easel: Easel;
  readonly events: GeneratorEvents;
}

/** Weights are told layer by layer, whatever blocks the generator writes. */
const shownBlocks = { blockSize: 256, grouping: 'layer' } as const;
/** Tuned adapters that are kept. */
const mostTuned = 32;

export class Studio {
  readonly #parts: Parts;
  readonly info: StylesInfo;
  readonly #guide: ConceptGuide;
  readonly #tuned = new Map<string, Adapter>();
  #tuner: Promise<Tuner> | undefined;
  #inspector: Inspector | undefined;
  #attended: string | undefined;

  private constructor(parts: Parts, recommended: Recommendation) {
    const { engine, files, starts } = parts;
    const { emoji } = files.pictures;
    this.#parts = parts;
    this.#guide = new ConceptGuide(trainedConcepts(files));
    this.info = {
      engine: engine.description,
      emoji: emoji.names,
      trained: emoji.trained,
      side: files.base.config.side,
      suggestions: this.#guide.suggestions(),
      starts: starts.unavailable,
      recommended,
    };
  }

  static async create(engine: Engine, files: StyleFiles, events: GeneratorEvents): Promise<Studio> {
    const easel = await Easel.create(engine, files);
    const starts = await Starts.create(engine, files);
    const recommended = recommendedStart(starts.unavailable, files.study);
    return new Studio({ engine, files, starts, easel, events }, recommended);
  }

  async draw(untrusted: DrawJob, signal: AbortSignal): Promise<Drawn> {
    const { jobId, adapter: name, emoji } = checkedDraw(untrusted, this.info.emoji.length);
    const { easel, events, files } = this.#parts;
    events.progress(jobId, 'Making the weights', null);
    const made = await this.#made(name);
    signal.throwIfAborted();
    events.progress(jobId, 'Drawing', null);
    const subject = subjectOf(name.phrase);
    this.#attendTo(subject);
    const begun = performance.now();
    const adapter = this.#weightsOf(name, made);
    const drawing = await easel.draw(adapter, subject, emoji);
    signal.throwIfAborted();
    return {
      ...{ jobId, adapter: name, emoji },
      ...drawing,
      distance: easel.knownDistance(adapter),
      concept: subject.concept ? this.#guide.infoOf(subject.concept) : null,
      unknown: files.pictures.encoder.encode(name.phrase).unknown,
      neighbour: made.neighbour,
      share: made.share,
      seen: made.seen,
      milliseconds: {
        make: made.from === 'made' ? made.milliseconds : null,
        draw: performance.now() - begun,
      },
    };
  }

  async measure({ adapter: untrusted }: MeasureJob, signal: AbortSignal): Promise<number | null> {
    const name = checkedAdapter(untrusted);
    const made = await this.#made(name);
    signal.throwIfAborted();
    const distance = await this.#parts.easel.distance(this.#weightsOf(name, made), subjectOf(name.phrase));
    signal.throwIfAborted();
    return distance;
  }

  async tune(untrusted: TuneJob, signal: AbortSignal): Promise<Tuned> {
    const job = checkedTune(untrusted, this.info.emoji.length);
    const { jobId, phrase, seed, steps, emoji, starts: wanted } = job;
    const { concept } = subjectOf(phrase);
    const { events } = this.#parts;
    if (!concept) {
      throw new UserError(
        `A fine-tune needs pictures to learn from, and "${phrase.trim()}" names none of the filters and emoji sets that Scion can draw; try "halftone, fine".`,
      );
    }
    events.progress(jobId, 'Compiling the training step', null);
    const tuner = await this.#openTuner();
    for (const [n, start] of wanted.entries()) {
      if (signal.aborted) break;
      const made = await this.#made({ phrase, start, seed });
      const adapter = await tuner.run({
        ...{ phrase, concept, emoji, start, made, steps, seed, signal },
        listener: {
          point: (point) => events.point(jobId, point),
          picture: (step, pixels) => events.picture({ jobId, start, step, pixels }),
          step: (done) => events.progress(jobId, 'Fine-tuning', (n * steps + done) / (wanted.length * steps)),
        },
      });
      this.#keep({ phrase, start, seed }, adapter);
    }
    events.flush();
    return { jobId, finished: !signal.aborted };
  }

  async inspect(untrusted: AdapterName): Promise<Inspection> {
    const name = checkedAdapter(untrusted);
    const { neighbours } = this.#parts.files;
    if (neighbours.state === 'missing') throw new UserError(neighbours.why);
    this.#inspector ??= new Inspector(neighbours.value, shownBlocks);
    return this.#inspector.of(name, this.#weightsOf(name, await this.#made(name)));
  }

  #made(name: Parameters<Starts['of']>[0]) {
    return this.#parts.starts.of(name);
  }

  /** Pictures of one concept take 6 MB: those of the one before are forgotten. */
  #attendTo({ concept }: Subject): void {
    if (concept?.id === this.#attended) return;
    this.#attended = concept?.id;
    this.#parts.files.pictures.forget();
  }

  #weightsOf(name: AdapterName, made: MadeStart): Adapter {
    if (name.weights === 'start') return made.adapter;
    const tuned = this.#tuned.get(tunedKey(name));
    if (tuned) return tuned;
    throw new UserError(`"${name.phrase.trim()}" was not fine-tuned from this start in this visit.`);
  }

  #keep(name: Parameters<typeof tunedKey>[0], adapter: Adapter): void {
    this.#tuned.delete(tunedKey(name));
    this.#tuned.set(tunedKey(name), adapter);
    for (const old of this.#tuned.keys()) if (this.#tuned.size > mostTuned) this.#tuned.delete(old);
  }

  #openTuner(): Promise<Tuner> {
    const { engine, files, easel } = this.#parts;
    this.#tuner ??= Tuner.create(engine, files, easel);
    this.#tuner.catch(() => {
      this.#tuner = undefined;
    });
    return this.#tuner;
  }
}

function trainedConcepts({ neighbours }: StyleFiles): readonly Concept[] | undefined {
  if (neighbours.state === 'missing') return undefined;
  return neighbours.value.entries.filter(({ use }) => use === 'train').map((entry) => entry.concept);
}

function subjectOf(phrase: string): Subject {
  return { phrase, concept: namedConcept(phrase) };
}

function tunedKey({ phrase, start, seed }: { phrase: string; start: StartId; seed: number }): string {
  return `${start} ${seed} ${plain(phrase)}`;
}
