import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { openBlobs } from '../../src/adapters/postgres/blobs.ts';
import { checkStore } from '../../src/adapters/postgres/check.ts';
import { openEngine } from '../../src/adapters/postgres/engine.ts';
import { type Forgotten, forget } from '../../src/adapters/postgres/forget.ts';
import { openLedger, type SealedLedger } from '../../src/adapters/postgres/ledger.ts';
import { type Data, openData } from '../../src/adapters/postgres/open-data.ts';
import { memory } from '../../src/adapters/suites/memory.ts';
import type { Fact, FactOf } from '../../src/domain/fact.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { type Blobs, Fenced } from '../../src/ports.ts';
import { everyFact } from '../support/every-fact.ts';
import { silent } from '../support/silent-log.ts';
import { inData } from './support/in-data.ts';
import { handlers } from './support/in-store.ts';
import { inSchema1 } from './support/schema-1.ts';
import { until } from './support/until.ts';

const REPO = 'acme/support';
const KEY = `${REPO}#9`;
/** What people wrote about somebody, with everything that is written differently in JSON. */
const CANARIES = [
  'Frau Canary-Müller wohnt in der "Vogelgasse"',
  'canary.reporter',
  'Canary said\tso.',
  'canary transcript line, long enough',
  'Canary🐤street 12',
];

interface Story {
  readonly data: Data;
  readonly ledger: SealedLedger;
  readonly blobs: Blobs;
  readonly pool: Pool;
  readonly stateDir: string;
  forgetIt(also?: readonly string[], rejection?: string): Promise<Forgotten>;
}

/** The facts of a real, merged rejection about other people. */
function withCanaries(real: readonly Fact[], transcript: string): readonly Fact[] {
  return real.map((fact): Fact => {
    if (fact.kind === 'rejection-accepted') return { ...fact, reporter: CANARIES[1]!, ticket: CANARIES[4]! };
    if (fact.kind === 'draft-posted') return { ...fact, transcript };
    if (fact.kind === 'pull-request-opened') return { ...fact, pullRequest: 900 };
    if (fact.kind === 'spec-approved')
      return { ...fact, spec: { ...fact.spec, observed: CANARIES[0]!, expected: CANARIES[2]! } };
    return fact;
  });
}

async function deliver(pool: Pool, guid: string, payload: object, drained: boolean): Promise<void> {
  await pool.query(
    `insert into corrigible.delivery (guid, event, installation, payload, received_at, drained_at)
     values ($1, 'issues', 1, $2, now(), $3)`,
    [guid, Buffer.from(JSON.stringify(payload)), drained ? new Date() : null],
  );
}

/** Everything of one rejection that a database may hold, beside three others. */
async function plant({ ledger, blobs, pool }: Omit<Story, 'forgetIt'>): Promise<void> {
  const real = (await ledger.read(`${REPO}#1`)).map(({ fact }) => fact);
  const said = JSON.stringify([{ prompt: `Rules:\n${CANARIES[3]}\n`, answer: CANARIES[0] }]);
  const transcript = await blobs.put(KEY, Buffer.from(said));
  expect(await ledger.append(KEY, 0, withCanaries(real, transcript))).toBe(true);
  const repository = { full_name: REPO };
  await deliver(pool, 'own-undrained', { repository, issue: { number: 9, body: CANARIES.join() } }, false);
  await deliver(pool, 'own-pull', { repository, pull_request: { number: 900, title: CANARIES[0] } }, false);
  await deliver(pool, 'own-push', { repository, ref: 'refs/heads/corrigible/9-1', by: CANARIES[1] }, false);
  await deliver(pool, 'other-mentions', { repository, issue: { number: 1, body: CANARIES[0] } }, true);
  await deliver(pool, 'other', { repository, issue: { number: 1, body: 'Nothing of the kind' } }, false);
  await pool.query('insert into corrigible.rejection (key, installation, wake) values ($1, 1, 3)', [KEY]);
  await pool.query("insert into corrigible.alarm (key, installation, at) values ($1, 1, now() + interval '1 day')", [
    KEY,
  ]);
  for (const [id, status] of [
    [`run:${KEY}:round-1`, 'ERROR'],
    [`run:${KEY}:round-2`, 'ENQUEUED'],
    [`run:${REPO}#90:round-1`, 'ENQUEUED'],
  ]) {
    await pool.query(
      `insert into dbos.workflow_status (workflow_uuid, status, name, inputs, error, created_at, updated_at)
       values ($1, $2, 'run', $3, $3, 0, 0)`,
      [id, status, id?.includes('#90') ? 'x' : CANARIES[0]],
    );
    await pool.query('insert into dbos.workflow_input (workflow_uuid, inputs) values ($1, $2)', [id, id]);
  }
}

