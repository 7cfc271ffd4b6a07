import type { Pool, PoolClient } from 'pg';
import { engineTrouble } from '../../domain/messages/engine.ts';
import { Weather } from '../../ports.ts';
import { transaction } from './transaction.ts';
import type { Waking } from './wakes.ts';

/** Comments, checks, pull requests and other content that one installation may make, over all workers. */
export interface Quota {
  readonly perMinute: number;
  readonly perHour: number;
}

/** Thrown where the installation has made as much as it may. */
export class QuotaUsedUp extends Weather {}

const MINUTE_MS = 60_000;
/** What a repository that has had its share leaves to the others, as long as there are any. */
const KEPT_FOR_OTHERS = 0.2;
const LONGEST_LINE_MS = 3_600_000;

interface Use {
  readonly all: string;
  readonly own: string;
  /** Repositories that asked in this window. */
  readonly asking: string;
  /** Milliseconds until the oldest grant leaves the window. */
  readonly oldest: number;
}

async function useOf(client: PoolClient, installation: number, repo: string, windowMs: number): Promise<Use> {
  const { rows } = await client.query<Use>({
    name: 'quota-use',
    text: `select coalesce(sum(creates), 0) as all, coalesce(sum(creates) filter (where repo = $2), 0) as own,
        (select count(*) from corrigible.asked where installation = $1 and at > clock_timestamp() - $3 * interval '1 ms') as asking,
        coalesce(extract(epoch from min(at) - clock_timestamp()) * 1000 + $3, 0)::float8 as oldest
      from corrigible.granted where installation = $1 and at > clock_timestamp() - $3 * interval '1 ms'`,
    values: [installation, repo, windowMs],
  });
  return rows[0] as Use;
}

/** Milliseconds to wait because of this window, 0 for none. */
function waitOf(use: Use, limit: number, creates: number): number {
  const alone = Number(use.asking) <= 1;
  const sated = Number(use.own) + creates > limit / Math.max(1, Number(use.asking));
  const open = alone || !sated ? limit : Math.floor(limit * (1 - KEPT_FOR_OTHERS));
  // More at once than the whole limit would otherwise never be allowed.
  if (Number(use.all) + Math.min(creates, open) <= open) return 0;
  return Math.max(1000, use.oldest);
}

/** The next free place of the repository's line: who is sent away comes back one after another, not all at once. */
async function placeInLine(
  client: PoolClient,
  installation: number,
  repo: string,
  { wait, spacing }: { wait: number; spacing: number },
): Promise<number> {
  const { rows } = await client.query<{ place: number }>({
    name: 'quota-line',
    text: `update corrigible.asked set line = least(
        clock_timestamp() + ${LONGEST_LINE_MS} * interval '1 ms',
        greatest(line, clock_timestamp() + $3 * interval '1 ms') + $4 * interval '1 ms')
      where installation = $1 and repo = $2
      returning extract(epoch from line - clock_timestamp())::float8 * 1000 as place`,
    values: [installation, repo, wait, spacing],
  });
  return rows[0]?.place ?? wait;
}

/**
 * Allows `creates` writes of the installation, or throws `QuotaUsedUp` with the time to wait. Windows slide: what was
 * allowed counts for exactly a minute and an hour. Fair between repositories: with n of them asking within the window,
 * one that has had its nth of the limit leaves the last fifth to those that have not. So these always find some room,
 * and get what leaves the window first; what nobody else wants a single one may have. One short transaction; nothing
 * is held over a call.
 */
export async function takeQuota(pool: Pool, { perMinute, perHour }: Quota, waking: Waking, creates: number) {
  const { installation, rejection } = waking;
  const repo = rejection.slice(0, rejection.lastIndexOf('#'));
  const sentAway = await transaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('corrigible-quota', $1))`, [installation]);
    await client.query(
      `insert into corrigible.asked (installation, repo, at, line) values ($1, $2, clock_timestamp(), clock_timestamp())
       on conflict (installation, repo) do update set at = clock_timestamp()`,
      [installation, repo],
    );
    const minute = await useOf(client, installation, repo, MINUTE_MS);
    const hour = await useOf(client, installation, repo, 60 * MINUTE_MS);
    const wait = Math.max(waitOf(minute, perMinute, creates), waitOf(hour, perHour, creates));
    if (wait === 0) {
      await client.query(
        'insert into corrigible.granted (installation, repo, creates, at) values ($1, $2, $3, clock_timestamp())',
        [installation, repo, creates],
      );
      return null;
    }
    const perWrite = Math.max(MINUTE_MS / perMinute, (60 * MINUTE_MS) / perHour) * Math.max(1, Number(minute.asking));
    return placeInLine(client, installation, repo, { wait, spacing: creates * perWrite });
  });
  if (sentAway !== null) throw new QuotaUsedUp(engineTrouble.quotaUsedUp(), Math.ceil(sentAway));
}

/** Deletes what no window counts any more. */
export async function tidyQuota(pool: Pool): Promise<void> {
  await pool.query(`delete from corrigible.granted where at < now() - interval '2 hours'`);
  await pool.query(`delete from corrigible.asked where at < now() - interval '2 hours' and line < now()`);
}
