import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { GitFailure, git, gitBytes } from './git.ts';

export const zeroSha = '0'.repeat(40);

export interface Person {
  readonly name: string;
  readonly email: string;
  /** ISO 8601; now when absent. */
  readonly date?: string;
}

export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  /** The object; null removes the path. */
  readonly sha: string | null;
}

/** Makes an empty bare repository in which nobody can push to `refs/pull`. */
export async function createBareRepository(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await git(directory, ['init', '-q', '--bare', '-b', 'main']);
  await git(directory, ['config', 'receive.hideRefs', 'refs/pull']);
  await git(directory, ['config', 'uploadpack.allowReachableSHA1InWant', 'true']);
  await git(directory, ['config', 'uploadpack.allowFilter', 'true']);
  await git(directory, ['config', 'gc.auto', '0']);
}

/** The object that a name means, or null. Names that could be options are no names. */
export async function resolveCommit(directory: string, name: string): Promise<string | null> {
  return (await branchTip(directory, name)) ?? resolve(directory, `${name}^{commit}`);
}

/** The tip of a full ref such as `refs/heads/main`, or null. */
export async function readRef(directory: string, ref: string): Promise<string | null> {
  return (await branchTip(directory, ref)) ?? resolve(directory, ref);
}

/** What a branch's own file says, without a process; null where git has to be asked. */
async function branchTip(directory: string, ref: string): Promise<string | null> {
  if (!/^refs\/(?:heads|pull)\/[\w./-]+$/.test(ref) || ref.includes('..')) return null;
  const said = await readFile(path.join(directory, ref), 'latin1').catch(() => '');
  return /^[0-9a-f]{40}\n$/.test(said) ? said.slice(0, 40) : null;
}

async function resolve(directory: string, name: string): Promise<string | null> {
  if (name.startsWith('-')) return null;
  return git(directory, ['rev-parse', '--verify', '--quiet', '--end-of-options', name]).catch(() => null);
}

/** What branch or sha a `ref` parameter means, as GitHub reads it: heads/x, tags/x, a branch, a tag, or a sha. */
export async function resolveName(directory: string, name: string): Promise<string | null> {
  // A whole sha is no name of anything else here.
  if (/^[0-9a-f]{40}$/.test(name)) return resolveCommit(directory, name);
  for (const candidate of [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`]) {
    const sha = await resolveCommit(directory, candidate);
    if (sha) return sha;
  }
  return /^[0-9a-f]{7,40}$/.test(name) || name.startsWith('refs/') ? resolveCommit(directory, name) : null;
}

/** Moves a ref from `before` to `after`; false when it was no longer at `before`. */
export async function moveRef(directory: string, ref: string, after: string, before: string): Promise<boolean> {
  const args = after === zeroSha ? ['update-ref', '-d', ref, before] : ['update-ref', ref, after, before];
  try {
    await git(directory, args);
    return true;
  } catch (failure) {
    if (failure instanceof GitFailure) return false;
    throw failure;
  }
}

/** The tree of a three-way merge, or null when it conflicts. */
export async function mergeTree(directory: string, ours: string, theirs: string): Promise<string | null> {
  try {
    return (await git(directory, ['merge-tree', '--write-tree', ours, theirs])).split('\n')[0]!;
  } catch (failure) {
    if (failure instanceof GitFailure && failure.code === 1) return null;
    throw failure;
  }
}

/** Makes a commit object; moves no ref. */
export async function commitTree(
  directory: string,
  tree: string,
  parents: readonly string[],
  message: string,
  author: Person,
  committer: Person = author,
): Promise<string> {
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  return git(directory, args, {
    input: message,
    env: { ...identity('AUTHOR', author), ...identity('COMMITTER', committer) },
  });
}

function identity(role: 'AUTHOR' | 'COMMITTER', person: Person): Record<string, string> {
  return {
    [`GIT_${role}_NAME`]: person.name,
    [`GIT_${role}_EMAIL`]: person.email,
    ...(person.date ? { [`GIT_${role}_DATE`]: person.date } : {}),
  };
}

const compress = promisify(deflate);

/** Stores a file's content, as git would: a process for each of a repository's files would take longest of all. */
export async function writeBlob(directory: string, content: Uint8Array): Promise<string> {
  const object = Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]);
  const sha = createHash('sha1').update(object).digest('hex');
  const folder = path.join(directory, 'objects', sha.slice(0, 2));
  const file = path.join(folder, sha.slice(2));
  // Under another name first: whoever reads meanwhile finds it whole or not at all.
  const draft = path.join(folder, `tmp_obj_${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  await writeFile(draft, await compress(object), { mode: 0o444 });
  await rename(draft, file);
  return sha;
}

/** A tree made of another with some paths set or removed. */
export async function writeTree(
  directory: string,
  base: string | null,
  changes: readonly TreeChange[],
): Promise<string> {
  if (changes.some((change) => change.path.includes('\0'))) throw new Error('a path holds a NUL');
  const index = path.join(directory, `index-${randomUUID()}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await git(directory, base ? ['read-tree', base] : ['read-tree', '--empty'], { env });
    const lines = changes.map(({ path: file, mode, sha }) => `${sha ? mode : '0'} ${sha ?? zeroSha}\t${file}\0`);
    await git(directory, ['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    return await git(directory, ['write-tree'], { env });
  } finally {
    await rm(index, { force: true });
  }
}

/** True when `ancestor` is `commit` or one of its ancestors. */
export function isAncestor(directory: string, ancestor: string, commit: string): Promise<boolean> {
  return git(directory, ['merge-base', '--is-ancestor', ancestor, commit]).then(
    () => true,
    () => false,
  );
}

/** The commits of `to` that `from` does not have, oldest first. */
export async function commitsBetween(directory: string, from: string, to: string): Promise<string[]> {
  return splitLines(await git(directory, ['rev-list', '--reverse', '--topo-order', `${from}..${to}`]));
}

/** A file's bytes at a commit. */
export function readBlob(directory: string, sha: string): Promise<Buffer> {
  return gitBytes(directory, ['cat-file', 'blob', sha]);
}

export interface TreeEntry {
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  readonly size: number | null;
  readonly path: string;
}

/** The entries of a tree or of a directory in it. */
export async function listTree(directory: string, tree: string, recursive = false): Promise<TreeEntry[]> {
  const args = ['ls-tree', '-z', '--long', ...(recursive ? ['-r', '-t'] : []), tree];
  return (await git(directory, args)).split('\0').filter(Boolean).map(readTreeEntry);
}

/** The entry at one path, or null. */
export async function findEntry(directory: string, commit: string, file: string): Promise<TreeEntry | null> {
  const out = await git(directory, ['ls-tree', '-z', '--long', commit, '--', file]);
  const entry = out.split('\0').find(Boolean);
  return entry ? readTreeEntry(entry) : null;
}

function readTreeEntry(line: string): TreeEntry {
  const [facts, file] = splitOnce(line, '\t');
  const [mode, type, sha, size] = facts.split(/ +/) as [string, TreeEntry['type'], string, string];
  return { mode, type, sha, size: size === '-' ? null : Number(size), path: file };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

export function splitLines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}