const inStory = (story: (world: Story) => Promise<void>) =>
  inSchema1(async (database) => {
    const { stateDir } = database;
    const data = await openData({ ...database, log: silent });
    const { pool, dataKey } = data;
    const world = { data, pool, stateDir, ledger: openLedger(pool, dataKey), blobs: openBlobs(pool, dataKey) };
    try {
      await plant(world);
      const forgetIt: Story['forgetIt'] = (also = [], rejection = KEY) =>
        forget(rejection, { pool, dataKey, stateDir, by: 'the operator', also });
      await story({ ...world, forgetIt });
    } finally {
      await data.close();
    }
  });

/** Every row of every table as text, found by another way than the code under test. */
async function everything(pool: Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('corrigible', 'dbos')",
  );
  const all: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    all.push(...rows.map(({ row }) => row));
  }
  return all.join('\n').replace(/\\\\x([0-9a-f]+)/g, (_, hex: string) => Buffer.from(hex, 'hex').toString());
}

test('what is forgotten is nowhere any more, and the search proves it', () =>
  inStory(async ({ pool, ledger, blobs, data, forgetIt }) => {
    const before = await everything(pool);
    expect(before).toContain('Canary-Müller');
    const others = await Promise.all([1, 3, 4].map((issue) => ledger.read(`${REPO}#${issue}`)));

    const forgotten = await forgetIt();
    expect(forgotten).toMatchObject({ known: true, facts: 25, blobs: 1, payloads: 4, runs: 2 });
    expect(forgotten.searched.left).toEqual([]);
    expect(forgotten.searched.rows).toBeGreaterThan(40);
    expect(forgotten.texts).toBeGreaterThan(CANARIES.length);

    const after = await everything(pool);
    for (const canary of ['anary', 'Vogelgasse']) expect(after).not.toContain(canary);
    expect(await Promise.all([1, 3, 4].map((issue) => ledger.read(`${REPO}#${issue}`)))).toEqual(others);
    expect(after).toContain(`run:${REPO}#90:round-1`);
    expect(after).toContain('Nothing of the kind');

    const left = await ledger.read(KEY);
    expect(left.map(({ seq, fact }) => [seq, fact])).toEqual([[26, { kind: 'forgotten', by: 'the operator' }]]);
    expect(standingOf(left).stage.name).toBe('forgotten');
    expect(await ledger.ofPullRequest(REPO, 900)).toBe(KEY);
    expect(await ledger.ofRepository(REPO)).not.toContain(KEY);
    const { rows } = await pool.query('select name from corrigible.blob');
    expect(rows).toEqual([]);
    expect(await checkStore(pool, data.dataKey)).toMatchObject({ rejections: 4, forgotten: 1, broken: [] });
    expect(await blobs.get(KEY, '0'.repeat(64))).toBe(undefined);
  }));

