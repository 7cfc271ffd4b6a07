import { statfsSync, statSync } from 'node:fs';
import { scratch } from './places.ts';
import { attempt, textOf } from './processes.ts';

const KB = 1024;

function sumOf(file: string, fields: RegExp): number | null {
  const text = textOf(file);
  if (text === null) return null;
  let kb = 0;
  for (const match of text.matchAll(fields)) kb += Number(match[1]);
  return kb * KB;
}

const resident = (pid: string): number => sumOf(`/proc/${pid}/status`, /^(?:VmRSS|VmSwap):\s+(\d+)/gm) ?? 0;

/** Shared pages divided among those who share them; slow, so asked only when the plain sum is over the limit. */
const proportional = (pid: string): number =>
  sumOf(`/proc/${pid}/smaps_rollup`, /^(?:Pss|SwapPss):\s+(\d+)/gm) ?? resident(pid);

/** Of a sandbox that is being made the first process still sees the host's folders, whose content is not its own. */
const isOfHost = (seen: string, folder: string): boolean =>
  attempt(() => statSync(seen).dev === statSync(folder).dev, false);

function scratchBytes(first: number): number {
  let bytes = 0;
  for (const folder of Object.values(scratch)) {
    const seen = `/proc/${first}/root${folder}`;
    if (isOfHost(seen, folder)) continue;
    bytes += attempt(() => {
      const { blocks, bfree, bsize } = statfsSync(seen);
      return (blocks - bfree) * bsize;
    }, 0);
  }
  return bytes;
}

/**
 * Whether processes and the scratch folders, as `first` of them sees those, hold more than `limitBytes`. Not seen: memory
 * files and System V segments that no process maps.
 */
export function isOverMemory(first: number, pids: readonly string[], limitBytes: number): boolean {
  const room = limitBytes - scratchBytes(first);
  const total = (measure: (pid: string) => number): number => pids.reduce((sum, pid) => sum + measure(pid), 0);
  return total(resident) > room && total(proportional) > room;
}
