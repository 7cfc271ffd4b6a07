import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Setup } from './setup.ts';

/** What packages are installed, in the ways of Debian, Alpine and Red Hat. */
const PACKAGES = [
  '/var/lib/dpkg/status',
  '/lib/apk/db/installed',
  '/var/lib/rpm/rpmdb.sqlite',
  '/var/lib/rpm/Packages',
];
/** Where people install by hand, or by pip and npm. */
const BY_HAND = '/usr/local';
/** As deep as `lib/python3.11/dist-packages/name`. */
const DEEPEST = 4;

/** A folder changes its time when an entry comes, goes or is replaced. */
const stampOf = (file: string, withTime = true): Promise<string> =>
  stat(file).then(
    ({ size, mtimeMs }) => `${file} ${size} ${withTime ? mtimeMs : ''}`,
    () => `${file} -`,
  );

async function foldersBelow(folder: string, deepest: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
  if (deepest === 1) return below;
  return [...below, ...(await Promise.all(below.map((one) => foldersBelow(one, deepest - 1)))).flat()];
}

/**
 * A hash that differs wherever commands find other installed packages, another Node, other tools in `/usr/local` or on their
 * PATH, or another architecture. A file that was overwritten in its place, by hand, is not seen.
 */
export async function imageOf({ binds, path: onPath, system, stateDir, root }: Setup): Promise<string> {
  const [byHand, ...others] = [BY_HAND, '/usr/lib', ...PACKAGES, ...onPath.split(':')].map((file) =>
    path.join(root, file),
  );
  const watched = [byHand!, ...others, ...(await foldersBelow(byHand!, DEEPEST))];
  const stamps = await Promise.all([
    ...watched.sort().map((file) => stampOf(file)),
    // What was copied or written below the state folder is as old as that.
    ...binds.map(async ({ host, inside }) => {
      const own = host.startsWith(`${stateDir}/`);
      return `${inside} ${(await stampOf(host, !own)).slice(host.length)}`;
    }),
  ]);
  const { version, arch, platform } = process;
  return createHash('sha256')
    .update(JSON.stringify([platform, arch, version, system, stamps]))
    .digest('hex');
}
