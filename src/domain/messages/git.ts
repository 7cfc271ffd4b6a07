/** Sentences about git: for the log and the status comment. */

/** Why a repository could not be fetched or pushed this time. Later may be better. */
export const gitTrouble = {
  unreachable: (): string => 'Git could not reach the server of the repository.',
  status: (status: number): string => `The server of the repository answered git with status ${status}.`,
  tokenRefused: (): string => 'The server of the repository did not accept the token.',
  tooSlow: (): string => 'Git was stopped: the server of the repository took too long.',
  tooLate: (): string => 'The push was not begun in time. Another worker may have taken over.',
  pushCut: (ms: number): string =>
    `The push was cut: it did not end within ${(ms / 1000).toFixed(1)} seconds, for which this worker alone may write. When that happens each time, docs/operating.md says what to do.`,
  movedMeanwhile: (branch: string): string => `An earlier push of the app's own to ${branch} got through late.`,
  mirrorGone: (): string => 'The mirror of the repository was removed at this moment. It is fetched again.',
  inPart: (): string => 'Some files of the repository are not here yet. They are fetched with its next look.',
  noSpace: (): string => 'The disk has no room to lay the repository out.',
  locked: (): string => 'Another process works on the mirror of the repository.',
  other: (detail: string): string => `Git did not get through: ${detail}`,
} as const;

/** Why a tree is not laid out or not taken in. */
export const treeRefused = {
  link: (path: string): string => `The symbolic link ${JSON.stringify(path)} leads out of the repository.`,
  tooManyFiles: (most: number): string => `The commit has more than ${most} files, or names too long to list.`,
  tooLarge: (bytes: number, most: number): string =>
    `The files of the commit come to ${(bytes / 1e6).toFixed(0)} MB. Up to ${most / 1e6} MB are laid out.`,
  path: (path: string): string => `${JSON.stringify(path)} cannot be laid out: no file may have this path.`,
  twice: (path: string): string => `${JSON.stringify(path)} stands twice in the tree, so it is damaged.`,
  notCompared: (): string => 'What was changed is too large to be compared.',
  incomplete: (tree: string): string => `The pack does not hold the whole tree ${tree}.`,
  changedTooMuch: (bytes: number): string => `What the agent changed is over ${bytes / 1_000_000} MB.`,
} as const;

/** Why a file is not read. */
export const fileRefused = {
  tooLarge: (path: string, bytes: number): string => `${JSON.stringify(path)} is over ${bytes} bytes.`,
  notText: (path: string): string => `${JSON.stringify(path)} is not UTF-8 text.`,
} as const;
