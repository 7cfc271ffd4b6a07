import type { ChangedFile, CommitFacts } from '../git-read.ts';
import type { Repository } from '../state.ts';
import { fullName, type World } from '../world.ts';

const unverified = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** A commit as the commits API shows it. */
export function commitShape(world: World, repository: Repository, commit: CommitFacts) {
  const repositoryUrl = `${world.url}/repos/${fullName(repository)}`;
  const url = `${repositoryUrl}/commits/${commit.sha}`;
  return {
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    url,
    html_url: `${world.url}/${fullName(repository)}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: {
      message: commit.message,
      author: commit.author,
      committer: commit.committer,
      tree: { sha: commit.tree, url: `${repositoryUrl}/git/trees/${commit.tree}` },
      url: `${repositoryUrl}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: unverified,
    },
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repositoryUrl}/commits/${sha}`,
      html_url: `${world.url}/${fullName(repository)}/commit/${sha}`,
    })),
  };
}

/** A commit as the git database API shows it. */
export function gitCommitShape(world: World, repository: Repository, commit: CommitFacts) {
  const { sha, node_id, html_url, commit: inner, parents } = commitShape(world, repository, commit);
  const { url, author, committer, message, tree, verification } = inner;
  return { sha, node_id, url, html_url, author, committer, message, tree, parents, verification };
}

export function fileShape(world: World, repository: Repository, file: ChangedFile, commit: string) {
  const at = `${world.url}/${fullName(repository)}`;
  const escaped = file.path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${at}/blob/${commit}/${escaped}`,
    raw_url: `${at}/raw/${commit}/${escaped}`,
    contents_url: `${world.url}/repos/${fullName(repository)}/contents/${escaped}?ref=${commit}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath ? { previous_filename: file.previousPath } : {}),
  };
}
