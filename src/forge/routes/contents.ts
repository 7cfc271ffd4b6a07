import { GitHubError, notFound, ok } from '../answers.ts';
import { commitFile } from '../commit-file.ts';
import { readCommits } from '../git-read.ts';
import { findEntry, listTree, readBlob, resolveName, type TreeEntry } from '../git-repository.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { gitCommitShape } from '../shapes/commit.ts';
import { fullName } from '../world.ts';

interface ContentInput {
  message: string;
  content?: string;
  sha?: string;
  branch?: string;
  author?: { name: string; email: string };
}

/** A path inside the repository. One that climbs out of it is none. */
function pathOf(call: RepositoryCall): string {
  const path = call.parameters['path']!.replace(/^\/+|\/+$/g, '');
  const climbs = path.split('/').some((part) => ['..', '.', '.git'].includes(part.toLowerCase()));
  if (climbs || path.includes('\0')) {
    throw new GitHubError(422, 'path contains a malformed path component');
  }
  return path;
}

const types: Record<string, string> = { '120000': 'symlink', '160000': 'submodule' };

function entryShape(call: RepositoryCall, path: string, entry: TreeEntry, ref: string) {
  const name = fullName(call.repository);
  const at = `${call.world.url}/repos/${name}`;
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  const url = `${at}/contents/${escaped}?ref=${encodeURIComponent(ref)}`;
  const isTree = entry.type === 'tree';
  const html = `${call.world.url}/${name}/${isTree ? 'tree' : 'blob'}/${ref}/${escaped}`;
  const gitUrl = `${at}/git/${isTree ? 'trees' : 'blobs'}/${entry.sha}`;
  return {
    type: types[entry.mode] ?? (isTree ? 'dir' : 'file'),
    name: path.split('/').at(-1)!,
    path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: html,
    git_url: gitUrl,
    download_url: isTree ? null : `${call.world.url}/${name}/raw/${ref}/${escaped}`,
    _links: { self: url, git: gitUrl, html },
  };
}

/** GitHub gives contents of up to 1 MB inline and none of larger files. */
const maxInline = 1_000_000;

async function get(call: RepositoryCall) {
  const ref = call.query.get('ref') ?? call.repository.defaultBranch;
  const commit = await resolveName(call.directory, ref);
  if (!commit) throw new GitHubError(404, `No commit found for the ref ${ref}`);
  const path = pathOf(call);
  const entry = path === '' ? null : await findEntry(call.directory, commit, path);
  if (path !== '' && !entry) throw notFound();
  if (!entry || entry.type === 'tree') {
    const entries = await listTree(call.directory, entry?.sha ?? commit);
    return ok(entries.map((one) => entryShape(call, path ? `${path}/${one.path}` : one.path, one, ref)));
  }
  if (call.media === 'raw' && entry.type === 'blob') {
    return { status: 200, text: (await readBlob(call.directory, entry.sha)).toString('utf8') };
  }
  const shape = entryShape(call, path, entry, ref);
  if (entry.type === 'commit') return ok({ ...shape, type: 'submodule', submodule_git_url: '' });
  const small = (entry.size ?? 0) <= maxInline;
  const bytes = small ? await readBlob(call.directory, entry.sha) : Buffer.alloc(0);
  if (shape.type === 'symlink') return ok({ ...shape, target: bytes.toString('utf8') });
  return ok({ ...shape, encoding: small ? 'base64' : 'none', content: lines(bytes.toString('base64')) });
}

/** GitHub breaks base64 into lines of 60. */
function lines(base64: string): string {
  return base64.replace(/.{1,60}/g, '$&\n');
}

async function put(call: RepositoryCall) {
  const input = call.body as ContentInput & { content: string };
  const path = pathOf(call);
  const { commit, existed } = await commitFile(call, path, Buffer.from(input.content, 'base64'), input);
  const entry = (await findEntry(call.directory, commit, path))!;
  const content = entryShape(call, path, entry, input.branch ?? call.repository.defaultBranch);
  return { status: existed ? 200 : 201, body: { content, commit: await shapeOfCommit(call, commit) } };
}

async function remove(call: RepositoryCall) {
  const { commit } = await commitFile(call, pathOf(call), null, call.body as ContentInput);
  return ok({ content: null, commit: await shapeOfCommit(call, commit) });
}

async function shapeOfCommit(call: RepositoryCall, sha: string) {
  const [commit] = await readCommits(call.directory, ['-1', sha]);
  return gitCommitShape(call.world, call.repository, commit!);
}

export const contentOperations: Operations = {
  'repos/get-content': reads('contents', get),
  'repos/create-or-update-file-contents': writes('contents', 'write', put),
  'repos/delete-file': writes('contents', 'write', remove),
};
