import { readdirSync, readFileSync, readlinkSync, statfsSync, statSync } from 'node:fs';
import { scratch } from './bwrap-arguments.ts';

const POLL_MS = 250;
const KB = 1024;

interface Watched {
  /** The first process of the sandbox, as the host sees it. */
  readonly pid: number;
  /** Inode of its pid namespace: whoever is in it belongs to the run, however it was re-parented. */
  readonly namespace: number;
  readonly limitBytes: number;
  readonly exceeded: () => void;
}

const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

// A process may end between two reads; then it uses nothing.
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function sumOf(file: string, fields: RegExp): number | null {
  const text = attempt(() => readFileSync(file, 'latin1'), null);
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

function processesByNamespace(): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const namespace = attempt(() => readlinkSync(`/proc/${pid}/ns/pid`), '');
    groups.set(namespace, [...(groups.get(namespace) ?? []), pid]);
  }
  return groups;
}

function isOver(run: Watched, pids: readonly string[]): boolean {
  const room = run.limitBytes - scratchBytes(run.pid);
  const total = (measure: (pid: string) => number): number => pids.reduce((sum, pid) => sum + measure(pid), 0);
  return total(resident) > room && total(proportional) > room;
}

function poll(): void {
  const groups = processesByNamespace();
  for (const run of watched) {
    if (isOver(run, groups.get(`pid:[${run.namespace}]`) ?? [])) run.exceeded();
  }
}

/**
 * Calls `exceeded` when the processes and scratch folders of a sandbox hold more than `limitBytes`, looking four times
 * a second. Returns how to stop watching. Not seen: memory files and System V segments that no process maps.
 */
export function watchMemory(run: Watched): () => void {
  watched.add(run);
  timer ??= setInterval(poll, POLL_MS).unref();
  return () => {
    watched.delete(run);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
