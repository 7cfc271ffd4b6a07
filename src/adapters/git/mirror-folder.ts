import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, mkdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { notARepository } from '../../domain/messages/github.ts';
import { makeFolders } from '../../make-folders.ts';
import { isAlive, ownName, removeFolder } from '../../own-folder.ts';
import { git } from './run-git.ts';

const OWNER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

/**
 * Files are their bytes: no line ending, keyword, encoding or filter that a tree's own .gitattributes asks for. This
 * file stands above those. With `diff` set, a NUL byte does not turn a file into one without lines.
 */
const ATTRIBUTES = '* -text !eol !crlf -ident !filter !working-tree-encoding diff !merge !conflict-marker-size\n';

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The file whose time says when a mirror was last used. */
const usedFile = (gitDir: string): string => join(gitDir, 'info', 'used');

/** What tells one folder of a name from the next. */
const identityOf = ({ dev, ino, birthtimeMs }: Stats): string => [dev, ino, birthtimeMs].join('-');

/** Notes that the mirror is used now. Returns what tells it from one that is made in its place later; null: it is gone. */
export async function markUsed(gitDir: string): Promise<string | null> {
  const now = new Date();
  const file = usedFile(gitDir);
  try {
    await utimes(file, now, now).catch(() => writeFile(file, ''));
    return identityOf(await stat(gitDir));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

/** When the mirror was last used, in milliseconds. Before anybody noted it: when it was made. */
export async function lastUsed(gitDir: string): Promise<number> {
  const noted = await stat(usedFile(gitDir)).catch(() => stat(join(gitDir, 'HEAD')));
  return noted.mtimeMs;
}

/** The folder of a repository's mirror. Throws on a name that is none: it would lead elsewhere. */
export function mirrorPath(stateDir: string, repo: string): string {
  const [owner = '', name = '', ...rest] = repo.split('/');
  if (rest.length > 0 || !OWNER.test(owner) || !NAME.test(name)) throw new Error(notARepository());
  return join(resolve(stateDir), 'mirrors', owner, `${name}.git`);
}

/** A name beside a mirror, which tells whose it is: what is not a mirror yet, or not any more. */
export const nameBeside = async (gitDir: string): Promise<string> => `${gitDir}.${await ownName()}.${randomUUID()}`;

/** Whether an entry beside mirrors was left there by a process that is no more. */
export async function isLeft(entry: string): Promise<boolean> {
  const [, maker] = /\.git\.(\d+-\d*)\.[0-9a-f-]{36}$/.exec(entry) ?? [];
  return maker !== undefined && !(await isAlive(maker));
}

/** Makes the mirror where there is none yet, whole or not at all. The sandbox's user can read it. */
export async function ensureMirror(gitDir: string): Promise<void> {
  if (await exists(gitDir)) return;
  for (const folder of [dirname(dirname(gitDir)), dirname(gitDir)]) {
    makeFolders(folder);
    await chmod(folder, 0o711);
  }
  const fresh = await nameBeside(gitDir);
  await mkdir(fresh);
  try {
    // With a mode of its own, no umask decides who can read what git writes.
    await git(fresh, ['init', '--bare', '--quiet', '--shared=0644', '--template=', '--initial-branch=main', fresh]);
    makeFolders(join(fresh, 'info'));
    await writeFile(join(fresh, 'info', 'attributes'), ATTRIBUTES);
    for (const folder of [fresh, join(fresh, 'info')]) await chmod(folder, 0o755);
    await chmod(join(fresh, 'info', 'attributes'), 0o644);
    await rename(fresh, gitDir);
  } catch (error) {
    await removeFolder(fresh);
    // Somebody else made it in this moment.
    if (!(await exists(gitDir))) throw error;
  }
}
