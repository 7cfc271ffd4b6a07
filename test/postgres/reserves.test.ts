import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { dataKeyOf } from '../../src/adapters/postgres/data-key.ts';
import { type Fence, takeRunFence } from '../../src/adapters/postgres/fence.ts';
import { openLedger } from '../../src/adapters/postgres/ledger.ts';
import { openReserves } from '../../src/adapters/postgres/reserves.ts';
import type { Fact } from '../../src/domain/fact.ts';
import type { Reserves } from '../../src/ports.ts';
import { freshDatabase } from '../support/shared-postgres.ts';

const DAY = '2026-03-01';
const LIMIT = { tokens: 1000, minutes: 100, money: 10 };
const want = (tokens: number, money?: number) => ({ tokens, minutes: 20, ...(money !== undefined && { money }) });
const failed = (tokens: number, money?: number): Fact => ({
  kind: 'round-failed',
  round: 1,
  reason: { code: 'agent-broken' },
  spent: { seconds: 60, tokens, requests: 2, ...(money !== undefined && { money }) },
});

interface Turn extends Reserves {
  readonly fence: Fence;
  /** Tells it in a fact, under this turn. */
  tell(...facts: Fact[]): Promise<void>;
}

/** Turns of rejections of one repository, in a database of their own, whose ledger stands still on `DAY`. */
async function inDay(
  story: (begin: (issue: number, executor?: string) => Promise<Turn>, pool: pg.Pool) => Promise<void>,
): Promise<void> {
  const database = await freshDatabase();
  const pool = new pg.Pool({ connectionString: database.databaseUrl, max: 8 });
  const ledger = openLedger(pool, dataKeyOf(randomBytes(32)), () => new Date(`${DAY}T12:00:00Z`));
  const begin = async (issue: number, executor = 'one'): Promise<Turn> => {
    const rejection = `o/r#${issue}`;
    await pool.query(
      'insert into corrigible.executor (id, machine, pid, mark) values ($1, $2, 1, $2) on conflict do nothing',
      [executor, 'here'],
    );
    const fence = await takeRunFence(pool, executor, rejection);
    const tell = async (...facts: Fact[]) => {
      const last = (await ledger.read(rejection)).at(-1)?.seq ?? 0;
      expect(await ledger.under(fence).append(rejection, last, facts)).toBe(true);
    };
    return { ...openReserves(pool, fence), fence, tell };
  };
  try {
    await story(begin, pool);
  } finally {
    await pool.end();
    await database.drop();
  }
}

const spentToday = async (pool: pg.Pool) =>
  (
    await pool.query<{ ms: string; tokens: string; money: string | null }>(
      'select milliseconds as ms, tokens, money from corrigible.spent where repo = $1 and day = $2',
      ['o/r', DAY],
    )
  ).rows.map(({ ms, tokens, money }) => [Number(ms), Number(tokens), money === null ? null : Number(money)])[0] ?? null;

test('of many that begin at once, no more get something than the day has', () =>
  inDay(async (begin) => {
    const turns = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((issue) => begin(issue)));
    const taken = await Promise.all(turns.map((turn) => turn.take(DAY, want(400), { tokens: 1000 })));
    expect(taken.filter((one) => one === 'taken')).toHaveLength(2);
    expect(new Set(taken)).toEqual(new Set(['taken', 'held']));
    // Other days, and other units, are others.
    expect(await turns[6]!.take('2026-03-02', want(400), { tokens: 1000 })).toBe('taken');
  }));

test('the minutes of all that work at once are put aside', () =>
  inDay(async (begin) => {
    const [first, second] = [await begin(1), await begin(2)];
    expect(await first.take(DAY, { tokens: 0, minutes: 40, atOnce: 3 }, LIMIT)).toBe('spent');
    expect(await first.take(DAY, { tokens: 0, minutes: 30, atOnce: 3 }, LIMIT)).toBe('taken');
    expect(await second.take(DAY, { tokens: 0, minutes: 20 }, LIMIT)).toBe('held');
    expect(await second.take(DAY, { tokens: 0, minutes: 10 }, LIMIT)).toBe('taken');
  }));

