import type { Pool } from 'pg';
import { Fenced, type Log, Weather } from '../../ports.ts';
import type { AtWork } from './at-work.ts';
import { type Claim, claim, free, giveBack, ownedBy, putOff, settle } from './claims.ts';
import type { EngineHandlers } from './engine.ts';
import {
  type Because,
  EVERYTHING,
  type GatePace,
  lineUp,
  openGate,
  shutGate,
  takeProbes,
  takeUntold,
  type Untold,
} from './gate.ts';
import { insist } from './insist.ts';
import type { Around } from './points.ts';
import { QuotaUsedUp } from './quota.ts';

export interface AdvancesOptions {
  readonly pool: Pool;
  readonly executor: string;
  readonly deadAfterMs: number;
  readonly handlers: EngineHandlers;
  readonly atWork: AtWork;
  readonly around: Around;
  /** Advances at once in this process. */
  readonly slots: number;
  readonly retryUnitMs: number;
  readonly pace: GatePace;
  /** From how long on people are told about a delay. */
  readonly longMs: number;
  /** Asks for a look at what is due after so many milliseconds. */
  readonly later: (delayMs: number) => void;
  readonly log: Log;
}

const LONGEST_ASKED_MS = 3_600_000;
/** So many different rejections in a row must meet a world that does not answer: one may have met its own trouble. */
const SUSPECTS = 3;
/** Delays told at a time. */
const TOLD_AT_ONCE = 8;

const repoOf = ({ waking }: Claim): string => waking.rejection.slice(0, waking.rejection.lastIndexOf('#'));

/** The advances at work in this process: claimed fairly, ended under their fence. */
export class Advances {
  readonly #options: AdvancesOptions;
  readonly #held = new Map<string, number>();
  readonly #suspects = new Set<string>();
  readonly #active = new Set<string>();
  #missed: readonly string[] = [];
  #working = 0;
  #after = '';
  #pumping: Promise<void> | undefined;
  #again = false;

  constructor(options: AdvancesOptions) {
    this.#options = options;
  }

