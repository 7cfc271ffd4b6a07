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
export const fileRefused = (because: string): Words => ({
  problem: `${because[0]?.toUpperCase() ?? ''}${because.slice(1).replace(/[.]$/, '')}.`,
  fix: 'Correct or remove it.',
});
export const casesMissing = (step: string): Words => ({
  problem: `The case file of step “${step}” is missing.`,
  fix: 'Add it, or correct the path under “cases”. A step without cases never merges.',
});