test('what is not spent comes back, and what facts tell does not', () =>
  inDay(async (begin, pool) => {
    const [first, second] = [await begin(1), await begin(2)];
    expect(await first.take(DAY, want(900, 9), LIMIT)).toBe('taken');
    expect(await second.take(DAY, want(400, 4), LIMIT)).toBe('held');
    await first.note({ seconds: 30, tokens: 250, requests: 1, money: 2 });
    await first.tell(failed(300, 2.5));
    expect(await spentToday(pool)).toEqual([60_000, 300, 2.5]);
    // It still may spend the rest.
    expect(await second.take(DAY, want(400, 4), LIMIT)).toBe('held');
    await first.release();
    expect(await second.take(DAY, want(400, 4), LIMIT)).toBe('taken');
    expect(await spentToday(pool)).toEqual([60_000, 300, 2.5]);
  }));

test('with nobody else at work, a day that leaves less than is wanted says so', () =>
  inDay(async (begin) => {
    const turn = await begin(1);
    await turn.tell(failed(700));
    expect(await turn.take(DAY, want(400), LIMIT)).toBe('spent');
    expect(await turn.take(DAY, want(300), LIMIT)).toBe('taken');
    // In the place of what it had.
    expect(await turn.take(DAY, want(300), LIMIT)).toBe('taken');
    expect(await turn.take(DAY, { tokens: 0, minutes: 101 }, LIMIT)).toBe('spent');
    // A part of a minute was spent, and minutes are whole.
    expect(await turn.take(DAY, { tokens: 0, minutes: 100 }, LIMIT)).toBe('taken');
  }));

test.each(['its process is no more', 'another turn has begun', 'it is long over'])(
  'a run that is dead, because %s, has spent what it noted, and the rest comes back',
  (why) =>
    inDay(async (begin, pool) => {
      const [dead, other] = [await begin(1, 'dead'), await begin(2)];
      expect(await dead.take(DAY, want(900), LIMIT)).toBe('taken');
      await dead.note({ seconds: 10, tokens: 120, requests: 1 });
      await dead.note({ seconds: 5, tokens: 80, requests: 1, money: 0.5 });
      expect(await other.take(DAY, want(400), LIMIT)).toBe('held');
      if (why.startsWith('its')) await pool.query("delete from corrigible.executor where id = 'dead'");
      else if (why.startsWith('it is'))
        await pool.query("update corrigible.reserve set until = now() - interval '1 s'");
      else await begin(1, 'dead');
      expect(await other.take(DAY, want(400), LIMIT)).toBe('taken');
      expect(await spentToday(pool)).toEqual([15_000, 200, 0.5]);
      // Whatever it does from now on counts for nothing.
      await dead.note({ seconds: 5, tokens: 80, requests: 1 });
      await dead.release();
      expect(await spentToday(pool)).toEqual([15_000, 200, 0.5]);
      expect(await other.take(DAY, want(800), LIMIT)).toBe('taken');
      if (why.startsWith('another'))
        await expect(dead.take('2026-03-02', want(1), LIMIT)).rejects.toThrow('another worker');
    }),
);

test('what was noted last, and not waited for, counts before the rest comes back', () =>
  inDay(async (begin, pool) => {
    const { fence } = await begin(1);
    const gate = Promise.withResolvers<void>();
    const query = async (sql: string, values: unknown[]) => {
      if (sql.includes('set spent_')) await gate.promise;
      return pool.query(sql, values);
    };
    const turn = openReserves({ query, connect: () => pool.connect() } as unknown as pg.Pool, fence);
    expect(await turn.take(DAY, want(500), LIMIT)).toBe('taken');
    const notes = [400, -300].map((tokens) => turn.note({ seconds: 0, tokens, requests: 1 }));
    const released = turn.release();
    gate.resolve();
    await Promise.all([...notes, released]);
    expect(await spentToday(pool)).toEqual([0, 100, null]);
  }));

test('a note that comes after its fact counts once', () =>
  inDay(async (begin, pool) => {
    const turn = await begin(1);
    expect(await turn.take(DAY, want(500), LIMIT)).toBe('taken');
    await turn.tell(failed(100));
    await turn.note({ seconds: 60, tokens: 100, requests: 2 });
    await turn.release();
    expect(await spentToday(pool)).toEqual([60_000, 100, null]);
  }));

test('given back without a fact, as where somebody stopped the run, what was noted is spent', () =>
  inDay(async (begin, pool) => {
    const turn = await begin(1);
    expect(await turn.take(DAY, want(500), LIMIT)).toBe('taken');
    await turn.note({ seconds: 1.5, tokens: 70, requests: 1 });
    await turn.release();
    await turn.release();
    expect(await spentToday(pool)).toEqual([1500, 70, null]);
    expect(await turn.take(DAY, want(930), LIMIT)).toBe('taken');
  }));
