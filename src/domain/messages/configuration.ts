/** A problem without its place. */
interface Words {
  readonly problem: string;
  readonly fix: string;
}

export const noConfiguration: Words = {
  problem: 'The file is missing, so I do not know the steps of this pipeline.',
  fix: 'Add it to the default branch. docs/configuration.md shows a small one.',
};
export const noBranch = (branch: string): Words => ({
  problem: `The default branch “${branch}” has no commit.`,
  fix: 'Push a first commit.',
});
/** Why a file of the default branch cannot be used, or, under the name `.`, all of them. */
export const fileRefused = {
  'too-large': { problem: 'The file is larger than I read.', fix: 'Keep it below 5 MB, or split it.' },
  'not-utf8': { problem: 'The file is not UTF-8 text.', fix: 'Save it as UTF-8.' },
  'link-leads-out': {
    problem: 'The symbolic link leads out of the repository.',
    fix: 'Remove it, or let it point at a file inside.',
  },
  'path-impossible': {
    problem: 'No file of a checkout may have this path: it is too long, or leads elsewhere.',
    fix: 'Rename it.',
  },
  'path-twice': {
    problem: 'This path stands twice in the tree of the commit, so the commit is damaged.',
    fix: 'Commit the folder anew; “git fsck” finds such trees.',
  },
  'too-many-files': {
    problem: 'The commit has more than 200,000 files.',
    fix: 'Take out what is made or fetched by a program, or split the repository.',
  },
  'tree-too-large': {
    problem: 'The files of the commit come to more than 2 GB, most of it in this one.',
    fix: 'Take large files out, or keep them in Git LFS: I need no more than its pointers.',
  },
  'not-compared': {
    problem: 'Too much was changed at once to be compared.',
    fix: 'Commit large files apart from what I am to judge, or take them out.',
  },
} as const satisfies Readonly<Record<string, Words>>;
export const inputMissing: Words = {
  problem: 'This file, which “prepare” says that it needs, is missing.',
  fix: 'Add it, or correct the paths under “inputs”.',
};
export const casesMissing = (step: string): Words => ({
  problem: `The case file of step “${step}” is missing.`,
  fix: 'Add it, or correct the path under “cases”. A step without cases never merges.',
});
