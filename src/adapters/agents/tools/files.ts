import type { SandboxRun } from '../../../ports.ts';
import { ToolFault, type Workplace } from './tool.ts';

/** Longest file that can be read or edited, in bytes. */
const MOST_BYTES = 400_000;

/** A path as the model wrote it, relative to the worktree. Throws `ToolFault` on one that leads out of it. */
export function relative(path: string): string {
  const parts = path.replace(/^\/work(?=\/|$)/, '.').split('/');
  if (path.includes('\0') || parts[0] === '' || parts.includes('..'))
    throw new ToolFault(`${path} is not a path inside the repository; write it like src/plan.ts`);
  const kept = parts.filter((part) => part !== '' && part !== '.');
  // A leading ./ keeps a name that begins with a hyphen from being read as an option.
  return `./${kept.join('/')}`;
}

/** The text of a file. Throws `ToolFault` when it is missing, too long or not text. */
export async function readText(workplace: Workplace, path: string): Promise<string> {
  const script = '[ -f "$1" ] || { echo "there is no file $1" >&2; exit 1; }; head -c "$2" -- "$1"';
  const run = await workplace.run(['/bin/sh', '-c', script, 'read', relative(path), String(MOST_BYTES + 1)]);
  if (run.exit !== 0) throw new ToolFault(run.stderr.trim() || `${path} could not be read`);
  if (run.stdout.length > MOST_BYTES)
    throw new ToolFault(`${path} is longer than ${MOST_BYTES} bytes; use run with head, tail or grep`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(run.stdout);
  } catch {
    throw new ToolFault(`${path} is not a text file`);
  }
}

/** Writes a whole file and the folders above it. An existing file keeps its mode. */
export async function writeText(workplace: Workplace, path: string, content: string): Promise<void> {
  const script = 'mkdir -p -- "$(dirname -- "$1")" && cat > "$1"';
  const run = await workplace.run(['/bin/sh', '-c', script, 'write', relative(path)], { stdin: content });
  if (run.exit !== 0) throw new ToolFault(run.stderr.trim() || `${path} could not be written`);
}

async function run(workplace: Workplace, script: string, ...paths: readonly string[]): Promise<SandboxRun> {
  return workplace.run(['/bin/sh', '-c', script, 'file', ...paths.map(relative)]);
}

/** Whether anything has this name, whatever it is. */
export const present = async (workplace: Workplace, path: string): Promise<boolean> =>
  (await run(workplace, '[ -e "$1" ] || [ -L "$1" ]', path)).exit === 0;

/** Removes a file. Throws `ToolFault` on a folder. */
export async function removeFile(workplace: Workplace, path: string): Promise<void> {
  const done = await run(workplace, 'rm -- "$1"', path);
  if (done.exit !== 0) throw new ToolFault(done.stderr.trim() || `${path} could not be deleted`);
}

/** Moves a file to a name that is free, and makes the folders above it. */
export async function moveFile(workplace: Workplace, from: string, to: string): Promise<void> {
  const done = await run(workplace, 'mkdir -p -- "$(dirname -- "$2")" && mv -nT -- "$1" "$2"', from, to);
  if (done.exit !== 0) throw new ToolFault(done.stderr.trim() || `${from} could not be moved`);
}
