import { created, GitHubError, noContent, notFound, ok } from '../answers.ts';
import { refuseProtected } from '../commit-file.ts';
import { git } from '../git.ts';
import { readCommits } from '../git-read.ts';
import {
  commitTree,
  isAncestor,
  listTree,
  moveRef,
  readBlob,
  readRef,
  resolveCommit,
  resolveName,
  splitLines,
  type TreeChange,
  writeBlob,
  writeTree,
  zeroSha,
} from '../git-repository.ts';
import { gitPerson } from '../merge-pull.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { afterRefChange } from '../ref-changes.ts';
import { gitCommitShape } from '../shapes/commit.ts';
import { fullName } from '../world.ts';

function refShape(call: RepositoryCall, ref: string, sha: string) {
  const at = `${call.world.url}/repos/${fullName(call.repository)}/git`;
  return {
    ref,
    node_id: `REF_${Buffer.from(ref).toString('base64url')}`,
    url: `${at}/${ref}`,
    object: { type: 'commit', sha, url: `${at}/commits/${sha}` },
  };
}

async function getRef(call: RepositoryCall) {
  const ref = `refs/${call.parameters['ref']}`;
  const sha = await readRef(call.directory, ref);
  if (!sha) throw notFound();
  return ok(refShape(call, ref, sha));
}

async function matchingRefs(call: RepositoryCall) {
  const prefix = `refs/${call.parameters['ref']}`;
  const lines = splitLines(await git(call.directory, ['for-each-ref', '--format=%(objectname) %(refname)']));
  const found = lines.filter((line) => line.slice(41).startsWith(prefix));
  return page(call, found, (line) => refShape(call, line.slice(41), line.slice(0, 40)));
}

async function createRef(call: RepositoryCall) {
  const { ref, sha } = call.body as { ref: string; sha: string };
  const valid =
    /^refs\/(heads|tags)\/./.test(ref) &&
    (await git(call.directory, ['check-ref-format', ref]).then(
      () => true,
      () => false,
    ));
  if (!valid) throw new GitHubError(422, 'Reference name is invalid');
  if (!(await resolveCommit(call.directory, sha))) throw new GitHubError(422, 'Object does not exist');
  if (!(await moveRef(call.directory, ref, sha, zeroSha))) throw new GitHubError(422, 'Reference already exists');
  await afterRefChange(call.world, call.repository, { ref, before: zeroSha, after: sha }, call.person);
  return created(refShape(call, ref, sha));
}

/** The ref of a path's `ref` parameter and where it stands. */
async function standingRef(call: RepositoryCall): Promise<{ ref: string; before: string }> {
  const ref = `refs/${call.parameters['ref']}`;
  const before = /^refs\/(heads|tags)\//.test(ref) ? await readRef(call.directory, ref) : null;
  if (!before) throw new GitHubError(422, 'Reference does not exist');
  refuseProtected(call, ref.slice('refs/heads/'.length), []);
  return { ref, before };
}

async function updateRef(call: RepositoryCall) {
  const { sha, force } = call.body as { sha: string; force?: boolean };
  const { ref, before } = await standingRef(call);
  if (!(await resolveCommit(call.directory, sha))) throw new GitHubError(422, 'Object does not exist');
  if (!force && !(await isAncestor(call.directory, before, sha)))
    throw new GitHubError(422, 'Update is not a fast forward');
  if (!(await moveRef(call.directory, ref, sha, before))) throw new GitHubError(422, 'Update is not a fast forward');
  if (sha !== before) await afterRefChange(call.world, call.repository, { ref, before, after: sha }, call.person);
  return ok(refShape(call, ref, sha));
}

async function deleteRef(call: RepositoryCall) {
  const { ref, before } = await standingRef(call);
  if (!(await moveRef(call.directory, ref, zeroSha, before))) throw new GitHubError(422, 'Reference does not exist');
  await afterRefChange(call.world, call.repository, { ref, before, after: zeroSha }, call.person);
  return noContent();
}

async function commitShapeOf(call: RepositoryCall, sha: string) {
  const [commit] = await readCommits(call.directory, ['-1', sha]);
  return gitCommitShape(call.world, call.repository, commit!);
}

