import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gitMirrors, type MirrorOptions } from '../../src/adapters/git/mirrors.ts';
import type { GitAccess, Repository } from '../../src/ports.ts';

const env = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'alice',
  GIT_AUTHOR_EMAIL: 'alice@example.com',
  GIT_COMMITTER_NAME: 'alice',
  GIT_COMMITTER_EMAIL: 'alice@example.com',
};

/** One line of `git mktree -z`. */
export interface Line {
  readonly mode: string;
  readonly name: string | Buffer;
  readonly id: string;
}

/** The repository of a team, as a bare one on this disk. */
function makeOrigin(dir: string) {
  const git = (args: readonly string[], input?: string | Buffer): string =>
    execFileSync('git', args, { cwd: dir, env, stdio: ['pipe', 'pipe', 'ignore'], input: input ?? '' })
      .toString()
      .trim();
  mkdirSync(dir);
  git(['init', '-q', '--bare', '-b', 'main']);
  const blob = (text: string | Buffer): string => git(['hash-object', '-w', '--stdin'], text);
  const tree = (...lines: readonly Line[]): string => {
    const of = ({ mode, name, id }: Line) => {
      const type = mode === '160000' ? 'commit' : mode === '040000' ? 'tree' : 'blob';
      return Buffer.concat([Buffer.from(`${mode} ${type} ${id}\t`), Buffer.from(name), Buffer.from([0])]);
    };
    return git(['mktree', '-z', '--missing'], Buffer.concat(lines.map(of)));
  };
  const work = join(dir, '..', 'work');
  return {
    git,
    blob,
    tree,
    access: { url: pathToFileURL(dir).href, token: null } satisfies GitAccess,
    /** A tree of regular files. */
    files(files: Readonly<Record<string, string>>): string {
      rmSync(work, { recursive: true, force: true });
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(work, path)), { recursive: true });
        writeFileSync(join(work, path), text);
      }
      const there = ['--git-dir=.', `--work-tree=${work}`];
      git([...there, '-c', 'core.bare=false', 'add', '-A', '-f', work]);
      return git(['write-tree']);
    },
    /** Commits a tree to a branch, on its head. */
    commit(of: string, branch = 'main', parents?: readonly string[]): string {
      const head = git(['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`]);
      const on = parents ?? (head === '' ? [] : [head]);
      const id = git(['commit-tree', of, ...on.flatMap((parent) => ['-p', parent]), '-m', 'a change']);
      git(['update-ref', `refs/heads/${branch}`, id]);
      return id;
    },
  };
}

type Origin = ReturnType<typeof makeOrigin>;

/** A team's repository, and our mirror of it. */
export interface Room {
  readonly folder: string;
  readonly stateDir: string;
  readonly origin: Origin;
  readonly repository: Repository;
  /** Commits the files as `main`, fetches, and gives the commit. */
  publish(files: Readonly<Record<string, string>>): Promise<string>;
  /** Commits a tree made by hand, fetches, and gives the tree. */
  publishTree(tree: string): Promise<string>;
}

export async function makeRoom(options: Omit<MirrorOptions, 'stateDir'> = {}): Promise<Room & Disposable> {
  const folder = mkdtempSync(join(tmpdir(), 'git-'));
  chmodSync(folder, 0o711);
  const stateDir = join(folder, 'state');
  const origin = makeOrigin(join(folder, 'origin.git'));
  const repository = await gitMirrors({ stateDir, ...options }).open('acme/support');
  const publish = async (tree: string): Promise<string> => {
    const commit = origin.commit(tree);
    await repository.fetch(origin.access);
    return commit;
  };
  return {
    folder,
    stateDir,
    origin,
    repository,
    publish: (files) => publish(origin.files(files)),
    async publishTree(tree) {
      await publish(tree);
      return tree;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
