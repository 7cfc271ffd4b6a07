import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Git holds a lock on refs for moments; one this old belongs to a process that was killed. */
const STALE_MS = 60_000;

/** Removes the locks on refs that a killed git left in a mirror. They would stop every fetch for good. */
export async function clearLocks(gitDir: string): Promise<void> {
  const inRefs = await readdir(join(gitDir, 'refs'), { recursive: true });
  const names = ['HEAD.lock', 'packed-refs.lock', 'config.lock', ...inRefs.map((name) => join('refs', name))];
  for (const name of names.filter((of) => of.endsWith('.lock'))) {
    const file = join(gitDir, name);
    const made = await stat(file).catch(() => null);
    if (made !== null && Date.now() - made.mtimeMs > STALE_MS) await rm(file, { force: true });
  }
}
