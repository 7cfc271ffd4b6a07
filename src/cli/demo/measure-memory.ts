import { readdir, readFile } from 'node:fs/promises';

const parentOf = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);

/** These processes and every one below them. */
export async function family(roots: readonly number[]): Promise<readonly number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc'))
    if (/^\d+$/.test(name)) {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
      if (stat !== null) parents.set(Number(name), parentOf(stat));
    }
  const all = new Set(roots);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [pid, parent] of parents)
      if (all.has(parent) && !all.has(pid)) {
        all.add(pid);
        grown = true;
      }
  }
  return [...all];
}

/** Proportional set size of a process, in MB; 0 when it is gone. */
async function pssOf(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
}

/** Memory in MB (PSS, shared pages counted once) of these processes and all below them. */
export async function measureMemory(roots: readonly number[]): Promise<number> {
  const sizes = await Promise.all((await family(roots)).map(pssOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}
