import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const readOrNothing = (read: () => string): string => {
  try {
    return read();
  } catch {
    // It has ended meanwhile.
    return '';
  }
};

export interface Found {
  readonly pid: number;
  readonly command: string;
}

/**
 * Every process of this machine that has to do with a folder: by its command line, by where it works, or by what is
 * mounted for it (a sandbox sees the folder under another name).
 */
export function processesOf(folder: string): readonly Found[] {
  const found: Found[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const command = readOrNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    // A process that has ended and was not collected yet has no command line.
    if (command === '') continue;
    const place = readOrNothing(() => readlinkSync(`/proc/${pid}/cwd`));
    const mounts = readOrNothing(() => readFileSync(`/proc/${pid}/mountinfo`, 'utf8'));
    if (`${command}\n${place}\n${mounts}`.includes(folder)) found.push({ pid, command: command.trim() });
  }
  return found;
}

/** Whether a signal has stopped the process, which goes on when it is told to. */
export function isStopped(pid: number): boolean {
  const stat = readOrNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat.slice(stat.lastIndexOf(') ') + 2).startsWith('T');
}
