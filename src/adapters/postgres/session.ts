import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import { type Log, Weather } from '../../ports.ts';
import type { EngineHandlers } from './engine.ts';
import { insist } from './insist.ts';
import type { Waker } from './waker.ts';
import { owed, putOff, settle, type Waking } from './wakes.ts';
import { abandoned, type Work } from './workflows.ts';

export interface SessionOptions {
  readonly pool: Pool;
  readonly waker: Waker;
  readonly handlers: EngineHandlers;
  readonly retryUnitMs: number;
  /** Asks for a look at what is due after so many milliseconds. */
  readonly later: (delayMs: number) => void;
  readonly log: Log;
}

const ABORT_GRACE_MS = 2000;
const LONGEST_ASKED_MS = 3_600_000;

/** A failure is tried again no sooner than the world asked for. */
const askedDelay = (error: unknown): number =>
  error instanceof Weather ? Math.min(error.retryAfterMs ?? 0, LONGEST_ASKED_MS) : 0;

/** What the two workflows do between a start of the engine and its stop. */
export class Session implements Work {
  readonly #options: SessionOptions;
  readonly #live = new Set<Promise<void>>();
  readonly #runs = new Map<RejectionKey, Set<AbortController>>();
  #stopping = false;
  #abandoned = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Whether work was left running, for the next process to take over. */
  get abandoned(): boolean {
    return this.#abandoned || this.#live.size > 0;
  }

  /** How many handlers are at work in this process. */
  get live(): number {
    return this.#live.size;
  }

  advance(waking: Waking): Promise<void> {
    return this.#counted(() => this.#advance(waking));
  }

  run(waking: Waking, run: string): Promise<void> {
    return this.#counted(() => this.#run(waking, run));
  }

  /** Aborts the runs of one rejection, or of all. */
  abort(reason: 'stop-requested' | 'shutting-down', rejection?: RejectionKey): void {
    const chosen = rejection === undefined ? [...this.#runs.values()] : [this.#runs.get(rejection) ?? []];
    for (const controller of chosen.flatMap((own) => [...own])) controller.abort(reason);
  }

  /** Takes no more work, lets what runs end for `drainMs`, then aborts it. */
  async drain(drainMs: number): Promise<void> {
    this.#stopping = true;
    if (drainMs > 0) await this.#settled(drainMs);
    this.abort('shutting-down');
    await this.#settled(ABORT_GRACE_MS);
  }

  #settled(withinMs: number): Promise<unknown> {
    return Promise.race([Promise.all(this.#live), sleep(withinMs, undefined, { ref: false })]);
  }

  /** Keeps count of the handlers at work. Work that is claimed while stopping is left to the next process. */
  #counted(work: () => Promise<void>): Promise<void> {
    if (this.#stopping) {
      this.#abandoned = true;
      return abandoned();
    }
    const done = work();
    const entry = done.catch(() => {}).finally(() => this.#live.delete(entry));
    this.#live.add(entry);
    return done.catch((error: unknown) => {
      if (!(error instanceof Abandoned)) throw error;
      this.#abandoned = true;
      return abandoned();
    });
  }

  async #advance(waking: Waking): Promise<void> {
    const { pool, handlers } = this.#options;
    for (;;) {
      const number = await this.#insist(() => owed(pool, waking.rejection));
      if (number === null || this.#stopping) return;
      try {
        await handlers.advance(waking);
      } catch (error) {
        return await this.#tryAgainLater(waking, error);
      }
      // An event at any moment of the advance has raised the number, and is worked off by going on.
      if (await this.#insist(() => settle(pool, waking.rejection, number))) return;
    }
  }

  async #tryAgainLater({ rejection }: Waking, error: unknown): Promise<void> {
    const { pool, retryUnitMs, log, later } = this.#options;
    const next = await this.#insist(() => putOff(pool, rejection, retryUnitMs, askedDelay(error)));
    log.warn('advance failed, trying again', { rejection, ...next, error: String(error) });
    later(next.delayMs);
  }

  async #run(waking: Waking, run: string): Promise<void> {
    const controller = new AbortController();
    const own = this.#runs.get(waking.rejection) ?? new Set();
    this.#runs.set(waking.rejection, own.add(controller));
    try {
      await this.#options.handlers.run(waking, run, controller.signal);
    } catch (error) {
      if (this.#stopping) throw new Abandoned();
      this.#options.log.warn('run failed', { rejection: waking.rejection, run, error: String(error) });
    } finally {
      own.delete(controller);
      if (own.size === 0) this.#runs.delete(waking.rejection);
    }
    await this.#wakeAfterRun(waking);
  }

  /** Without this wake nobody would learn that the run is over: if it cannot be written, the run has not ended. */
  async #wakeAfterRun(waking: Waking): Promise<void> {
    try {
      await this.#insist(() => this.#options.waker.wake(waking));
    } catch {
      throw new Abandoned();
    }
  }

  #insist<T>(work: () => Promise<T>): Promise<T> {
    return insist(work, () => this.#stopping);
  }
}

/** Carries "not ended here" out of a run. */
class Abandoned extends Error {}
