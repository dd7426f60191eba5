// What a person asks of a run while it goes on: pause, go on, end, save now.

export class RunGate {
  #state: 'open' | 'paused' | 'cancelled' = 'open';
  #wake: (() => void) | undefined;
  /** A checkpoint is due whatever the clock says. */
  saveNow = true;

  get paused(): boolean {
    return this.#state === 'paused';
  }

  get cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  pause(): void {
    if (this.#state === 'open') this.#state = 'paused';
    this.saveNow = true;
  }

  continue(): void {
    if (this.#state === 'paused') this.#state = 'open';
    this.#wakeUp();
  }

  cancel(): void {
    this.#state = 'cancelled';
    this.#wakeUp();
  }

  /** Asks for a checkpoint; a run that is paused saves at once. */
  flush(): void {
    this.saveNow = true;
    this.#wakeUp();
  }

  /** Resolves when something was asked. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
