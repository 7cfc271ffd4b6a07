import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { expect, test } from 'vitest';
import { openReaper } from '../../src/adapters/postgres/reaper.ts';
import { freshDatabase } from '../support/shared-postgres.ts';
import { silent } from '../support/silent-log.ts';

test('a heartbeat whose connection has gone silent fails, and the next one goes over a new connection', async () => {
  const database = await freshDatabase();
  const pool = new pg.Pool({ connectionString: database.databaseUrl, max: 2 });
  const { host, port, user, password, database: name } = new pg.Client({ connectionString: database.databaseUrl });
  const pairs: [Socket, Socket][] = [];
  const proxy = createServer((here) => {
    const there = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    here.pipe(there).pipe(here);
    for (const socket of [here, there]) socket.on('error', () => {});
    pairs.push([here, there]);
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : '';
  const url = `postgres://${user}${secret}@127.0.0.1:${(proxy.address() as AddressInfo).port}/${name}`;
  const reaper = openReaper({ pool, url, deadAfterMs: 20_000, heard: () => {}, log: silent });
  try {
    await reaper.signOn();
    expect(await reaper.beat()).toBe(true);
    const [here, there] = pairs[0]!;
    here.unpipe(there);
    there.unpipe(here);
    await expect(reaper.beat()).rejects.toThrow('Query read timeout');
    expect(await reaper.beat()).toBe(true);
    expect(pairs).toHaveLength(2);
  } finally {
    await reaper.leave();
    for (const socket of pairs.flat()) socket.destroy();
    await new Promise((closed) => proxy.close(closed));
    await pool.end();
    await database.drop();
  }
});