test('what is still somewhere is named: rows of others, files below the state directory, texts that only the person knows', () =>
  inStory(async ({ pool, stateDir, forgetIt }) => {
    const repository = { full_name: REPO };
    await deliver(pool, 'late', { repository, issue: { number: 1, body: CANARIES[0] } }, false);
    mkdirSync(join(stateDir, 'trees', 'a'), { recursive: true });
    const padding = 'x'.repeat((1 << 20) - 5);
    writeFileSync(join(stateDir, 'trees', 'a', 'ticket.json'), padding + JSON.stringify(CANARIES[4]));
    mkdirSync(join(stateDir, 'database', 'data'), { recursive: true });
    for (const name of ['PG_VERSION', 'page']) writeFileSync(join(stateDir, 'database', 'data', name), CANARIES[0]!);
    const { searched } = await forgetIt();
    expect(searched.left).toEqual([
      { where: 'corrigible.delivery.payload', times: 1 },
      { where: join(stateDir, 'trees', 'a', 'ticket.json'), times: 1 },
    ]);
    const again = await forgetIt(['Nothing of the kind']);
    expect(again).toMatchObject({ known: true, facts: 0, texts: 1 });
    expect(again.searched.left).toEqual([{ where: 'corrigible.delivery.payload', times: 1 }]);
    expect((await forgetIt(['a text that is nowhere'])).searched.left).toEqual([]);
  }));

test('a rejection of a repository that was renamed is forgotten by its name of today, bodies under both names included', () =>
  inStory(async ({ pool, ledger, forgetIt }) => {
    await pool.query(
      "insert into corrigible.repository (id, ledger_name, name, installation) values (1, $1, 'new/name', 1)",
      [REPO],
    );
    await deliver(
      pool,
      'new',
      { repository: { full_name: 'New/Name' }, issue: { number: 9, body: CANARIES[0] } },
      false,
    );
    await pool.query('insert into corrigible.parked (rejection, repository) values ($1, 1)', [KEY]);
    expect(await forgetIt([], 'new/name#9')).toMatchObject({ rejection: KEY, known: true, payloads: 5 });
    expect((await ledger.read(KEY)).map(({ fact }) => fact.kind)).toEqual(['forgotten']);
    expect((await pool.query('select from corrigible.parked')).rowCount).toBe(0);
  }));

test('who is at work on it while it is forgotten writes nothing any more, and what was queued is not begun', () =>
  inData(async ({ data: { pool, url, dataKey }, ledger, database: { stateDir } }) => {
    const engine = await openEngine({ pool, url, log: silent, perWorker: 1 });
    const begun: string[] = [];
    const told: unknown[] = [];
    const held = Promise.withResolvers<void>();
    const waking = { installation: 1, rejection: KEY };
    await engine.start(
      handlers({
        run: async (_, run, __, fence) => {
          begun.push(run);
          await held.promise;
          const facts: Fact[] = [{ kind: 'stopped', reason: { code: 'x', detail: 'Late Canary' } }];
          await ledger
            .under(fence)
            .append(KEY, (await ledger.read(KEY)).at(-1)?.seq ?? 0, facts)
            .catch((error: unknown) => told.push(error));
        },
      }),
    );
    await ledger.append(KEY, 0, [{ kind: 'resumed' }]);
    for (const run of ['running', 'queued']) await engine.enqueueRun(waking, run);
    await until(() => begun.length > 0);
    await forget(KEY, { pool, dataKey, stateDir, by: 'alice', also: [] });
    held.resolve();
    await until(() => told.length > 0);
    expect(told).toEqual([expect.any(Fenced)]);
    await until(() => engine.idle());
    expect((await ledger.read(KEY)).map(({ fact }) => fact.kind)).toEqual(['forgotten']);
    expect(begun).toEqual(['running']);
    await engine.stop(1000);
  }));

test('what is forgotten is in no report on stored tickets either, and who may still see it on GitHub is named', () =>
  inStory(async ({ ledger, blobs, data, pool, forgetIt }) => {
    const other = `${REPO}#1`;
    const blob = await blobs.put(other, Buffer.from(JSON.stringify({ report: [CANARIES[4], CANARIES[0]] })));
    const elsewhere = await blobs.put('acme/else#1', Buffer.from('{}'));
    const transcript = await blobs.put(other, Buffer.from('[]'));
    const reported = everyFact.reported[0] as FactOf<'reported'>;
    const at = (await ledger.read(other)).at(-1)?.seq ?? 0;
    expect(await ledger.append(other, at, [{ ...reported, blob }])).toBe(true);
    expect(await ledger.append('acme/else#1', 0, [{ ...reported, blob: elsewhere }])).toBe(true);

    const { reports, onGithub, searched } = await forgetIt();
    expect({ reports, onGithub, left: searched.left }).toMatchInlineSnapshot(`
      {
        "left": [],
        "onGithub": {
          "own": [
            9,
            900,
          ],
          "told": [
            1,
            2,
          ],
        },
        "reports": 1,
      }
    `);
    expect(await blobs.get(other, blob)).toBe(undefined);
    expect(await blobs.get(other, transcript)).toBeDefined();
    expect(await blobs.get('acme/else#1', elsewhere)).toBeDefined();
    expect((await ledger.read(other)).at(-1)?.fact).toEqual({ ...reported, blob });
    expect((await checkStore(pool, data.dataKey)).broken).toEqual([]);
  }));

