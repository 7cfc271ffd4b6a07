import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkStore } from '../../src/adapters/postgres/check.ts';
import { moveData } from '../../src/adapters/postgres/move.ts';
import { openStore } from '../../src/adapters/postgres/open.ts';
import { type Data, openData } from '../../src/adapters/postgres/open-data.ts';
import { type FreshDatabase, freshDatabase } from '../support/shared-postgres.ts';
import { silent } from '../support/silent-log.ts';
import { concernsOfBody, deliveryFor, handlers } from './support/in-store.ts';
import { until } from './support/until.ts';

interface MoveWorld {
  /** The state directory of the embedded database. */
  readonly stateDir: string;
  readonly server: FreshDatabase;
  /** Opens the embedded database without an engine. */
  open(): Promise<Data>;
}

async function inMove(story: (world: MoveWorld) => Promise<void>): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), 'corrigible-move-'));
  chmodSync(stateDir, 0o711);
  const server = await freshDatabase();
  const opened: Data[] = [];
  const open = async () => {
    const data = await openData({ stateDir, log: silent });
    opened.push(data);
    return data;
  };
  try {
    await story({ stateDir, server, open });
  } finally {
    for (const data of opened) await data.close().catch(() => {});
    await server.drop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

test('an embedded database moves to a server with work in flight, which ends there', () =>
  inMove(async ({ stateDir, server, open }) => {
    const begun: string[] = [];
    const never = handlers({
      concerns: concernsOfBody,
      advance: async ({ rejection }) => {
        begun.push(`advance ${rejection}`);
        if (rejection === 'o/r#2') await new Promise(() => {});
      },
      run: async (_, run) => {
        begun.push(run);
        await new Promise(() => {});
      },
    });
    const here = await openStore({ stateDir, log: silent, perWorker: 1 });
    await here.results('o/r#1').put('place', new Map([['a', { output: 1, times: 1 }]]));
    const transcript = await here.blobs.put('o/r#1', Buffer.from('said\u0000'));
    await here.ledger.append('o/r#1', 0, [{ kind: 'stopped', reason: { code: 'x', detail: 'Grüße "\\ \u0000' } }]);
    await here.engine.start(never);
    await here.engine.deliver(deliveryFor('o/r#2'));
    for (const run of ['running', 'queued']) await here.engine.enqueueRun({ installation: 1, rejection: 'o/r#1' }, run);
    await here.engine.wake({ installation: 1, rejection: 'o/r#3' }, 3_600_000);
    await until(() => begun.includes('running') && begun.includes('advance o/r#2'));
    await here.close();

    const source = await open();
    await source.pool.query(
      "insert into corrigible.delivery (guid, event, installation, payload, received_at) values ('late', 'issues', 1, $1, now())",
      [Buffer.from('["o/r#4"]')],
    );
    const moved = await moveData(source, { url: server.databaseUrl, given: '--to' }, silent);
    expect(moved.checked).toMatchObject({ rejections: 1, facts: 1, broken: [] });
    expect(moved.rows).toBeGreaterThan(8);
    await source.close();

    const there = await openStore({ stateDir, databaseUrl: server.databaseUrl, log: silent, perWorker: 1 });
    try {
      const done: string[] = [];
      await there.engine.start(
        handlers({
          concerns: concernsOfBody,
          advance: async ({ rejection }) => void done.push(`advance ${rejection}`),
          run: async (_, run) => void done.push(run),
        }),
      );
      await until(() => there.engine.idle());
      expect(done.filter((one) => !one.startsWith('advance')).toSorted()).toEqual(['queued', 'running']);
      expect(done).toContain('advance o/r#2');
      expect(done).toContain('advance o/r#4');
      const [recorded] = await there.ledger.read('o/r#1');
      expect(recorded?.fact).toEqual({ kind: 'stopped', reason: { code: 'x', detail: 'Grüße "\\ \u0000' } });
      expect(Buffer.from((await there.blobs.get('o/r#1', transcript)) ?? []).toString()).toBe('said\u0000');
      // What can be made again stays behind, and is made again there.
      const results = there.results('o/r#1');
      expect(await results.get('place', ['a'])).toEqual(new Map());
      await results.put('place', new Map([['a', { output: 2, times: 1 }]]));
      expect((await results.get('place', ['a'])).size).toBe(1);
      expect((await there.pool.query('select key from corrigible.alarm')).rows).toEqual([{ key: 'o/r#3' }]);
      expect(await there.engine.deliver(deliveryFor('o/r#5'))).toBe('new');
    } finally {
      await there.close();
    }
    const address = new URL(server.databaseUrl);
    await expect(openStore({ stateDir, log: silent })).rejects.toThrow(
      `This database was moved to ${address.host}${address.pathname} and is used there. Set DATABASE_URL to that server.`,
    );
  }));

test('a server that holds something already is refused, and nothing is changed on either side', () =>
  inMove(async ({ server, open }) => {
    const source = await open();
    const there = await openData({ ...server, log: silent });
    await there.pool.query('insert into corrigible.rejection (key, installation) values ($1, 1)', ['x/y#1']);
    await there.close();
    await expect(moveData(source, { url: server.databaseUrl, given: '--to' }, silent)).rejects.toThrow(
      /^The database at .* holds something already \(table corrigible\.\w+\)\. Create an empty one and name that\./,
    );
    await source.close();
    await open();
  }));

test('while another process uses it, it is not moved; one that was killed does not count', () =>
  inMove(async ({ stateDir, server, open }) => {
    const source = await open();
    const script = `import { openData } from '${new URL('../../src/adapters/postgres/open-data.ts', import.meta.url)}';
      const log = { info() {}, warn() {}, error() {} };
      await openData({ stateDir: ${JSON.stringify(stateDir)}, log });
      process.stdout.write('open');
      setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((done) => other.stdout.once('data', done));
    await expect(moveData(source, { url: server.databaseUrl, given: '--to' }, silent)).rejects.toThrow(
      `The built-in database is in use (process ${other.pid}). Stop Corrigible everywhere, then move it.`,
    );
    const gone = new Promise((done) => other.once('exit', done));
    other.kill('SIGKILL');
    await gone;
    await moveData(source, { url: server.databaseUrl, given: '--to' }, silent);
  }));

test('a move that was cut off before its end was recorded is finished, not done twice', () =>
  inMove(async ({ server, open }) => {
    const source = await open();
    const first = await moveData(source, { url: server.databaseUrl, given: '--to' }, silent);
    await source.pool.query('update corrigible.move set finished_at = null');
    expect(await moveData(source, { url: server.databaseUrl, given: '--to' }, silent)).toEqual(first);
    const { rows } = await source.pool.query('select from corrigible.move where finished_at is not null');
    expect(rows).toHaveLength(1);
  }));

test('the database itself by another address is refused at once, and nothing is changed', () =>
  inMove(async ({ open }) => {
    const source = await open();
    for (const url of [source.url, source.url.replace('/corrigible?', '/corrigible?application_name=x&')])
      await expect(moveData(source, { url, given: '--to' }, silent)).rejects.toThrow(
        /^localhost\/corrigible is the very database that is to be moved\. Create an empty one on a server/,
      );
    expect((await source.pool.query('select from corrigible.move')).rowCount).toBe(0);
  }));

test.each([
  ['--to', 'http://x/y', /^--to is not a Postgres address/],
  ['--to', 'postgres://someone:secret@127.0.0.1:9/nowhere', /Check --to and that the server is up\.$/],
  ['DATABASE_URL', 'postgres://someone:secret@127.0.0.1:9/nowhere', /Check DATABASE_URL and that the server is up\.$/],
])('what is wrong with %s is said of that, and of nothing else', (given, url, sentence) =>
  inMove(async ({ open }) => {
    await expect(moveData(await open(), { url, given }, silent)).rejects.toThrow(sentence);
  }),
);

test('a server that cannot be reached is said so, and the database stays usable here', () =>
  inMove(async ({ open }) => {
    const source = await open();
    const moving = moveData(source, { url: 'postgres://someone:secret@127.0.0.1:9/nowhere', given: '--to' }, silent);
    await expect(moving).rejects.toThrow(/^No database at 127\.0\.0\.1:9\/nowhere/);
    expect((await checkStore(source.pool, source.dataKey)).broken).toEqual([]);
  }));
