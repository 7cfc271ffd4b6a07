import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import type { Log, Sandbox } from '../../src/ports.ts';

export interface Place {
  /** A folder of the app that others may enter. */
  readonly state: string;
  readonly sandbox: Sandbox;
}

export const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** The real sandbox, with a state folder of its own. Throws when untrusted code cannot run here. */
export async function makePlace(firstUid: number): Promise<Place & AsyncDisposable> {
  const state = await mkdtemp(join(tmpdir(), 'agents-'));
  await chmod(state, 0o711);
  const sandbox = bubblewrapSandbox({ stateDir: state, firstUid });
  const refusal = await sandbox.refusal();
  if (refusal !== null) throw new Error(refusal);
  return { state, sandbox, [Symbol.asyncDispose]: () => rm(state, { recursive: true, force: true }) };
}

/** Lays files out in a fresh folder. */
export async function layOut(state: string, files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp(join(state, 'tree-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

/** What runs on this machine with exactly this command line. */
export async function runningLike(words: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.map((line) => line.replaceAll('\0', ' ').trim()).filter((line) => line === words);
}
