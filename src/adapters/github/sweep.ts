import { webhooksPassedOver } from '../../domain/messages/github.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import { type RedeliveryNote, redeliverFailed } from './deliveries.ts';
import { eventOf } from './event.ts';
import type { ListedRepository } from './lists.ts';
import { type Due, oneOf, type Pass, type SweepOptions, wakeAll, workOff } from './sweep-pass.ts';
import { type SweepFindings, type Swept, sweepRepository } from './sweep-repository.ts';

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
  /** Does what is due, for a few minutes at most. Throws what is neither weather nor GitHub's no. */
  once(): Promise<SweepReport>;
  /** Does so every few seconds until the function it returns is called, which waits for what is under way. */
  start(tickMs?: number): () => Promise<void>;
}

const TICK_MS = 15_000;
const ERRAND_MS = 5 * 60_000;
/** How long one pass works through lists, and as long through repositories, before the errands may have their turn again. */
const PASS_MS = 2 * 60_000;
/** Calls as the App itself may be 5,000 an hour: looking for lost webhooks takes half of them at most. */
const CALL_MS = 3_600_000 / 2500;
/** Whom what was found concerns. */
async function concerned(
  { ledger }: Pass,
  { ledgerName: repo, installation }: Due,
  found: SweepFindings,
): Promise<ReadonlySet<RejectionKey>> {
  const keys = new Set(found.issues.map((number) => `${repo}#${number}`));
  for (const { number, branch } of found.pulls) {
    const key = await ledger.ofPullRequest(repo, number, branch);
    if (key !== undefined) keys.add(key);
  }
  // Oldest first, as their webhooks would have come.
  for (const { event, payload } of found.said.toReversed()) {
    const told = eventOf({ event, payload: { ...payload, installation: { id: installation } } });
    if (told !== null) for (const key of await ledger.ofCommand(repo, told)) keys.add(key);
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
  const keys = new Set(await concerned(pass, due, found));
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

async function askForLost({ github, turns, sum, stopping, log }: Pass): Promise<void> {
  const errand = await turns.claimErrand('redelivery');
  if (errand === null) return;
  const found = await redeliverFailed(github, errand.note as RedeliveryNote, { signal: stopping });
  sum.redelivered.push(...found.asked);
  if (found.passedOver) log.warn(webhooksPassedOver);
  await turns.endErrand('redelivery', Math.max(ERRAND_MS, found.calls * CALL_MS), found.note);
  if (found.trouble !== undefined) throw found.trouble;
}

async function sweepOnce(options: SweepOptions, stopping: AbortSignal, forMs: number): Promise<SweepReport> {
  const sum: Pass['sum'] = { repositories: 0, calls: 0, woken: [], redelivered: [], putOff: false };
  const pass: Pass = { ...options, stopping, sum };
  const failed: unknown[] = [];
  // First, and whatever becomes of them: the repositories that are due may be without end.
  for (const errand of [lookAtInstallations, askForLost])
    await workOff(
      pass,
      oneOf(),
      () => errand(pass),
      () => ({ installation: null }),
    ).catch((error: unknown) => failed.push(error));
  await workOff(
    pass,
    options.turns.claimInstallation,
    ({ id, listed }) => listOne(pass, id, listed as readonly ListedPage[]),
    ({ id }) => ({ installation: id }),
    forMs,
  );
  await workOff(
    pass,
    options.turns.claim,
    (due) => sweepOne(pass, due),
    (due) => ({ installation: due.installation, due }),
    forMs,
  );
  if (failed.length > 0) throw failed[0];
  return sum;
}

/**
 * Reads again, every few minutes and by any number of workers, what is open on GitHub, and wakes whom a change concerns
 * of which no webhook told. An unchanged repository costs four calls that are answered 304. It only reads.
 */
export function openSweep(options: SweepOptions, passMs = PASS_MS): Sweep {
  const never = new AbortController().signal;
  return {
    once: () => sweepOnce(options, never, passMs),
    start: (tickMs = TICK_MS) => {
      const stopping = new AbortController();
      let underWay: Promise<unknown> | null = null;
      const tick = () => {
        underWay ??= sweepOnce(options, stopping.signal, passMs)
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
