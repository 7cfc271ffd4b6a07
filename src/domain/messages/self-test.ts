import { itsWords } from './gate.ts';

/** Sentences of `corrigible gate`. */
export const gateHere = {
  whichBase: 'Say which commit to compare with: --base COMMIT. --head is HEAD when it is left out.',
  eitherOr: 'Either --self-test, or --base and --head: a self-test is made at HEAD alone.',
  nothingKept: '--no-cache belongs to --base: a self-test uses nothing that was kept.',
  kept: (kept: number, of: number): string =>
    `${kept} of ${of} outputs were kept from before. --no-cache runs all of them again.`,
  onlySelfTest: '--mutations and --seed belong to --self-test.',
  badNumber: (option: string, least: number, most: number): string =>
    `${option} takes a whole number from ${least} to ${most}.`,
  noFolder: (folder: string): string => `${folder} is no folder. Name the top folder of a git repository.`,
  noGit: 'git is missing. Run: apt-get install -y git',
  noRepository: (folder: string): string => `${folder} is not in a git repository. Name the top folder of one.`,
  notTheTop: (folder: string, below: string): string =>
    `${folder} is the folder ${below} of a git repository. Name the repository’s top folder.`,
  gitSaid: (folder: string, words: string): string => `git cannot read ${folder}: ${words}`,
  noCommit: (folder: string, name: string): string =>
    `${folder} has no commit ${itsWords(name)}. Name a commit, a branch or a tag that is there; git fetch brings what is missing.`,
  shallow: (folder: string): string =>
    `${folder} has only a part of its history. Run: git fetch --unshallow (in a workflow: fetch-depth: 0).`,
  otherIds: (folder: string): string => `${folder} names its commits by SHA-256. Only SHA-1 is supported yet.`,
  compares: (folder: string, from: string, head: string): string =>
    `Judging ${folder}: ${head} against ${from}, the commit that it stands on. Uncommitted changes do not count, and nothing is written there.`,
  comparesMerge: (folder: string, base: string, head: string): string =>
    `Judging ${folder}: the merge of ${head} into ${base}, because what it is judged by changed there, or something is red on the older commit that it stands on. Uncommitted changes do not count, and nothing is written there.`,
  behind: {
    behind: (base: string): string =>
      `What it is judged by changed on ${itsWords(base)} since it branched off, and the two conflict. Merge ${itsWords(base)} into it, then judge it again.`,
    redBehind: (base: string): string =>
      `Something is red on the commit that it branched off from, which is forgiven only as far as it is red on ${itsWords(base)} today, and the two conflict. Merge ${itsWords(base)} into it, then judge it again.`,
  },
  green: 'Every check passed.',
  red: 'Not every check passed.',
  waits: 'A person has to decide first.',
  neutral: 'There was nothing to compare.',
  noTickets:
    'No report was written: the base commit names no `tickets` and `replay`, or no ticket is stored there. See docs/configuration.md.',
  reported: (headline: string, file: string): string => `${headline}. The report is in ${file}.`,
  stopped: 'Stopped.',
} as const;

interface Told {
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string | null;
}

const counted = (of: number): string => `${of} ${of === 1 ? 'change' : 'changes'}`;

/** Sentences of `corrigible gate --self-test`. */
export const selfTested = {
  start: (folder: string, commit: string, mutations: number, seed: number): string =>
    `Breaking each step of ${folder} at ${commit} on purpose, ${counted(mutations)} each, seed ${seed}. Uncommitted changes do not count, and nothing is written there.`,
  share(step: string, { noticed, crashes, of }: { noticed: number; crashes: number; of: number }): string {
    const crashed = crashes === 0 ? '' : `, ${crashes === noticed ? 'all' : crashes} of them by a crash`;
    return `${step}: ${noticed} of ${counted(of)} ${of === 1 ? 'was' : 'were'} noticed${crashed}.`;
  },
  unseen: 'Nothing noticed, though an output of its cases changed:',
  unreached: 'Nothing noticed; no output of its cases changed:',
  change: ({ file, line, before, after }: Told): string =>
    `${file}:${line} ${itsWords(before)} ${after === null ? 'removed' : `→ ${itsWords(after)}`}`,
  unusable: (step: string, because: string): string =>
    `${step}: its check is red without any change, so it can show nothing. First make it green: ${because}`,
  nothingToChange: (step: string): string =>
    `${step}: no file that fits its “inputs” can be changed. List the files that its output depends on.`,
  provesNothing: (step: string): string =>
    `${step}: its check never went red by a wrong output, so it guards nothing. Add cases that say what must come out.`,
  good: 'The gate notices: each step’s check went red by a wrong output.',
  bad: (steps: readonly string[]): string =>
    `The gate does not notice when these steps are broken: ${steps.join(', ')}.`,
} as const;
