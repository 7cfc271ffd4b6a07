import { execFile } from 'node:child_process';
import { appendFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gateHere as say } from '../../domain/messages/self-test.ts';

const run = promisify(execFile);

export type Env = Readonly<Record<string, string | undefined>>;

/** A git command of the person at the terminal: their settings, but of the environment only what it takes to run. */
async function git(args: readonly string[], env: Env): Promise<string> {
  const of = { PATH: env['PATH'] ?? '', HOME: env['HOME'] ?? '', LC_ALL: 'C' };
  const { stdout } = await run('git', [...args], { env: of });
  return stdout.replace(/\n$/, '');
}

const stderrOf = (error: unknown): string => String((error as { readonly stderr?: unknown }).stderr ?? '');

/** Why git did not answer, in words. */
function troubleOf(folder: string, error: unknown): Error {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Error(say.noGit);
  const words = stderrOf(error);
  if (/not a git repository/i.test(words)) return new Error(say.noRepository(folder));
  const [line = ''] = words.replace(/^fatal: /, '').split('\n');
  return new Error(say.gitSaid(folder, line));
}

/** A repository on this machine, as far as it is looked at: nothing is ever written there. */
export interface Here {
  readonly folder: string;
  /** The folder of its objects. */
  readonly objects: string;
  readonly isShallow: boolean;
}

/** Throws in words where the folder is not the top of a git repository. */
export async function findRepository(folder: string, env: Env): Promise<Here> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Error(say.noFolder(folder));
  const asked = ['--show-prefix', '--is-shallow-repository', '--path-format=absolute', '--git-path', 'objects'];
  const printed = await git(['-C', folder, 'rev-parse', ...asked], env).catch((error: unknown) => {
    throw troubleOf(folder, error);
  });
  const [below = '', shallow = '', ...rest] = printed.split('\n');
  if (below !== '') throw new Error(say.notTheTop(folder, below));
  return { folder, objects: rest.join('\n'), isShallow: shallow === 'true' };
}

/** The full id of a commit by any of its names. Throws in words when there is none. */
export async function commitOf({ folder, isShallow }: Here, name: string, env: Env): Promise<string> {
  const asked = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const id = await git(['-C', folder, ...asked], env).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Error(say.noGit);
    throw new Error(isShallow ? `${say.noCommit(folder, name)} ${say.shallow(folder)}` : say.noCommit(folder, name));
  });
  if (id.length !== 40) throw new Error(say.otherIds(folder));
  return id;
}

/**
 * Makes a bare repository in `folder` with one branch for each commit, and the objects of the one here lent to it: so a
 * commit can be fetched that no branch there leads to, such as a detached HEAD. Throws in words where commits are missing.
 */
export async function lend(
  here: Here,
  branches: Readonly<Record<string, string>>,
  folder: string,
  env: Env,
): Promise<void> {
  // A history that ends in the middle cannot be fetched.
  if (here.isShallow) throw new Error(say.shallow(here.folder));
  await git(['init', '--bare', '--quiet', '--template=', '--initial-branch=head', folder], env);
  await appendFile(join(folder, 'objects', 'info', 'alternates'), `${here.objects}\n`);
  for (const [branch, id] of Object.entries(branches))
    await git(['--git-dir', folder, 'update-ref', `refs/heads/${branch}`, id], env).catch((error: unknown) => {
      throw troubleOf(here.folder, error);
    });
}
