import { readFile } from 'node:fs/promises';
import { family } from '../../src/cli/demo/measure-memory.ts';

async function kilobytes(pid: number, of: 'Rss' | 'Pss'): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(new RegExp(`^${of}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
}

/**
 * Memory in MB of a Node process as if it were the only one on the machine: what it shares with other Node processes
 * counts whole, since otherwise every neighbour would make it look smaller.
 */
export const memoryOfNode = async (pid: number): Promise<number> => (await kilobytes(pid, 'Rss')) / 1024;

/** Memory in MB of a Postgres, what its processes share counted once. */
export async function memoryOfPostgres(postmaster: number): Promise<number> {
  const sizes = await Promise.all((await family([postmaster])).map((pid) => kilobytes(pid, 'Pss')));
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** Milliseconds of processor time that these processes have used, by the kernel's clock of 100 ticks a second. */
export async function processorTimeOf(pids: readonly number[]): Promise<number> {
  let ticks = 0;
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks * 10;
}
