import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Asked of the system at once. */
const AT_ONCE = 256;

const bornAt = (file: string): Promise<number> =>
  lstat(file).then(
    ({ birthtimeMs }) => birthtimeMs,
    () => 0,
  );

/**
 * Whether more than `most` entries below a folder were made after `since` (ms of the clock). Commands may be at work in it
 * meanwhile; no link is followed.
 */
export async function hasMoreYounger(folder: string, since: number, most: number): Promise<boolean> {
  const rest = [folder];
  let younger = 0;
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (let at = 0; at < entries.length; at += AT_ONCE) {
      const some = entries.slice(at, at + AT_ONCE);
      const born = await Promise.all(some.map(({ name }) => bornAt(path.join(next, name))));
      younger += born.filter((ms) => ms > since).length;
      if (younger > most) return true;
    }
    rest.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(next, name)));
  }
  return false;
}
