// Holds messages to a few a second: what comes sooner is merged with what is held.

/** Least milliseconds between two messages of one kind. */
export const interval = 100;
/** The same where each message has the page draw: numbers and rings, and all curves. */
export interface DrawnIntervals {
  readonly progress: number;
  readonly points: number;
}
export const drawnIntervals: DrawnIntervals = { progress: 200, points: 400 };

/** Sends at once when the last message is old enough, else merges and sends a little later. */
export class Paced<T> {
  readonly #send: (value: T) => void;
  readonly #merge: (held: T, next: T) => T;
  #held: { readonly value: T } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;

  readonly #interval: number;

  constructor(send: (value: T) => void, merge: (held: T, next: T) => T, least: number = interval) {
    this.#send = send;
    this.#merge = merge;
    this.#interval = least;
  }

  push(value: T): void {
    this.#held = { value: this.#held ? this.#merge(this.#held.value, value) : value };
    const wait = this.#sentAt + this.#interval - performance.now();
    if (wait <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), wait);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    this.#sentAt = performance.now();
    this.#send(held.value);
  }
}
