import { constants } from 'node:fs';
import { chmod, type FileHandle, lstat, mkdir, open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { notStarted } from '../../domain/messages/sandbox.ts';
import type { Layer, SandboxJob } from '../../ports.ts';
import { firstClosed, firstClosedAbove } from './first-closed.ts';

/** What a job wants bound, looked at: real paths of the host, in the order of mounting. */
export interface Placed {
  readonly layers: readonly (Layer & { readonly writable: boolean })[];
  readonly sockets: readonly Layer[];
}

type Refused = { readonly refused: string };

const TREE = '/work';
/** Where nothing is bound: what the sandbox itself is made of, and what it keeps read-only. */
const KEPT = ['/', TREE, '/proc', '/dev', '/sys', '/repo.git'];
const KEPT_BELOW = [`${TREE}/.git`, '/proc', '/dev', '/sys', '/repo.git'];

const isPlace = (inside: string): boolean =>
  path.isAbsolute(inside) &&
  path.normalize(inside) === inside &&
  !inside.endsWith('/') &&
  !inside.includes('\0') &&
  !KEPT.includes(inside) &&
  !KEPT_BELOW.some((kept) => inside === kept || inside.startsWith(`${kept}/`));

const enter = (folder: string): Promise<FileHandle> =>
  open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);

async function enterOrMake(above: FileHandle, name: string): Promise<FileHandle> {
  const folder = `/proc/self/fd/${above.fd}/${name}`;
  const made = await mkdir(folder).then(
    () => true,
    () => false,
  );
  const entered = await enter(folder);
  // Whatever the umask: the user of the sandbox has to get through.
  if (made) await entered.chmod(0o755);
  return entered;
}

/**
 * Makes what is missing of the folders to `inside`, below a tree that commands may have written to: never through a link.
 * False where something is in the way that is no folder.
 */
async function makePlace(tree: string, inside: string): Promise<boolean> {
  let folder = await enter(tree);
  try {
    for (const name of path.relative(TREE, inside).split('/')) {
      const next = await enterOrMake(folder, name).catch(() => null);
      if (next === null) return false;
      await folder.close();
      folder = next;
    }
    return true;
  } finally {
    await folder.close();
  }
}

type Closed = (file: string) => Promise<string | null>;

async function placeLayer(
  { host, inside, scratch = [] }: Layer,
  tree: string,
  closedIn: Closed,
): Promise<Layer | Refused> {
  const bad = [inside, ...scratch.map((folder) => `${inside}/${folder}`)].find((place) => !isPlace(place));
  if (bad !== undefined) return { refused: notStarted.badPlace(bad) };
  const real = await realpath(host).catch(() => null);
  if (real === null) return { refused: notStarted.noLayer(host) };
  const closed = await closedIn(real);
  if (closed !== null) return { refused: notStarted.closed(closed) };
  if (!inside.startsWith(`${TREE}/`)) return { host: real, inside };
  const placed = (await stat(real)).isDirectory() && (await makePlace(tree, inside));
  return placed ? { host: real, inside } : { refused: notStarted.linkedPlace(inside) };
}

async function placeSocket(name: string, host: string, dropped: boolean): Promise<Layer | Refused> {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) return { refused: notStarted.badSocket(name) };
  const entry = await lstat(host).catch(() => null);
  if (!entry?.isSocket()) return { refused: notStarted.noSocket(host) };
  const closed = dropped ? await firstClosedAbove(host) : null;
  if (closed !== null) return { refused: notStarted.closed(closed) };
  // It is lent to the run's user.
  await chmod(host, 0o600);
  return { host, inside: `/run/${name}.sock` };
}

const badPort = ({ ports = {}, sockets = {} }: SandboxJob): string | undefined =>
  Object.entries(ports).find(
    ([port, name]) => !Object.hasOwn(sockets, name) || !(Number(port) >= 1024 && Number(port) <= 65_535),
  )?.[0];

/** Prepares what a job wants bound; the first thing that cannot be is a refusal, in words for the run's log. */
export async function placeLayers(job: SandboxJob, tree: string, dropped: boolean): Promise<Placed | Refused> {
  const port = badPort(job);
  if (port !== undefined) return { refused: notStarted.badPort(port) };
  const layers: (Layer & { writable: boolean })[] = [];
  for (const writable of [false, true]) {
    const closedIn: Closed = async (file) => (dropped ? (writable ? firstClosedAbove : firstClosed)(file) : null);
    for (const layer of (writable ? job.writableLayers : job.layers) ?? []) {
      const placed = await placeLayer(layer, tree, closedIn);
      if ('refused' in placed) return placed;
      layers.push({ ...layer, ...placed, writable });
    }
  }
  const sockets: Layer[] = [];
  for (const [name, host] of Object.entries(job.sockets ?? {})) {
    const placed = await placeSocket(name, host, dropped);
    if ('refused' in placed) return placed;
    sockets.push(placed);
  }
  return { layers, sockets };
}
