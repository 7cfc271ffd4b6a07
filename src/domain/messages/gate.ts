import { quoted } from './people.ts';

/** Words of a program, a candidate or a file, in a code span: there they mention nobody, close nothing and are no markup. */
export const itsWords = (text: string): string =>
  `\`${text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').replace(/`/g, "'")}\``;

const few = (items: readonly string[], most = 5): string => {
  const shown = items.slice(0, most).map((item) => itsWords(item.replace(/[`\r\n]/g, '?')));
  return items.length > most ? `${shown.join(', ')} and ${items.length - most} more` : shown.join(', ');
};

/** What a finding of integrity says when it passes. */
export const good = {
  changes: (files: number) => `${files} ${files === 1 ? 'file' : 'files'} changed`,
  names: 'ordinary file names',
  oracle: 'no case, rubric, configuration, workflow or lock file is touched',
  paths: 'only what this kind of change may touch',
  links: 'no symbolic link',
  submodules: 'no submodule',
  modes: 'no file mode changed',
  executables: 'no new executable file',
  size: (lines: number) => `${lines} changed ${lines === 1 ? 'line' : 'lines'}, within the limit`,
  secrets: 'nothing that looks like a secret',
};
export const nothingChanged = 'the candidate changes nothing';
export const oddNames = (paths: readonly string[]) => `unusual file names: ${few(paths)}`;
export const touchesOracle = (paths: readonly string[]) =>
  `it changes what it is judged by: ${few(paths)}. A candidate may not touch cases, rubrics, configuration, workflows, lock files or what dependencies are made of`;
export const outsidePaths = (paths: readonly string[], allowed: readonly string[]) =>
  `it changes ${few(paths)}, but this kind of change may only touch ${few(allowed)}`;
export const symlinks = (paths: readonly string[]) => `symbolic links are not allowed: ${few(paths)}`;
export const submodules = (paths: readonly string[]) => `submodules are not allowed: ${few(paths)}`;
export const modes = (paths: readonly string[]) => `file modes may not change: ${few(paths)}`;
export const executables = (paths: readonly string[]) => `new executable files are not allowed: ${few(paths)}`;
export const tooLarge = (files: number, lines: number, limits: { files: number; lines: number }, long: number) =>
  `it changes ${lines} lines in ${files} files; the limit is ${limits.lines} lines in ${limits.files} files (a line counts once for every ${long} characters)`;
export const secretFound = 'the change contains what looks like a secret';
export const diffTooLarge = 'the change is too large to be searched for secrets';

export const fixed = 'red on base, green now';
export const kept = 'green on base, green now';
export const keptNoisy = 'green in some runs on base and red in others, green now';
export const stillNoisy = 'green in some runs and red in others, on base and now';
export const mended = 'not green on base, green now';
export const newGreen = 'no result on base, green now';
export const alreadyRed = 'red on base already';
export const skippedBoth = 'skipped on base and now, so it shows nothing';
export const notRedOnBase = 'it passes on base already, so it proves nothing';
export const redOnBase = 'it must be green on base, but is red there';
export const errsOnBase = (because: string) => `it does not run on base: ${because}`;
export const skipsOnBase = (because: string) => `it is skipped on base, so it proves nothing: ${because}`;
export const flakyOnBase = 'on base it is green in some runs and red in others, so it proves nothing';
export const stillRed = (got: string) => `still red: ${got}`;
export const flakyNow = 'now it is green in some runs and red in others, so it proves nothing';
export const broken = (got: string) => `green on base, red now: ${got}`;
export const newRed = (got: string) => `no result on base, red now: ${got}`;
export const errs = (because: string) => `it does not run now: ${because}`;
export const skips = (because: string) => `it is skipped now: ${because}`;
export const gone = 'it has a result on base, but none now';
export const notRun = 'it was not run';
export const undecided = (told: string) =>
  `it is green in some runs and red in others, so a person has to decide: ${told}`;
export const uncompared = (because: string) =>
  `it does not run on base, nor when it is run there again, so there is nothing to compare with. Comment \`/recheck\` to try again, or mend it on the base branch first, in a pull request of your own. Of base it is said: ${because}`;
export const holdOutFailed = (steps: readonly string[]) => `a hold-out of step ${few(steps)} is not green`;
/** How many cases of a step came to what, none of which blocks. */
export interface Tally {
  readonly kept: number;
  readonly mended: number;
  readonly new: number;
  readonly noisy: number;
  readonly skipped: number;
  readonly alreadyRed: number;
}
export function casesStand({ kept, mended, new: added, noisy, skipped, alreadyRed }: Tally): string {
  if (mended + added + noisy + skipped + alreadyRed === 0) return `${kept} of ${kept} cases as before`;
  const parts: readonly (readonly [count: number, what: string])[] = [
    [kept, kept === 1 ? 'case as before' : 'cases as before'],
    [mended, 'green now but not on base'],
    [added, 'new and green'],
    [noisy, 'green in some runs and red in others'],
    [skipped, 'skipped on base and now'],
    [alreadyRed, 'red on base already'],
  ];
  return parts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ');
}
export const hiddenFailed = (step: string) => `a case of step ${quoted(step)} that is not shown is not green`;
export const holdOutPassed = 'every hold-out is green';
export const noHoldOut = (reason: string) => `no hold-out: ${quoted(reason)}`;
/** The first of what failed, so that a suite that is red throughout still fits on a page. */
export function failedParts(parts: readonly { readonly name: string; readonly because: string }[], most = 50): string {
  const told = parts.slice(0, most).map(({ name, because }) => `${quoted(name)}: ${because}`);
  return parts.length > most ? `${told.join('; ')}; and ${parts.length - most} more` : told.join('; ');
}
export const noGuard = 'the spec has none of its step, so an answer that is given to everything would not be noticed';
export const noHoldOutAtAll = 'the spec has no hold-out and gives no reason';
export const noEvidence = 'no case turned from red to green, so there is no evidence';
export const nothingGreen = (step: string) => `no case of step \`${step}\` is green, so nothing guards it`;
export const noSuite = (step: string) => `step \`${step}\` has no cases, so nothing guards it`;
export const finding = (path: string, op: string, expected: string, got: string) =>
  `${itsWords(path || '/')} should ${op} ${itsWords(expected)}, but is ${itsWords(got)}`;

export const carriedOver = 'not run in this round: none of its inputs is touched, and the candidate is red elsewhere';
export const undeclaredInputs =
  'none of the files under its `inputs` changed, and yet it broke: `inputs` lacks something';

/** Of a suite whose outputs differ from run to run. */
export const noisy = {
  broken: (first: string, told: string) => `${first}; run again, ${told}`,
  healthy: (told: string) => `it failed once; run again, ${told}`,
  bothWays: (runs: number, red: number) => `it failed in ${red} of ${runs} runs`,
  cutOff: (because: string) =>
    `there was no time to run it again. Make the suite faster, raise \`budget.minutes\`, or put the case into quarantine. It said: ${because}`,
  errsOnBase: (runs: number, enough: number, because: string) =>
    `on base it came to something in ${runs} runs only, and ${enough} are needed to tell it from noise, because it errs there. Mend that on base, or put the case into quarantine. It said: ${because}`,
  errsOnHead: (because: string) =>
    `it errs so often, on base too, that it cannot be told from noise. Mend that on base, or put the case into quarantine. It said: ${because}`,
  tooMany: (most: number, because: string) =>
    `only the first ${most} such cases are run again, and this one comes later. It said: ${because}`,
};

/** Of small faults in the files of a suite that leaves a report. */
export const planted = {
  name: 'faults planted in its suite',
  none: 'no small fault in its files of up to 64 KB turns it red on base',
  passedOver: (count: number): string =>
    `${count === 1 ? 'a small fault' : `${count} small faults`} in the suite’s own files, which it reports on base, ${
      count === 1 ? 'is' : 'are'
    } passed over: something in this change reports in its place`,
  unsteady: (problem: string): string =>
    `the suite is declared deterministic, but when it is run again on the very same files it does not report the same${problem === '' ? '' : `: ${problem}`}`,
  unreadable: (problem: string): string =>
    `with a small fault in the suite’s own files, which it reports on base, it leaves nothing that can be read: ${problem}`,
} as const;
