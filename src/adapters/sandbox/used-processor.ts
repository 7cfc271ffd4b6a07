import { textOf } from './processes.ts';

/** USER_HZ, which is the same on all processors that the sandbox knows. */
const TICKS = 100;

/** Of one process and of all its children that have ended and were waited for. */
function ticksOf(pid: string): number {
  const stat = textOf(`/proc/${pid}/stat`) ?? '';
  // The name, in brackets, may contain anything. After it: state, then ten fields, then the four times.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

const secondsOf = (pids: readonly string[]): number => pids.reduce((sum, pid) => sum + ticksOf(pid), 0) / TICKS;

/**
 * Whether processes of one pid namespace have used more than so many seconds of a processor together, ended ones
 * included. Asked twice: a child that is waited for between two reads is counted in its parent as well.
 */
export const isOverProcessor = (pids: readonly string[], seconds: number): boolean =>
  secondsOf(pids) > seconds && secondsOf(pids) > seconds;
