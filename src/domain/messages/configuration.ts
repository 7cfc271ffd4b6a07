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
/** Why a file of the default branch cannot be used. */
export const fileRefused: Readonly<Record<'too-large' | 'not-utf8' | 'link-leads-out', Words>> = {
  'too-large': { problem: 'The file is larger than I read.', fix: 'Keep it below 5 MB, or split it.' },
  'not-utf8': { problem: 'The file is not UTF-8 text.', fix: 'Save it as UTF-8.' },
  'link-leads-out': {
    problem: 'The symbolic link leads out of the repository.',
    fix: 'Remove it, or let it point at a file inside.',
  },
};
export const inputMissing: Words = {
  problem: 'This file, which “prepare” says that it needs, is missing.',
  fix: 'Add it, or correct the paths under “inputs”.',
};
export const casesMissing = (step: string): Words => ({
  problem: `The case file of step “${step}” is missing.`,
  fix: 'Add it, or correct the path under “cases”. A step without cases never merges.',
});
