// What the generator tells on its own, held to ten messages a second of each kind; no point is lost by that.
import type {
  FromGenerator,
  GeneratorEvent,
  JobProgress,
  TunedPicture,
  TunePoint,
} from '../generatorProtocol.ts';
import { Paced } from '../trainer/paced.ts';

export type Post = (message: FromGenerator, transfer?: Transferable[]) => void;

interface Points {
  readonly jobId: string;
  readonly points: readonly TunePoint[];
}

export class GeneratorEvents {
  readonly #progress: Paced<JobProgress>;
  readonly #points: Paced<Points>;
  readonly #pictures: Paced<TunedPicture>;

  constructor(post: Post) {
    const send = (event: GeneratorEvent) => post({ type: 'event', event });
    this.#progress = new Paced(
      (progress) => send({ kind: 'progress', progress }),
      (_, latest) => latest,
    );
    this.#points = new Paced(
      (points) => send({ kind: 'points', ...points }),
      (held, more) => ({ jobId: more.jobId, points: [...held.points, ...more.points] }),
    );
    this.#pictures = new Paced(
      (picture) => send({ kind: 'picture', picture }),
      (_, latest) => latest,
    );
  }

  progress(jobId: string, text: string, fraction: number | null): void {
    this.#progress.push({ jobId, text, fraction });
  }

  point(jobId: string, point: TunePoint): void {
    this.#points.push({ jobId, points: [point] });
  }

  picture(picture: TunedPicture): void {
    this.#pictures.push(picture);
  }

  /** Sends what is held back of a job, so that it arrives before the job's reply. */
  flush(): void {
    this.#points.flush();
    this.#pictures.flush();
    this.#progress.flush();
  }
}
