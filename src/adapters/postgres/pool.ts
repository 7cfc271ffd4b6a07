import pg from 'pg';

/**
 * A pool that survives its server: a connection may be lost while it is idle, lent or at work, and be told of twice, and
 * an error that nobody listens for would end this process. A query at work learns of it anyway; `onLost` hears of idle ones.
 */
export function makePool(config: pg.PoolConfig, onLost: (error: Error) => void = () => {}): pg.Pool {
  const pool = new pg.Pool({ connectionTimeoutMillis: 10_000, ...config });
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', onLost);
  return pool;
}
