import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ownFolder } from '../../own-folder.ts';

const NAME = 'model.sock';
const MOST_CONNECTIONS = 64;

/**
 * Serves `handle` on a unix socket in a new folder below `dir`, which holds those of all processes: what dead ones left
 * there goes. Whoever runs in the sandbox, under whatever uid, has to come to it, so the folder's name cannot be guessed or
 * listed; to connect to it, it has to be given the socket. Rejects when it cannot be made.
 */
export async function listenAt(
  dir: string,
  handle: (request: Request) => Promise<Response>,
): Promise<{ readonly path: string; close(): Promise<void> }> {
  const folder = join(await ownFolder(dir), randomBytes(12).toString('hex'));
  await mkdir(folder);
  await chmod(folder, 0o711);
  // Loaded only where an agent is outside of this process.
  const { getRequestListener } = await import('@hono/node-server');
  const server = createServer(getRequestListener(handle, { overrideGlobalObjects: false }));
  server.maxConnections = MOST_CONNECTIONS;
  // By way of the open folder: the address of a socket is short, and /proc/net/unix shows it to everybody on the machine.
  // Open to the last, because the socket is removed by the same address.
  const opened = await open(folder);
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((closed) => server.close(() => closed()));
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(`/proc/self/fd/${opened.fd}/${NAME}`, done);
    });
    await chmod(join(folder, NAME), 0o600);
  } catch (error) {
    await close();
    throw error;
  }
  return { path: join(folder, NAME), close };
}
