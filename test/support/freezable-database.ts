import { createConnection, createServer, type Socket } from 'node:net';

export interface FreezableDatabase {
  /** The same database by another way, which can be blocked. */
  readonly databaseUrl: string;
  /** From now on nothing is answered, and no connection is closed: as by a server whose processes stand still. */
  freeze(): void;
  /** Lets new connections through; those that stand still go on doing so, as after a server was lost without a word. */
  renew(): void;
  close(): Promise<void>;
}

/** A way to a database on a Unix socket that can be frozen, without touching the server, which others use. */
export async function freezable(databaseUrl: string): Promise<FreezableDatabase> {
  const { pathname, searchParams } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((near) => {
    const far = createConnection(`${searchParams.get('host')}/.s.PGSQL.5432`);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.on('data', (chunk) => to.write(chunk));
      if (frozen) from.pause();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return {
    databaseUrl: `postgres://postgres@127.0.0.1:${port}${pathname}`,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    renew: () => {
      frozen = false;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
