import { setTimeout as sleep } from 'node:timers/promises';

/** The handlers at work in this process, until the last of them ends. */
export class AtWork {
  readonly #live = new Set<Promise<void>>();
  #stopping = false;

  /** Whether no more work is to be begun. */
  get stopping(): boolean {
    return this.#stopping;
  }

  get count(): number {
    return this.#live.size;
  }

  /** Counts `work` until it ends, however it ends. */
  track<T>(work: Promise<T>): Promise<T> {
    const forget = () => void this.#live.delete(entry);
    const entry: Promise<void> = work.then(forget, forget);
    this.#live.add(entry);
    return work;
  }

  stop(): void {
    this.#stopping = true;
  }

  /** Resolves when nothing is at work any more, at the latest after `withinMs`. */
  async settled(withinMs: number): Promise<void> {
    if (this.#live.size > 0) await Promise.race([Promise.all(this.#live), sleep(withinMs, undefined, { ref: false })]);
  }
}