  /** Claims as much as there is room for. Called whenever something may be ready, or a slot is free. */
  pump(): Promise<void> {
    this.#again = true;
    this.#pumping ??= this.#claimAll().finally(() => {
      this.#pumping = undefined;
    });
    return this.#pumping;
  }

  /** Until there is no room, or the walk over the repositories has come round without finding anything. */
  async #claimAll(): Promise<void> {
    const { atWork, slots } = this.#options;
    while (this.#again) {
      this.#again = false;
      for (let ends = this.#after === '' ? 1 : 0; ends < 2 && !atWork.stopping && this.#working < slots; ) {
        const claims = await this.#claim(slots - this.#working);
        for (const one of claims) this.#begin(one);
        if (claims.length > 0) ends = 0;
        if (this.#after === '') ends += 1;
      }
    }
  }

  /**
   * Frees what is ours without anybody at work on it: the answer to a claim, or the end of an advance, may have been lost
   * with its connection. What is seen so twice in a row is meant; should it be at work after all, its fence holds it off.
   */
  async freeLost(): Promise<void> {
    const { pool, executor } = this.#options;
    const idle = (await ownedBy(pool, executor)).filter((key) => !this.#active.has(key));
    const lost = idle.filter((key) => this.#missed.includes(key));
    this.#missed = idle;
    if (lost.length > 0) await free(pool, executor, lost);
  }

  /** Nothing is claimed any more once this resolves, if work is to stop. */
  async quiet(): Promise<void> {
    await this.#pumping;
  }

  async #claim(slots: number): Promise<readonly Claim[]> {
    const { pool, executor, deadAfterMs, around } = this.#options;
    // No repository has all the slots: one that floods leaves room for another to begin at once.
    const share = Math.max(1, this.#options.slots - Math.ceil(this.#options.slots / 4));
    const request = { executor, deadAfterMs, slots, share, held: this.#held, after: this.#after };
    const { claims, next } = await around('engine.claim', {}, () => claim(pool, request));
    this.#after = next;
    return claims;
  }

  #begin(one: Claim): void {
    const repo = repoOf(one);
    const { rejection } = one.waking;
    this.#working += 1;
    this.#active.add(rejection);
    this.#held.set(repo, (this.#held.get(repo) ?? 0) + 1);
    const done = this.#advance(one).finally(() => {
      this.#working -= 1;
      this.#active.delete(rejection);
      const held = (this.#held.get(repo) ?? 1) - 1;
      if (held > 0) this.#held.set(repo, held);
      else this.#held.delete(repo);
      this.pump().catch(() => {});
    });
    this.#options.atWork.track(done.catch((error: unknown) => this.#letGo(one, error)));
  }

  /** The end of an advance could not be written: the rejection must not stay ours without anybody at work on it. */
  async #letGo(one: Claim, error: unknown): Promise<void> {
    const { pool, retryUnitMs, atWork, log } = this.#options;
    if (atWork.stopping) return;
    log.warn('advance could not be ended, trying again', { rejection: one.waking.rejection, error });
    const delay = { unitMs: retryUnitMs, atLeastMs: 0, because: null };
    await this.#unlessFenced(one, async () => void (await this.#insist(() => putOff(pool, one.fence, delay)))).catch(
      () => {},
    );
  }

  async #advance(one: Claim): Promise<void> {
    const { pool, handlers, around } = this.#options;
    const doing = { rejection: one.waking.rejection };
    try {
      await this.#unlessFenced(one, async () => {
        try {
          await around('engine.advance', doing, () => handlers.advance(one.waking, one.fence));
        } catch (error) {
          if (error instanceof Fenced) throw error;
          return await this.#failed(one, error);
        }
        this.#suspects.clear();
        if (one.probes !== undefined) await this.#open(one.probes);
        await around('engine.settle', doing, () => this.#insist(() => settle(pool, one)));
      });
    } finally {
      if (one.probes !== undefined) this.#options.later(0);
    }
  }

  /** Another worker has it: whatever this one was about to do is none of its business any more. */
  async #unlessFenced(one: Claim, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      await giveBack(this.#options.pool, one.fence).catch(() => {});
    }
  }

  async #failed(one: Claim, error: unknown): Promise<void> {
    const gate = this.#gateOf(one, error);
    if (one.probes !== undefined && gate?.scope !== one.probes) await this.#open(one.probes);
    if (gate === null) return this.#tryAgainLater(one, error);
    const { pool, pace, around, log } = this.#options;
    const { rejection } = one.waking;
    const probed = one.probes === gate.scope;
    const atLeastMs = Math.min(LONGEST_ASKED_MS, error instanceof Weather ? (error.retryAfterMs ?? 0) : 0);
    const { scope, because } = gate;
    log.warn('GitHub is not to be asked for a while', { rejection, scope, because, error });
    const shut = () => shutGate(pool, scope, { because, atLeastMs, probed }, pace);
    await around('engine.shut-gate', { rejection, what: because }, () => this.#insist(shut));
    await around('engine.put-off', { rejection, what: because }, () => this.#insist(() => giveBack(pool, one.fence)));
    await this.lineUp();
    this.#lookAfter(Math.max(pace.pauseMs, atLeastMs));
  }

  /** Which gate a failure shuts, if any. */
  #gateOf({ waking, probes }: Claim, error: unknown): { scope: number; because: Because } | null {
    if (!(error instanceof Weather) || error.scope === 'rejection') return null;
    if (error.scope === 'installation') return { scope: waking.installation, because: 'rate-limit' };
    this.#suspects.add(waking.rejection);
    // Whoever was sent to see whether GitHub answers has its word alone.
    if (probes !== undefined) return { scope: probes, because: 'github-down' };
    return this.#suspects.size < SUSPECTS ? null : { scope: EVERYTHING, because: 'github-down' };
  }

  async #tryAgainLater({ waking, fence }: Claim, error: unknown): Promise<void> {
    const { pool, retryUnitMs, log, around } = this.#options;
    const { rejection } = waking;
    const asked = error instanceof Weather ? (error.retryAfterMs ?? 0) : 0;
    const because = error instanceof QuotaUsedUp ? 'content-limit' : null;
    const delay = { unitMs: retryUnitMs, atLeastMs: Math.min(LONGEST_ASKED_MS, asked), because };
    const put = () => this.#insist(() => putOff(pool, fence, delay));
    const next = await around('engine.put-off', { rejection }, put);
    log.warn('advance failed, trying again', { rejection, ...next, error });
    this.#lookAfter(next.delayMs);
  }

  #lookAfter(delayMs: number): void {
    this.#options.later(delayMs);
    if (delayMs > this.#options.longMs) this.#options.later(0);
  }

  #open(scope: number): Promise<void> {
    return this.#options.around('engine.open-gate', { what: String(scope) }, () =>
      this.#insist(() => openGate(this.#options.pool, scope)),
    );
  }

  /** Puts off what waits behind shut gates. */
  async lineUp(): Promise<void> {
    const { pool, pace, around } = this.#options;
    await around('engine.line-up', {}, () => lineUp(pool, pace));
  }

  /** Sends probes through gates whose time has come. They come on top of the slots: there is one per gate at most. */
  async probe(): Promise<void> {
    const { pool, executor, around, atWork } = this.#options;
    if (atWork.stopping) return;
    for (const one of await around('engine.probe', {}, () => takeProbes(pool, executor))) this.#begin(one);
  }

  /** Tells some of those who wait long why they do. */
  async tellDelays(): Promise<void> {
    const { pool, executor, longMs, handlers, atWork } = this.#options;
    if (handlers.delayed === undefined || atWork.stopping) return;
    for (;;) {
      const untold = await takeUntold(pool, executor, longMs, TOLD_AT_ONCE);
      await Promise.all(untold.map((one) => atWork.track(this.#tell(one))));
      if (untold.length < TOLD_AT_ONCE || atWork.stopping) return;
    }
  }

  async #tell({ claim: one, until, because }: Untold): Promise<void> {
    const { pool, handlers, around, log } = this.#options;
    const { rejection } = one.waking;
    const doing = { rejection, what: because };
    this.#active.add(rejection);
    await this.#unlessFenced(one, async () => {
      try {
        await around('engine.tell-delay', doing, async () =>
          handlers.delayed?.(one.waking, one.fence, { until, because }),
        );
      } catch (error) {
        if (error instanceof Fenced) throw error;
        log.warn('delay could not be told', { ...doing, error });
      }
      await this.#insist(() => giveBack(pool, one.fence, because));
    }).finally(() => this.#active.delete(rejection));
  }

  #insist<T>(work: () => Promise<T>): Promise<T> {
    return insist(work, () => this.#options.atWork.stopping);
  }
}
