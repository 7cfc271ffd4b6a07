import type { RejectionKey } from '../../domain/rejection.ts';
import { type Log, Shut, type ShutBecause, Weather } from '../../ports.ts';
import type { GithubApp } from './app.ts';
import { type RedeliveryNote, redeliverFailed } from './deliveries.ts';
import type { ListedRepository } from './lists.ts';
import { GithubRefused } from './refused.ts';
import { type Mark, type SweepFindings, type Swept, sweepRepository } from './sweep-repository.ts';

interface Waking {
  readonly installation: number;
  readonly rejection: RejectionKey;
}

interface Due {
  readonly id: number;
  readonly ledgerName: string;
  readonly name: string;
  readonly installation: number;
  readonly swept: object;
}

type Errand = 'installations' | 'redelivery';

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

export interface SweepReport {
  readonly repositories: number;
  /** Calls for repositories, those that were answered 304 too. */
  readonly calls: number;
  readonly woken: readonly RejectionKey[];
  /** GUIDs of webhooks that GitHub was asked to deliver again. */
  readonly redelivered: readonly string[];
  /** GitHub did not answer, or not well: the rest of the pass waits. */
  readonly putOff: boolean;
}

export interface Sweep {
  /** Does all that is due. Throws what is neither weather nor GitHub's no. */
  once(): Promise<SweepReport>;
  /** Does so every few seconds until the function it returns is called, which waits for what is under way. */
  start(tickMs?: number): () => Promise<void>;
}

const TICK_MS = 15_000;
const ERRAND_MS = 5 * 60_000;
const REFUSED_MS = 3_600_000;
const SLOW_MS = 60_000;

/** Everything that one pass needs and adds up. */
interface Pass extends SweepOptions {
  readonly stopping: AbortSignal;
  readonly sum: { repositories: number; calls: number; woken: RejectionKey[]; redelivered: string[]; putOff: boolean };
}

async function wakeAll(pass: Pass, wakings: readonly Waking[]): Promise<void> {
  if (wakings.length === 0) return;
  await pass.wake(wakings);
  pass.sum.woken.push(...wakings.map(({ rejection }) => rejection));
}

/** Whom what was found concerns. */
async function concerned({ ledger }: Pass, repo: string, found: SweepFindings): Promise<ReadonlySet<RejectionKey>> {
  const keys = new Set(found.issues.map((number) => `${repo}#${number}`));
  for (const { number, branch } of found.pulls) {
    const key = await ledger.ofPullRequest(repo, number, branch);
    if (key !== undefined) keys.add(key);
  }
  if (found.headMoved) for (const key of await ledger.ofBase(repo)) keys.add(key);
  return keys;
}

/** Rejections that are open for us but not on the list: closed or unlabelled, and nobody told. Each is woken once for that. */
async function absentOf({ ledger }: Pass, repo: string, found: SweepFindings): Promise<readonly number[]> {
  if (!found.listed) return found.swept.absent ?? [];
  const listed = new Set(found.openIssues);
  const open = (await ledger.open(repo)).map((key) => Number(key.slice(key.lastIndexOf('#') + 1)));
  return open.filter((number) => number > 0 && !listed.has(number));
}

async function sweepOne(pass: Pass, due: Due): Promise<void> {
  const before = due.swept as Swept;
  const { ledgerName, installation } = due;
  const found = await sweepRepository(pass.github.lists(installation), due.name, pass.label, before, pass.mark);
  const absent = await absentOf(pass, ledgerName, found);
  const keys = new Set(await concerned(pass, ledgerName, found));
  for (const number of absent) if (before.absent?.includes(number) !== true) keys.add(`${ledgerName}#${number}`);
  // First woken, then stored: who dies between wakes twice.
  await wakeAll(
    pass,
    [...keys].map((rejection) => ({ installation, rejection })),
  );
  const open = found.openIssues.length;
  await pass.turns.swept(due, { swept: { ...found.swept, absent }, calls: found.calls, open });
  pass.sum.repositories++;
  pass.sum.calls += found.calls;
}

/** A page of an installation's repositories: archived ones by id with 1. */
interface ListedPage {
  readonly etag: string | null;
  readonly more: boolean;
  readonly items: Readonly<Record<string, 0 | 1>>;
}

