import { GitHubError, notFound, ok } from '../answers.ts';
import { git } from '../git.ts';
import { diffFiles, readCommits } from '../git-read.ts';
import { isAncestor, resolveName, splitLines, zeroSha } from '../git-repository.ts';
import { type Operations, type RepositoryCall, reads } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { baseShaOf } from '../pull-facts.ts';
import { commitShape, fileShape } from '../shapes/commit.ts';
import { pullShape } from '../shapes/pull.ts';
import { fullName } from '../world.ts';

const maxFiles = 300;
const maxCommits = 250;

async function shaOf(call: RepositoryCall, name: string): Promise<string> {
  const sha = await resolveName(call.directory, name);
  if (!sha) throw new GitHubError(422, `No commit found for SHA: ${name}`);
  return sha;
}

async function list(call: RepositoryCall) {
  const { query, directory, world, repository } = call;
  const from = await resolveName(directory, query.get('sha') ?? repository.defaultBranch);
  if (!from) throw notFound();
  const path = query.get('path');
  const limits = ['since', 'until'].flatMap((name) => (query.get(name) ? [`--${name}=${query.get(name)}`] : []));
  const commits = await readCommits(directory, [...limits, from, ...(path ? ['--', path] : [])]);
  return page(call, commits, (commit) => commitShape(world, repository, commit));
}

async function get(call: RepositoryCall) {
  const { directory, world, repository } = call;
  const sha = await shaOf(call, call.parameters['ref']!);
  const [commit] = await readCommits(directory, ['-1', sha]);
  const files = await diffFiles(directory, commit!.parents[0] ?? zeroSha, sha);
  const sum = (key: 'additions' | 'deletions') => files.reduce((total, file) => total + file[key], 0);
  const stats = {
    additions: sum('additions'),
    deletions: sum('deletions'),
    total: sum('additions') + sum('deletions'),
  };
  const shapes = files.slice(0, maxFiles).map((file) => fileShape(world, repository, file, sha));
  return ok({ ...commitShape(world, repository, commit!), stats, files: shapes });
}

async function compare(call: RepositoryCall) {
  const { directory, world, repository } = call;
  const [baseName, headName] = call.parameters['basehead']!.split('...') as [string, string | undefined];
  if (!headName) throw notFound();
  const withoutOwner = (name: string) => name.replace(/^[^:]+:/, '');
  const base = await resolveName(directory, withoutOwner(baseName));
  const head = await resolveName(directory, withoutOwner(headName));
  if (!base || !head) throw notFound();
  const fork = (await git(directory, ['merge-base', base, head]).catch(() => null)) ?? null;
  if (!fork) throw new GitHubError(404, `No common ancestor between ${baseName} and ${headName}.`);
  const ahead = await readCommits(directory, ['--reverse', '--topo-order', `${base}..${head}`]);
  const behind = Number(await git(directory, ['rev-list', '--count', `${head}..${base}`]));
  const [[baseCommit], [forkCommit], files] = await Promise.all([
    readCommits(directory, ['-1', base]),
    readCommits(directory, ['-1', fork]),
    diffFiles(directory, fork, head),
  ]);
  const address = `${world.url}/${fullName(repository)}/compare/${baseName}...${headName}`;
  return ok({
    status: ahead.length > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical',
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    base_commit: commitShape(world, repository, baseCommit!),
    merge_base_commit: commitShape(world, repository, forkCommit!),
    commits: ahead.slice(0, maxCommits).map((commit) => commitShape(world, repository, commit)),
    files: files.slice(0, maxFiles).map((file) => fileShape(world, repository, file, head)),
    url: `${world.url}/repos/${fullName(repository)}/compare/${baseName}...${headName}`,
    html_url: address,
    permalink_url: address,
    diff_url: `${address}.diff`,
    patch_url: `${address}.patch`,
  });
}

/** Pull requests that hold a commit: by their head, by a commit on the way to it, or by their merge. */
async function listPulls(call: RepositoryCall) {
  const { directory, world, repository } = call;
  const sha = await shaOf(call, call.parameters['commit_sha']!);
  const found = [];
  for (const pull of repository.pulls) {
    const base = await baseShaOf(world, repository, pull);
    const holds = (await isAncestor(directory, sha, pull.headSha)) && !(await isAncestor(directory, sha, base));
    if (pull.headSha === sha || pull.mergeSha === sha || holds) found.push(pullShape(world, repository, pull, base));
  }
  return page(call, found, (pull) => pull);
}

async function branchesOf(call: RepositoryCall) {
  const lines = splitLines(
    await git(call.directory, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads']),
  );
  return lines.map((line) => ({ sha: line.slice(0, 40), name: line.slice(41 + 'refs/heads/'.length) }));
}

async function listBranches(call: RepositoryCall) {
  const url = `${call.world.url}/repos/${fullName(call.repository)}/commits`;
  return page(call, await branchesOf(call), ({ sha, name }) => ({
    name,
    commit: { sha, url: `${url}/${sha}` },
    protected: name in call.repository.protections,
  }));
}

export const commitOperations: Operations = {
  'repos/list-commits': reads('contents', list),
  'repos/get-commit': reads('contents', get),
  'repos/compare-commits-with-basehead': reads('contents', compare),
  'repos/list-pull-requests-associated-with-commit': reads('pull_requests', listPulls),
  'repos/list-branches': reads('contents', listBranches),
};
