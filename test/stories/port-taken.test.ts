import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';
import { freshDatabase } from '../support/shared-postgres.ts';

test('an app whose address is taken says so, and has taken no work', async () => {
  const database = await freshDatabase();
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const { port } = other.address() as AddressInfo;
  const pool = new pg.Pool({ connectionString: database.databaseUrl });
  try {
    const { id: appId, ...keys } = makeAppIdentity(4711, 'corrigible');
    const at = { apiUrl: 'http://127.0.0.1:9', webUrl: 'http://127.0.0.1:9', host: '127.0.0.1', port };
    const kept = { stateDir: database.stateDir, databaseUrl: database.databaseUrl };
    const settings = { ...keys, appId, ...at, ...kept, logLevel: 'info' as const, model: null };
    const logs: string[] = [];
    await expect(startApp(settings, { onLog: (line) => logs.push(line) })).rejects.toThrow('EADDRINUSE');
    expect((await pool.query('select from corrigible.executor')).rowCount).toBe(0);
    expect(logs).toEqual([]);
  } finally {
    await pool.end();
    other.close();
    await database.drop();
  }
});