async function listOne(pass: Pass, installation: number, before: readonly ListedPage[]): Promise<void> {
  const lists = pass.github.lists(installation);
  const pages: ListedPage[] = [];
  const fresh: ListedRepository[] = [];
  do {
    const known = before[pages.length];
    const { items, etag, more } = await lists.repositories(pages.length + 1, known?.etag ?? null);
    if (items === null && known !== undefined) pages.push(known);
    else {
      pages.push({ etag, more, items: Object.fromEntries((items ?? []).map((one) => [one.id, one.archived ? 1 : 0])) });
      fresh.push(...(items ?? []));
    }
  } while (pages.at(-1)?.more === true);
  for (const repository of fresh) {
    const { ledgerName, isNew } = await pass.repositories.seen(repository, installation, true);
    if (isNew) await wakeAll(pass, [{ installation, rejection: `${ledgerName}#0` }]);
  }
  const all = pages.flatMap(({ items }) => Object.entries(items));
  const ids = (archived: 0 | 1) => all.filter(([, is]) => is === archived).map(([id]) => Number(id));
  await wakeAll(pass, await pass.repositories.listed(installation, ids(0), ids(1)));
  await pass.turns.listed(installation, pages);
}

async function lookAtInstallations(pass: Pass): Promise<void> {
  const { github, turns, repositories } = pass;
  if ((await turns.claimErrand('installations')) === null) return;
  const found = await github.installations();
  await wakeAll(pass, await repositories.reopenAll(null, 'app-refused'));
  for (const id of await turns.installations(found)) await repositories.shutAll(id, 'installation-gone');
  for (const { id, suspended } of found) {
    if (suspended) await repositories.shutAll(id, 'installation-suspended');
    else await wakeAll(pass, await repositories.reopenAll(id, 'installation-suspended'));
  }
  await turns.endErrand('installations', ERRAND_MS);
}

async function askForLost({ github, turns, sum }: Pass): Promise<void> {
  const errand = await turns.claimErrand('redelivery');
  if (errand === null) return;
  const { asked, note } = await redeliverFailed(github, errand.note as RedeliveryNote);
  sum.redelivered.push(...asked);
  await turns.endErrand('redelivery', ERRAND_MS, note);
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

/** Works through what `next` gives, each under its own claim, until nothing is left or the pass is to end. */
async function workOff<T>(
  pass: Pass,
  next: () => Promise<T | null>,
  work: (one: T) => Promise<void>,
  about: (one: T) => Parameters<typeof standBack>[2],
): Promise<void> {
  while (!pass.sum.putOff && !pass.stopping.aborted) {
    const one = await next();
    if (one === null) return;
    try {
      await work(one);
    } catch (error) {
      pass.sum.putOff ||= !(await standBack(pass, error, about(one)));
    }
  }
}

/** Something that is done once in a pass. */
const oneOf = () => {
  let left = 1;
  return async () => (left-- > 0 ? true : null);
};

async function sweepOnce(options: SweepOptions, stopping: AbortSignal): Promise<SweepReport> {
  const sum: Pass['sum'] = { repositories: 0, calls: 0, woken: [], redelivered: [], putOff: false };
  const pass: Pass = { ...options, stopping, sum };
  const app = () => ({ installation: null });
  await workOff(pass, oneOf(), () => lookAtInstallations(pass), app);
  await workOff(
    pass,
    options.turns.claimInstallation,
    ({ id, listed }) => listOne(pass, id, listed as readonly ListedPage[]),
    ({ id }) => ({ installation: id }),
  );
  await workOff(
    pass,
    options.turns.claim,
    (due) => sweepOne(pass, due),
    (due) => ({ installation: due.installation, due }),
  );
  await workOff(pass, oneOf(), () => askForLost(pass), app);
  return sum;
}

/**
 * Reads again, every few minutes and by any number of workers, what is open on GitHub, and wakes whom a change concerns
 * of which no webhook told. An unchanged repository costs four calls that are answered 304. It only reads.
 */
export function openSweep(options: SweepOptions): Sweep {
  const never = new AbortController().signal;
  return {
    once: () => sweepOnce(options, never),
    start: (tickMs = TICK_MS) => {
      const stopping = new AbortController();
      let underWay: Promise<unknown> | null = null;
      const tick = () => {
        underWay ??= sweepOnce(options, stopping.signal)
          .catch((error: unknown) => options.log.warn('the sweep failed', { error }))
          .finally(() => {
            underWay = null;
          });
      };
      const timer = setInterval(tick, tickMs);
      tick();
      return async () => {
        stopping.abort();
        clearInterval(timer);
        await underWay;
      };
    },
  };
}
