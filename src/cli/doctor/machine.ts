import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findDatabase, isFound, sandboxRefusal } from '../../compose.ts';
import { parseAllowedHost } from '../../domain/allowed-hosts.ts';
import { type Finding, machine as say } from '../../domain/messages/cli.ts';
import { stateNotWritable } from '../../domain/messages/store.ts';
import { makeFolders } from '../../make-folders.ts';
import { readSandbox, readSettings, type SandboxSettings } from '../../read-settings.ts';

/** The environment as a command was given it. */
export type Env = Readonly<Record<string, string | undefined>>;

const run = promisify(execFile);

/** Whether a version is at least another one: the first two numbers count. */
export function isAtLeast(version: string, least: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > least[0] || (major === least[0] && minor >= least[1]);
}

async function checkGit(env: Env): Promise<Finding> {
  try {
    const { stdout } = await run('git', ['--version'], { env: { PATH: env['PATH'] ?? '' } });
    const version = /\d+\.\d+(?:\.\d+)?/.exec(stdout)?.[0] ?? '';
    return isAtLeast(version, [2, 38]) ? say.git(version) : say.oldGit(version);
  } catch {
    return say.noGit;
  }
}

async function checkState(folder: string): Promise<Finding> {
  const file = join(folder, `.doctor-${process.pid}`);
  try {
    makeFolders(folder, 0o711);
    await writeFile(file, '');
    await rm(file);
    return say.state(folder);
  } catch (error) {
    return say.noState(stateNotWritable(folder, (error as NodeJS.ErrnoException).code ?? String(error)));
  }
}

async function checkDatabase(url: string | undefined): Promise<Finding> {
  const found = await findDatabase(url);
  if ('refused' in found) return say.noDatabase(found.refused);
  return found.version === null ? say.ownDatabase : say.server(found.version);
}

/** What the other kind of sandbox lacks on this machine, for whoever could take that one. */
async function instead(folder: string, { kind, ...more }: SandboxSettings): Promise<readonly Finding[]> {
  if (kind === 'external') return [];
  const other = kind === 'container' ? 'bubblewrap' : 'container';
  return [say.instead(other, await sandboxRefusal(folder, { ...more, kind: other }))];
}

/** Nothing where it is not clear which sandbox is meant: that is told with the settings. */
async function checkSandbox(folder: string, env: Env): Promise<readonly Finding[]> {
  const read = readSandbox(env);
  if ('problems' in read) return [];
  const refusal = await sandboxRefusal(folder, read.sandbox);
  if (refusal !== null) return [say.noSandbox(refusal), ...(await instead(folder, read.sandbox))];
  return [read.sandbox.kind === 'external' ? say.external : say.sandbox];
}

/** The hosts that dependencies come from; of what a star stands for nothing can be told. */
function checkHosts(hosts: readonly string[]): Promise<readonly Finding[]> {
  const names = hosts.map((host) => parseAllowedHost(host)).filter((host) => host !== null && !host.below);
  return Promise.all(
    names.map(async (host) => ((await isFound(host?.name ?? '')) ? say.host : say.noHost)(host?.name ?? '')),
  );
}

/** What this machine has and lacks for running the app, in the order in which one would set it up. */
export async function checkMachine(env: Env, stateDir: string): Promise<readonly Finding[]> {
  const node = process.versions.node;
  const read = readSettings(env);
  const state = await checkState(stateDir);
  return [
    say.node(node, isAtLeast(node, [22, 20])),
    await checkGit(env),
    state,
    // The sandbox keeps its filter in the state directory, so without that there is nothing to ask.
    ...(state.ok ? await checkSandbox(stateDir, env) : []),
    await checkDatabase(env['DATABASE_URL'] || undefined),
    ...('problems' in read ? read.problems.map(say.noSettings) : [say.settings]),
    ...('problems' in read ? [] : await checkHosts(read.settings.operator.network.prepare)),
  ];
}
