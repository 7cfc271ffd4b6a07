import type { Pool } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import { Fenced, type Log } from '../../ports.ts';
import type { AtWork } from './at-work.ts';
import type { EngineHandlers } from './engine.ts';
import { type Fence, takeRunFence, toldToEnd } from './fence.ts';
import { insist } from './insist.ts';
import { pausedBy } from './pause.ts';
import type { Around } from './points.ts';
import { leftInOrder, startsOf } from './starts.ts';
import { raise, type Waking } from './wakes.ts';
import { abandoned, type Work } from './workflows.ts';

export interface RunsOptions {
  readonly pool: Pool;
  readonly executor: string;
  readonly handlers: EngineHandlers;
  readonly atWork: AtWork;
  readonly around: Around;
  readonly log: Log;
}

/** Carries "not ended here" out of a run. */
class Abandoned extends Error {}

/** The runs at work in this process. */
export class Runs implements Work {
  readonly #options: RunsOptions;
  readonly #runs = new Map<Fence, AbortController>();
  #abandoned = false;

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  /** Whether runs were left unfinished, for another worker to take over. */
  get abandoned(): boolean {
    return this.#abandoned || this.#runs.size > 0;
  }

  get count(): number {
    return this.#runs.size;
  }

  async run(waking: Waking, run: string): Promise<void> {
    const { atWork } = this.#options;
    try {
      // Work that is claimed while stopping is left to the next process.
      if (atWork.stopping) throw new Abandoned();
      await atWork.track(this.#run(waking, run));
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
      this.#abandoned = true;
      await this.#leave(waking, run);
      await abandoned();
    }
  }

  /** Aborts the runs of one rejection, or of all. */
  abort(reason: 'stop-requested' | 'shutting-down' | 'paused', rejection?: RejectionKey): void {
    for (const [fence, controller] of this.#runs)
      if (rejection === undefined || fence.rejection === rejection) controller.abort(reason);
  }

  /** Aborts what was asked to stop, here or by another worker, what another worker has taken over, and all while paused. */
  async heed(): Promise<void> {
    if (this.#runs.size > 0 && (await pausedBy(this.#options.pool)) !== null) this.abort('paused');
    const told = await toldToEnd(this.#options.pool, [...this.#runs.keys()]);
    for (const { fence, why } of told) this.#runs.get(fence)?.abort(why);
  }

  async #run(waking: Waking, run: string): Promise<void> {
    const { around, atWork, log } = this.#options;
    const doing = { rejection: waking.rejection, what: run };
    const controller = new AbortController();
    try {
      await this.#turn(waking, run, controller);
    } catch (error) {
      // Whoever has it now will end it, and wake the rejection.
      if (error instanceof Fenced || controller.signal.reason === 'taken-over') return;
      if (atWork.stopping) throw new Abandoned();
      log.warn('run failed', { rejection: waking.rejection, run, error });
    }
    await around('engine.wake-after-run', doing, () => this.#wakeAfterRun(waking));
  }

  async #turn(waking: Waking, run: string, controller: AbortController): Promise<void> {
    const { pool, executor, handlers, around } = this.#options;
    const doing = { rejection: waking.rejection, what: run };
    const take = () => takeRunFence(pool, executor, waking.rejection);
    const fence = await around('engine.take-fence', doing, () => this.#insist(take));
    this.#runs.set(fence, controller);
    try {
      if ((await this.#insist(() => pausedBy(pool))) !== null) controller.abort('paused');
      const again = (await this.#insist(() => startsOf(pool, waking, run))) > 1;
      await around('engine.run', doing, () => handlers.run(waking, run, controller.signal, fence, again));
    } finally {
      this.#runs.delete(fence);
    }
  }

  /** Without this wake nobody would learn that the run is over: if it cannot be written, the run has not ended. */
  async #wakeAfterRun(waking: Waking): Promise<void> {
    try {
      await this.#insist(() => raise(this.#options.pool, [waking]));
    } catch {
      throw new Abandoned();
    }
  }

  /** Nobody died of it. Where that cannot be written it counts as if. */
  async #leave(waking: Waking, run: string): Promise<void> {
    await leftInOrder(this.#options.pool, waking, run).catch(() => {});
  }

  #insist<T>(work: () => Promise<T>): Promise<T> {
    return insist(work, () => this.#options.atWork.stopping);
  }
}
