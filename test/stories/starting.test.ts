import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { LOCKS } from '../../src/adapters/postgres/locks.ts';
import { startApp } from '../../src/app.ts';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';
import { withModel } from '../../src/read-operator.ts';
import { freshDatabase } from '../support/shared-postgres.ts';

async function listening() {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, close: () => new Promise((done) => server.close(done)) };
}

type Kept = Awaited<ReturnType<typeof freshDatabase>>;

function settingsAt(port: number, { stateDir, databaseUrl }: Kept) {
  const { id: appId, ...keys } = makeAppIdentity(4711, 'corrigible');
  const at = { apiUrl: 'http://127.0.0.1:9', webUrl: 'http://127.0.0.1:9', host: '127.0.0.1', port };
  return { ...keys, appId, ...at, stateDir, databaseUrl, logLevel: 'info' as const, operator: withModel(null) };
}

test('an app whose address is taken says so, and has taken no work', async () => {
  const database = await freshDatabase();
  const other = await listening();
  const pool = new pg.Pool({ connectionString: database.databaseUrl });
  try {
    const logs: string[] = [];
    const starting = startApp(settingsAt(other.port, database), { onLog: (line) => logs.push(line) });
    await expect(starting).rejects.toThrow('EADDRINUSE');
    expect((await pool.query('select from corrigible.executor')).rowCount).toBe(0);
    expect(logs).toEqual([]);
  } finally {
    await pool.end();
    await other.close();
    await database.drop();
  }
});

test('an app that waits for another to bring the database up to date is alive, not ready, and takes nothing in', async () => {
  const database = await freshDatabase();
  const free = await listening();
  await free.close();
  const client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCKS.migration]);
    const starting = startApp(settingsAt(free.port, database), { onLog: () => {}, role: 'web' });
    const ask = async (path: string, init?: RequestInit) => {
      const answer = await fetch(`http://127.0.0.1:${free.port}${path}`, init);
      return { status: answer.status, text: await answer.text() };
    };
    await vi.waitFor(async () => expect(await ask('/readyz')).toEqual({ status: 503, text: 'starting\n' }));
    expect(await ask('/healthz')).toEqual({ status: 200, text: 'starting\n' });
    expect((await ask('/api/github/webhooks', { method: 'POST', body: '{}' })).status).toBe(503);
    await client.query('select pg_advisory_unlock($1)', [LOCKS.migration]);
    const app = await starting;
    expect(await ask('/readyz')).toEqual({ status: 200, text: 'ready\n' });
    await app.stop();
  } finally {
    await client.end();
    await database.drop();
  }
});

test('a start that fails gives its address back', async () => {
  const free = await listening();
  await free.close();
  const database = await freshDatabase();
  await database.drop();
  await expect(startApp(settingsAt(free.port, database), { onLog: () => {} })).rejects.toThrow();
  await expect(fetch(`http://127.0.0.1:${free.port}/healthz`)).rejects.toThrow('fetch failed');
});
