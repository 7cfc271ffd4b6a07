const ID = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

const either = (variable: string, otherwise: string): string => `\${${variable}:-${otherwise}}`;
/** Where the line expects `SandboxJob.tree` and `SandboxJob.gitDir`, unless the sandbox says that they lie elsewhere. */
const PLACES = [
  `work=${either('SANDBOX_TREE', '/work')}`,
  `repository=${either('SANDBOX_REPOSITORY', '/repo.git')}`,
  `scratch=${either('TMPDIR', '/tmp')}`,
];
const HERE = [
  'GIT_DIR="$repository"',
  'GIT_WORK_TREE="$work"',
  'GIT_INDEX_FILE="$scratch/index"',
  'GIT_OBJECT_DIRECTORY="$scratch/objects"',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES="$repository/objects"',
  'GIT_CONFIG_NOSYSTEM=1',
  'GIT_CONFIG_GLOBAL=/dev/null',
  'GIT_ATTR_NOSYSTEM=1',
];

/**
 * The shell line that takes a worktree out of the sandbox: it prints the id of the tree, a newline, and a thin pack of
 * what `base` does not have. `base` is a commit or tree; `shown` the tree that was laid out, where paths were left out
 * of it (`Checkout.tree`): those come back as they are in `base`, and one that the agent wrote anew is a failure. So is
 * a repository that the agent made inside the tree. On failure the exit is not 0 and stderr says why. Throws on an id
 * that is none.
 */
export function snapshotCommand(base: string, shown: string = base): string {
  for (const id of [base, shown]) if (!ID.test(id)) throw new Error(`not an object id: ${id}`);
  return [
    'set -eu',
    ...PLACES,
    `export ${HERE.join(' ')}`,
    'mkdir -p "$scratch/objects"',
    'cd "$work"',
    `git read-tree ${shown}`,
    // Git would look whether a submodule is changed by running itself there, by the settings that the agent wrote there.
    "git ls-files -s -z | grep -z '^160000 ' | cut -z -f 2- | git update-index -z --skip-worktree --stdin",
    'git -c advice.addEmbeddedRepo=false add -A',
    'tree=$(git write-tree)',
    // A gitlink would name a commit that nobody but the agent has.
    `links=$(git diff-tree -r ${shown} "$tree" | grep '^:[0-7]* 160000 ' | cut -f 2-) || true`,
    'if [ -n "$links" ]; then echo "a repository inside the tree: $links" >&2; exit 1; fi',
    // A three-way merge in the index: what the agent did, and what was left out.
    `git read-tree -i -m --aggressive ${shown} "$tree" ${base}`,
    'tree=$(git write-tree)',
    'echo "$tree"',
    `printf '%s\\n^%s\\n' "$tree" ${base} | git pack-objects --revs --thin --stdout -q`,
  ].join('\n');
}

const PACK = [0x50, 0x41, 0x43, 0x4b];

/** Splits what the snapshot command printed. Throws when it is not a tree id and a pack. */
export function parseSnapshot(stdout: Uint8Array): { readonly tree: string; readonly pack: Uint8Array } {
  const end = stdout.subarray(0, 100).indexOf(0x0a);
  const tree = String.fromCharCode(...stdout.subarray(0, Math.max(0, end)));
  const pack = stdout.subarray(end + 1);
  if (!ID.test(tree) || PACK.some((byte, i) => pack[i] !== byte)) throw new Error('not a snapshot');
  return { tree, pack };
}
