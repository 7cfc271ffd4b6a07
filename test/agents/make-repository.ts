import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { gitMirrors } from '../../src/adapters/git/mirrors.ts';
import type { Repository } from '../../src/ports.ts';
import { layOut } from './in-worktree.ts';

const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.com', GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z' };
const env = {
  ...process.env,
  ...who,
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

/** A mirror of a real repository that holds these files in one commit. */
export async function makeRepository(
  state: string,
  files: Readonly<Record<string, string>>,
): Promise<{ repository: Repository; base: string }> {
  const dir = await layOut(state, files);
  const git = (...args: string[]) => execFileSync('git', ['-C', dir, ...args], { env, stdio: 'pipe' });
  git('init', '-q', '-b', 'main');
  git('add', '-A', '-f');
  git('commit', '-q', '-m', 'Base');
  const repository = await gitMirrors({ stateDir: state }).open('acme/shop');
  await repository.fetch({ url: pathToFileURL(dir).href, token: null });
  const base = await repository.branch('main');
  if (base === null) throw new Error('the mirror has no branch main');
  return { repository, base };
}