test('whoever remembers results is told to drop them: when something is forgotten, and when that was missed', () =>
  inData(async ({ data: { pool, url, dataKey }, ledger, database: { stateDir } }) => {
    const remembered = memory();
    let told = 0;
    const onForgotten = () => {
      told += 1;
      remembered.clear();
    };
    const engine = await openEngine({ pool, url, log: silent, beatMs: 50, onForgotten });
    await engine.start(handlers({}));
    await until(() => told === 1);
    const remember = () => remembered.put('place', new Map([['name', { output: 'Canary', times: 1 }]]));
    const knows = async () => (await remembered.get('place', ['name'])).size;
    await remember();
    await ledger.append(KEY, 0, [{ kind: 'resumed' }]);
    await forget(KEY, { pool, dataKey, stateDir, by: 'alice', also: [] });
    await until(() => told === 2);
    expect(await knows()).toBe(0);
    await remember();
    await pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    );
    await until(() => told > 2);
    expect(await knows()).toBe(0);
    await engine.stop(1000);
  }));

test('of what was never known nothing is recorded', () =>
  inStory(async ({ ledger, forgetIt }) => {
    expect(await forgetIt([], `${REPO}#77`)).toMatchObject({ known: false, facts: 0, texts: 0 });
    expect(await ledger.read(`${REPO}#77`)).toEqual([]);
  }));

test('what was forgotten takes nothing in any more: no key, no fact, no blob', () =>
  inStory(async ({ ledger, blobs, data, pool, forgetIt }) => {
    await forgetIt();
    await expect(blobs.put(KEY, Buffer.from('Late Canary'))).rejects.toBeInstanceOf(Fenced);
    expect(await ledger.append(KEY, 25, [{ kind: 'resumed' }])).toBe(false);
    const late: Fact = { kind: 'stopped', reason: { code: 'late', detail: 'Late Canary' } };
    await expect(ledger.append(KEY, 26, [late])).rejects.toBeInstanceOf(Fenced);
    for (const table of ['seal', 'blob'])
      expect((await pool.query(`select from corrigible.${table} where rejection = $1`, [KEY])).rowCount).toBe(0);
    expect(await forgetIt()).toMatchObject({ known: true, facts: 0, searched: { left: [] } });
    expect((await ledger.read(KEY)).map(({ seq, fact }) => [seq, fact.kind])).toEqual([[26, 'forgotten']]);
    expect((await checkStore(pool, data.dataKey)).broken).toEqual([]);
  }));

test('who appends while it is forgotten comes before or after, never in between', () =>
  inData(async ({ data, ledger, database: { stateDir } }) => {
    const { pool, dataKey } = data;
    for (let round = 0; round < 10; round += 1) {
      const key = `o/r#${round}`;
      await ledger.append(key, 0, [{ kind: 'resumed' }]);
      const appends = [0, 1, 2].map(() => ledger.append(key, 1, [{ kind: 'status-posted', comment: 1 }]));
      const [forgotten] = await Promise.all([
        forget(key, { pool, dataKey, stateDir, by: 'the operator', also: [] }),
        ...appends,
      ]);
      const won = (await Promise.all(appends)).filter(Boolean).length;
      expect(forgotten.facts).toBe(1 + won);
      expect((await ledger.read(key)).map(({ fact }) => fact.kind)).toEqual(['forgotten']);
    }
    expect(await checkStore(pool, dataKey)).toMatchObject({ rejections: 10, forgotten: 10, broken: [] });
  }));