async function getCommit(call: RepositoryCall) {
  const sha = await resolveCommit(call.directory, call.parameters['commit_sha']!);
  if (!sha) throw notFound();
  return ok(await commitShapeOf(call, sha));
}

async function createCommit(call: RepositoryCall) {
  const { world, person, directory } = call;
  const input = call.body as {
    message: string;
    tree: string;
    parents?: string[];
    author?: { name: string; email: string };
  };
  const self = gitPerson(world, person.login);
  const sha = await commitTree(
    directory,
    input.tree,
    input.parents ?? [],
    input.message,
    input.author ?? self,
    self,
  ).catch(() => {
    throw new GitHubError(422, 'Tree SHA does not exist');
  });
  return created(await commitShapeOf(call, sha));
}

async function treeShape(call: RepositoryCall, sha: string, recursive: boolean) {
  const at = `${call.world.url}/repos/${fullName(call.repository)}/git`;
  const tree = (await listTree(call.directory, sha, recursive)).map((entry) => ({
    path: entry.path,
    mode: entry.mode,
    type: entry.type,
    sha: entry.sha,
    ...(entry.size === null ? {} : { size: entry.size }),
    url: `${at}/${entry.type}s/${entry.sha}`,
  }));
  return { sha, url: `${at}/trees/${sha}`, tree, truncated: false };
}

async function getTree(call: RepositoryCall) {
  const name = call.parameters['tree_sha']!;
  const commit = await resolveName(call.directory, name);
  const tree = await git(call.directory, [
    'rev-parse',
    '--verify',
    '--end-of-options',
    `${commit ?? name}^{tree}`,
  ]).catch(() => {
    throw notFound();
  });
  return ok(await treeShape(call, tree, call.query.has('recursive')));
}

interface TreeInput {
  base_tree?: string;
  tree: { path: string; mode: string; sha?: string | null; content?: string }[];
}

async function createTree(call: RepositoryCall) {
  const input = call.body as TreeInput;
  refuseProtected(
    call,
    '',
    input.tree.map((entry) => entry.path),
  );
  const changes: TreeChange[] = [];
  for (const { path, mode, sha, content } of input.tree) {
    const object = content === undefined ? (sha ?? null) : await writeBlob(call.directory, Buffer.from(content));
    changes.push({ path, mode, sha: object });
  }
  const tree = await writeTree(call.directory, input.base_tree ?? null, changes).catch(() => {
    throw new GitHubError(422, 'GitRPC::BadObjectState');
  });
  return created(await treeShape(call, tree, false));
}

async function getBlob(call: RepositoryCall) {
  const sha = call.parameters['file_sha']!;
  const bytes = await readBlob(call.directory, /^[0-9a-f]{40}$/.test(sha) ? sha : zeroSha).catch(() => {
    throw notFound();
  });
  const url = `${call.world.url}/repos/${fullName(call.repository)}/git/blobs/${sha}`;
  return ok({
    sha,
    node_id: `B_${sha}`,
    size: bytes.length,
    url,
    encoding: 'base64',
    content: bytes.toString('base64'),
  });
}

async function createBlob(call: RepositoryCall) {
  const { content, encoding } = call.body as { content: string; encoding?: string };
  const sha = await writeBlob(call.directory, Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'));
  return created({ sha, url: `${call.world.url}/repos/${fullName(call.repository)}/git/blobs/${sha}` });
}

export const gitDatabaseOperations: Operations = {
  'git/get-ref': reads('contents', getRef),
  'git/list-matching-refs': reads('contents', matchingRefs),
  'git/create-ref': writes('contents', 'write', createRef),
  'git/update-ref': writes('contents', 'write', updateRef),
  'git/delete-ref': writes('contents', 'write', deleteRef),
  'git/get-commit': reads('contents', getCommit),
  'git/create-commit': writes('contents', 'write', createCommit),
  'git/get-tree': reads('contents', getTree),
  'git/create-tree': writes('contents', 'write', createTree),
  'git/get-blob': reads('contents', getBlob),
  'git/create-blob': writes('contents', 'write', createBlob),
};
