import type { Pool } from 'pg';
import { expect, test, vi } from 'vitest';
import { type Tidied, tidy } from '../../src/adapters/postgres/retention.ts';
import { concernsOfBody, deliveryFor, handlers, inStore } from './support/in-store.ts';
import { until } from './support/until.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const none: Tidied = {
  payloads: 0,
  deliveries: 0,
  workflows: 0,
  alarms: 0,
  executors: 0,
  blobs: 0,
  results: 0,
  transcripts: 0,
  pushes: 0,
  days: 0,
};
const after = (ms: number) => ({ now: new Date(Date.now() + ms) });
const count = async (pool: Pool, from: string): Promise<number> =>
  Number((await pool.query<{ n: string }>(`select count(*) as n from ${from}`)).rows[0]?.n);

test('bodies of deliveries go an hour after they were drained and after three days at the latest, rows after 30', () =>
  inStore(async ({ store: { engine, pool } }) => {
    const [drained, waiting] = [deliveryFor('o/r#1'), deliveryFor('o/r#2')];
    for (const delivery of [drained, waiting]) await engine.deliver(delivery);
    await pool.query('update corrigible.delivery set drained_at = now() where guid = $1', [drained.guid]);
    expect(await tidy(pool)).toEqual(none);
    expect(await tidy(pool, after(2 * HOUR))).toEqual({ ...none, payloads: 1 });
    expect(await tidy(pool, after(2 * DAY))).toEqual(none);
    expect(await tidy(pool, after(4 * DAY))).toEqual({ ...none, payloads: 1 });
    expect(await tidy(pool, after(31 * DAY))).toEqual({ ...none, deliveries: 1 });
    const { rows } = await pool.query('select guid from corrigible.delivery');
    expect(rows).toEqual([{ guid: waiting.guid }]);
  }));

test('ended work goes after a day with all its parts; queued and running work stays, and nothing runs again', () =>
  inStore(async ({ store: { engine, pool }, reopen }) => {
    const advanced: string[] = [];
    const ran: string[] = [];
    const held = Promise.withResolvers<void>();
    const working = handlers({
      concerns: concernsOfBody,
      advance: async ({ rejection }) => void advanced.push(rejection),
      run: async ({ rejection }, run) => {
        ran.push(`${rejection} ${run}`);
        if (run === 'held') await held.promise;
      },
    });
    await engine.start(working);
    const delivery = deliveryFor('o/r#1');
    await engine.deliver(delivery);
    await engine.enqueueRun({ installation: 1, rejection: 'o/r#1' }, 'round-1');
    await until(() => engine.idle());
    const before = advanced.length;
    await engine.enqueueRun({ installation: 1, rejection: 'o/r#2' }, 'held');
    await until(() => ran.length === 2);
    expect(await tidy(pool)).toEqual(none);
    expect(await tidy(pool, { ...after(2 * DAY), batch: 1 })).toMatchObject({ workflows: 1, executors: 0 });
    expect(await count(pool, "dbos.workflow_status where workflow_uuid like 'run:%'")).toBe(1);
    for (const part of ['workflow_input', 'workflow_output', 'operation_outputs'])
      expect(await count(pool, `dbos.${part} where workflow_uuid like 'run:o/r#1:%'`)).toBe(0);

    expect(await engine.deliver(delivery)).toBe('known');
    held.resolve();
    await until(() => engine.idle());
    await engine.stop(1000);
    const again = (await reopen()).engine;
    await again.start(working);
    await until(() => again.idle());
    expect(ran).toEqual(['o/r#1 round-1', 'o/r#2 held']);
    expect(advanced.filter((rejection) => rejection === 'o/r#1')).toHaveLength(before);
    await again.deliver(deliveryFor('o/r#1'));
    await until(() => again.idle());
    expect(advanced.filter((rejection) => rejection === 'o/r#1')).toHaveLength(before + 1);
  }));

test('blobs that no fact speaks of go after a day, unless they are put again; the others stay', () =>
  inStore(async ({ store: { ledger, blobs, pool } }) => {
    const kept = await blobs.put('o/r#1', Buffer.from('kept'));
    const draft = {
      kind: 'draft-posted',
      comment: 1,
      bodyHash: 'b',
      textHash: 't',
      fingerprint: 'f',
      rubric: { id: 'r', hash: 'h' },
      change: 'c',
      base: '1',
      by: 'model',
      transcript: kept,
    } as const;
    await ledger.append('o/r#1', 0, [draft]);
    const again = await blobs.put('o/r#1', Buffer.from('loose, and put again'));
    await blobs.put('o/r#1', Buffer.from('loose'));
    await pool.query(`update corrigible.blob set put_at = now() - interval '2 days'`);
    await blobs.put('o/r#1', Buffer.from('loose, and put again'));
    expect(await tidy(pool)).toEqual({ ...none, blobs: 1 });
    expect(await blobs.get('o/r#1', kept)).toBeDefined();
    expect(await blobs.get('o/r#1', again)).toBeDefined();
  }));

test('executors that are gone for a day are struck off, unless work still names them', () =>
  inStore(async ({ store: { pool } }) => {
    await pool.query(`insert into corrigible.executor (id, machine, pid, mark, seen) values
      ('gone', 'm', 1, '', now() - interval '2 days'), ('owner', 'm', 1, '', now() - interval '2 days'), ('here', 'm', 1, '', now())`);
    await pool.query(`insert into dbos.workflow_status (workflow_uuid, status, executor_id, created_at, updated_at)
      values ('run:x', 'PENDING', 'owner', 0, 0)`);
    expect(await tidy(pool)).toEqual({ ...none, executors: 1 });
    expect((await pool.query('select id from corrigible.executor order by id')).rows).toEqual([
      { id: 'here' },
      { id: 'owner' },
    ]);
  }));

test('a worker whose clock is days ahead deletes nothing that is young', () =>
  inStore(async ({ store: { blobs, pool } }) => {
    await pool.query(
      `insert into corrigible.executor (id, machine, pid, mark, seen) values ('alive', 'm', 1, '', now())`,
    );
    const young = await blobs.put('o/r#1', Buffer.from('a draft on its way'));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * DAY });
    try {
      expect(await tidy(pool)).toEqual(none);
    } finally {
      vi.useRealTimers();
    }
    expect(await blobs.get('o/r#1', young)).toBeDefined();
  }));

test('one worker tidies at a time; the others leave it to that one', () =>
  inStore(async ({ store: { pool } }) => {
    await pool.query(`insert into corrigible.executor (id, machine, pid, mark, seen)
      values ('gone', 'm', 1, '', now() - interval '2 days')`);
    const client = await pool.connect();
    await client.query('begin; select pg_advisory_xact_lock(7220118)');
    expect(await tidy(pool)).toEqual(none);
    await client.query('commit');
    client.release();
    const all = await Promise.all([tidy(pool), tidy(pool), tidy(pool)]);
    expect(all.reduce((sum, { executors }) => sum + executors, 0)).toBe(1);
  }));

test('what a repository spent on a day is kept for 90 days', () =>
  inStore(async ({ store: { pool } }) => {
    await pool.query(`insert into corrigible.spent (repo, day, milliseconds, tokens, requests)
      values ('o/r', current_date - 100, 1, 2, 3), ('o/r', current_date - 30, 1, 2, 3), ('o/r', current_date, 1, 2, 3)`);
    expect(await tidy(pool)).toEqual({ ...none, days: 1 });
    const { rows } = await pool.query('select current_date - day as age from corrigible.spent order by age');
    expect(rows).toEqual([{ age: 0 }, { age: 30 }]);
  }));
