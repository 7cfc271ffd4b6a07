import type { ControlGroup } from './control-groups.ts';
import { processesByNamespace } from './processes.ts';
import { isOverMemory } from './used-memory.ts';
import { isOverProcessor } from './used-processor.ts';

const POLL_MS = 250;

interface Watched {
  /** The first process of the sandbox, as the host sees it. */
  readonly pid: number;
  /** Inode of its pid namespace: whoever is in it belongs to the run, however it was re-parented. */
  readonly namespace: number;
  readonly limitBytes: number;
  readonly cpuSeconds: number;
  readonly exceeded: (what: 'too-much-memory' | 'out-of-cpu') => void;
}

const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

function poll(): void {
  const groups = processesByNamespace();
  for (const run of watched) {
    const pids = groups.get(`pid:[${run.namespace}]`) ?? [];
    if (isOverMemory(run.pid, pids, run.limitBytes)) run.exceeded('too-much-memory');
    else if (isOverProcessor(pids, run.cpuSeconds)) run.exceeded('out-of-cpu');
  }
}

/** The same for a control group, whose memory the kernel itself holds. */
export function watchGroup(group: ControlGroup, cpuSeconds: number, exceeded: (why: 'out-of-cpu') => void): () => void {
  const looking = setInterval(() => group.seconds() > cpuSeconds && exceeded('out-of-cpu'), POLL_MS).unref();
  return () => clearInterval(looking);
}

/**
 * Calls `exceeded` when the processes of a sandbox hold or use more than they may, looking four times a second. Returns
 * how to stop watching.
 */
export function watchUse(run: Watched): () => void {
  watched.add(run);
  timer ??= setInterval(poll, POLL_MS).unref();
  return () => {
    watched.delete(run);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
