// Time of a step, smoothed: what the remaining time is estimated from. Pauses are not counted.
export class StepClock {
  #started = 0;
  #mean: number | null = null;
  #count = 0;

  start(): void {
    this.#started = performance.now();
  }

  stop(): void {
    const elapsed = performance.now() - this.#started;
    this.#count++;
    // The first step compiles; it would spoil the average.
    if (this.#count === 1) return;
    const weight = Math.max(0.05, 1 / (this.#count - 1));
    this.#mean = this.#mean === null ? elapsed : this.#mean + weight * (elapsed - this.#mean);
  }

  reset(): void {
    this.#mean = null;
    this.#count = 0;
  }

  get milliseconds(): number | null {
    return this.#mean;
  }
}
