import type { Pool, PoolClient } from 'pg';

/**
 * A connection of one's own. While it is lent, the pool does not listen for its errors, and a server that goes away
 * would end this process; the query at work learns of it anyway.
 */
export async function borrow(pool: Pool): Promise<PoolClient> {
  const client = await pool.connect();
  if (!client.listeners('error').includes(unheard)) client.on('error', unheard);
  return client;
}

const unheard = (): void => {};

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await borrow(pool);
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is not given to the next user.
    await client.query('rollback').catch((reason: Error) => {
      broken = reason;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
