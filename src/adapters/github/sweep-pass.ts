import type { RejectionKey } from '../../domain/rejection.ts';
import { type Log, Shut, type ShutBecause, Weather } from '../../ports.ts';
import type { GithubApp } from './app.ts';
import type { GithubEvent } from './event.ts';
import { GithubRefused } from './refused.ts';
import type { Mark } from './sweep-repository.ts';

interface Waking {
  readonly installation: number;
  readonly rejection: RejectionKey;
}

export interface Due {
  readonly id: number;
  readonly ledgerName: string;
  readonly name: string;
  readonly installation: number;
  readonly swept: object;
}

export type Errand = 'installations' | 'redelivery';

/** Whose turn it is, shared by all workers. */
interface Turns {
  claim(): Promise<Due | null>;
  swept(due: Due, seen: { readonly swept: object; readonly calls: number; readonly open: number }): Promise<void>;
  putOff(id: number, ms: number): Promise<void>;
  putAllOff(installation: number | null, ms: number): Promise<void>;
  installations(
    found: readonly { readonly id: number; readonly account: string; readonly suspended: boolean }[],
  ): Promise<readonly number[]>;
  claimInstallation(): Promise<{ readonly id: number; readonly listed: readonly object[] } | null>;
  listed(id: number, pages: readonly object[]): Promise<void>;
  claimErrand(name: Errand): Promise<{ readonly note: object } | null>;
  endErrand(name: Errand, everyMs: number, note?: object): Promise<void>;
}

/** What is known of repositories. */
interface Known {
  seen(
    repository: { readonly id: number; readonly name: string; readonly asOf: string | null },
    installation: number,
    surely: boolean,
  ): Promise<{ readonly ledgerName: string; readonly isNew: boolean }>;
  listed(installation: number, open: readonly number[], archived: readonly number[]): Promise<readonly Waking[]>;
  shut(ledgerName: string, because: ShutBecause): Promise<void>;
  shutAll(installation: number | null, because: ShutBecause): Promise<void>;
  reopenAll(installation: number | null, because: ShutBecause): Promise<readonly Waking[]>;
}

/** What the ledger tells, all by the ledger's names. */
export interface SweepLedger {
  /** The rejection of a pull request; by its branch where the ledger does not know it yet. null: a fork's, or not told. */
  ofPullRequest(repo: string, number: number, branch: string | null): Promise<RejectionKey | undefined>;
  /** Records what a comment asks for, once, and gives whom that concerns; nobody where it asks for nothing. */
  ofCommand(repo: string, event: GithubEvent): Promise<readonly RejectionKey[]>;
  /** The rejections about which the default branch may decide. */
  ofBase(repo: string): Promise<readonly RejectionKey[]>;
  /** The rejections that have not ended. */
  open(repo: string): Promise<readonly RejectionKey[]>;
}

export interface SweepOptions {
  readonly github: Pick<GithubApp, 'installations' | 'lists' | 'hookDeliveries' | 'redeliver'>;
  readonly turns: Turns;
  readonly repositories: Known;
  readonly ledger: SweepLedger;
  /** The label that makes an issue a rejection. */
  readonly label: string;
  /** The same for the same text, on every worker. */
  readonly mark: Mark;
  /** Durable once it resolves. */
  wake(wakings: readonly Waking[]): Promise<void>;
  readonly log: Log;
}

const REFUSED_MS = 3_600_000;
const SLOW_MS = 60_000;

/** Everything that one pass needs and adds up. */
export interface Pass extends SweepOptions {
  readonly stopping: AbortSignal;
  readonly sum: { repositories: number; calls: number; woken: RejectionKey[]; redelivered: string[]; putOff: boolean };
}

export async function wakeAll(pass: Pass, wakings: readonly Waking[]): Promise<void> {
  if (wakings.length === 0) return;
  await pass.wake(wakings);
  pass.sum.woken.push(...wakings.map(({ rejection }) => rejection));
}

/** What went wrong, and whom it concerns. Nothing is tried again before its time; true when the pass goes on. */
async function standBack(
  { turns, repositories, log }: Pass,
  error: unknown,
  about: { readonly installation: number | null; readonly due?: Due },
): Promise<boolean> {
  const { installation, due } = about;
  const of = due === undefined ? {} : { repo: due.name };
  if (error instanceof Weather) {
    const wait = error.retryAfterMs ?? SLOW_MS;
    log.info('the sweep waits for GitHub', { ...of, because: error.message });
    if (due !== undefined && error.scope === 'rejection') await turns.putOff(due.id, wait);
    else await turns.putAllOff(error.scope === 'everything' ? null : installation, error.retryAfterMs ?? 0);
    return error.scope !== 'everything' && installation !== null;
  }
  if (error instanceof Shut) {
    log.warn(error.message, of);
    if (error.because === 'app-refused' || installation === null) await turns.putAllOff(null, SLOW_MS);
    else if (error.because.startsWith('installation-')) await repositories.shutAll(installation, error.because);
    else if (due !== undefined) await repositories.shut(due.ledgerName, error.because);
    return error.because !== 'app-refused' && installation !== null;
  }
  if (!(error instanceof GithubRefused)) throw error;
  log.warn(error.message, of);
  if (due !== undefined) await turns.putOff(due.id, REFUSED_MS);
  return true;
}

/** Works through what `next` gives, each under its own claim, until nothing is left, `forMs` are over or the pass is to end. */
export async function workOff<T>(
  pass: Pass,
  next: () => Promise<T | null>,
  work: (one: T) => Promise<void>,
  about: (one: T) => Parameters<typeof standBack>[2],
  forMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const end = performance.now() + forMs;
  while (performance.now() < end && !pass.sum.putOff && !pass.stopping.aborted) {
    const one = await next();
    if (one === null) return;
    try {
      await work(one);
    } catch (error) {
      if (pass.stopping.aborted) return;
      pass.sum.putOff ||= !(await standBack(pass, error, about(one)));
    }
  }
}

/** Something that is done once in a pass. */
export const oneOf = () => {
  let left = 1;
  return async () => (left-- > 0 ? true : null);
};
