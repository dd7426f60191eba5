// What the trainer tells on its own, held to ten messages a second of each kind, fewer of what has the page draw; no point and no picture is lost by that.
import type {
  CurvePoint,
  FromWorker,
  Problem,
  RunProgress,
  SampleFrame,
  Scoring,
  SensitivityProgress,
  TrainerEvent,
} from '../protocol.ts';
import { type DrawnIntervals, drawnIntervals, interval, Paced } from './paced.ts';

export type Post = (message: FromWorker, transfer?: Transferable[]) => void;

export class Events {
  readonly #post: Post;
  readonly #progress: Paced<RunProgress>;
  readonly #points: Paced<{ readonly planHash: string; readonly points: readonly CurvePoint[] }>;
  readonly #sensitivity: Paced<SensitivityProgress>;
  readonly #frames: FrameLine;
  readonly #scoring: Paced<Scoring>;
  #statusAt = Number.NEGATIVE_INFINITY;

  constructor(post: Post, drawn: DrawnIntervals = drawnIntervals) {
    this.#post = post;
    const send = (event: TrainerEvent) => post({ type: 'event', event });
    this.#progress = new Paced(
      (progress) => send({ kind: 'progress', progress }),
      (_, latest) => latest,
      drawn.progress,
    );
    this.#points = new Paced(
      ({ planHash, points }) => send({ kind: 'points', planHash, points }),
      (held, more) => ({ planHash: more.planHash, points: [...held.points, ...more.points] }),
      drawn.points,
    );
    this.#sensitivity = new Paced(
      (progress) => send({ kind: 'sensitivity', progress }),
      (held, more) => ({
        ...more,
        found: [...held.found, ...more.found],
        times: [...held.times, ...more.times],
      }),
    );
    this.#scoring = new Paced(
      (scoring) => send({ kind: 'scoring', scoring }),
      (_, latest) => latest,
    );
    this.#frames = new FrameLine((frame) => {
      post({ type: 'event', event: { kind: 'frame', frame } }, [frame.pixels.buffer]);
    });
  }

  progress(progress: RunProgress): void {
    this.#progress.push(progress);
  }

  points(planHash: string, points: readonly CurvePoint[]): void {
    this.#points.push({ planHash, points });
  }

  sensitivity(progress: SensitivityProgress): void {
    this.#sensitivity.push(progress);
  }

  /** Steps of several jobs may mix; `last` ends the pictures of its job and is shown before those held back. */
  frame(frame: SampleFrame, place: 'between' | 'last'): void {
    this.#frames.push(frame, place);
  }

  /** A status in passing: one that comes too soon after another is left out. */
  status(text: string, fraction: number | null): void {
    const now = performance.now();
    if (now - this.#statusAt < interval) return;
    this.#statusAt = now;
    this.#post({ type: 'event', event: { kind: 'status', text, fraction } });
  }

  scoring(scoring: Scoring): void {
    this.#scoring.push(scoring);
  }

  problem(problem: Problem): void {
    this.#post({ type: 'event', event: { kind: 'problem', problem } });
  }

  solved(id: string): void {
    this.#post({ type: 'event', event: { kind: 'solved', id } });
  }

  /** Sends what is held back of a run, so that it arrives before the run's reply. */
  flush(): void {
    this.#points.flush();
    this.#progress.flush();
    this.#sensitivity.flush();
  }
}

/** Pictures one by one. On a fast device they come faster than they may be told: the others follow the last. */
class FrameLine {
  readonly #send: (frame: SampleFrame) => void;
  readonly #held: SampleFrame[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(send: (frame: SampleFrame) => void) {
    this.#send = send;
  }

  push(frame: SampleFrame, place: 'between' | 'last'): void {
    if (place === 'last') this.#held.unshift(frame);
    else this.#held.push(frame);
    this.#next();
  }

  #next(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#sentAt + interval - performance.now();
    if (wait > 0) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#next();
      }, wait);
      return;
    }
    const frame = this.#held.shift();
    if (!frame) return;
    this.#sentAt = performance.now();
    this.#send(frame);
    if (this.#held.length > 0) this.#next();
  }
}
