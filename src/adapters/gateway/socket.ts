import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { makeFolders } from '../../make-folders.ts';

const NAME = 'model.sock';
/** A folder without a listener that is this old was left behind, and is not one that is just being made. */
const OLD_MS = 60_000;
const MOST_CONNECTIONS = 64;

/**
 * Serves `handle` on a unix socket in a new folder below `dir`. The folder's name cannot be guessed or listed, because
 * whoever runs in the sandbox, under whatever uid, has to reach it. Rejects when it cannot be made.
 */
export async function listenAt(
  dir: string,
  handle: (request: Request) => Promise<Response>,
): Promise<{ readonly path: string; close(): Promise<void> }> {
  makeFolders(dir, 0o711);
  const folder = join(dir, randomBytes(12).toString('hex'));
  await mkdir(folder);
  await chmod(folder, 0o711);
  // Loaded only where an agent is outside of this process.
  const { getRequestListener } = await import('@hono/node-server');
  const server = createServer(getRequestListener(handle, { overrideGlobalObjects: false }));
  server.maxConnections = MOST_CONNECTIONS;
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((closed) => server.close(() => closed()));
    await rm(folder, { recursive: true, force: true });
  };
  // By way of the open folder: the address of a socket is short, and /proc/net/unix shows it to everybody on the machine.
  const handleOfFolder = await open(folder);
  try {
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(`/proc/self/fd/${handleOfFolder.fd}/${NAME}`, done);
    });
    await chmod(join(folder, NAME), 0o666);
  } catch (error) {
    await close();
    throw error;
  } finally {
    await handleOfFolder.close();
  }
  return { path: join(folder, NAME), close };
}

/** Removes what killed processes left behind in `dir`. Sockets that somebody listens at stay. */
export async function clearSockets(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names) {
    const folder = join(dir, name);
    if (await isLeft(folder)) await rm(folder, { recursive: true, force: true });
  }
}

async function isLeft(folder: string): Promise<boolean> {
  const fd = await open(folder).catch(() => null);
  if (fd === null) return false;
  try {
    const code = await new Promise<string | undefined>((done) => {
      const socket = connect(`/proc/self/fd/${fd.fd}/${NAME}`);
      socket.once('connect', () => done(undefined)).once('error', (error: NodeJS.ErrnoException) => done(error.code));
      socket.once('connect', () => socket.destroy());
    });
    if (code === 'ECONNREFUSED') return true;
    return code === 'ENOENT' && Date.now() - (await stat(folder)).mtimeMs > OLD_MS;
  } finally {
    await fd.close();
  }
}
