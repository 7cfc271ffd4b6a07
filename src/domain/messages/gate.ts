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
  `it changes what it is judged by: ${few(paths)}. A candidate may not touch cases, rubrics, configuration, workflows or lock files`;
export const outsidePaths = (paths: readonly string[], allowed: readonly string[]) =>
  `it changes ${few(paths)}, but this kind of change may only touch ${few(allowed)}`;
export const symlinks = (paths: readonly string[]) => `symbolic links are not allowed: ${few(paths)}`;
export const submodules = (paths: readonly string[]) => `submodules are not allowed: ${few(paths)}`;
export const modes = (paths: readonly string[]) => `file modes may not change: ${few(paths)}`;
export const executables = (paths: readonly string[]) => `new executable files are not allowed: ${few(paths)}`;
export const tooLarge = (files: number, lines: number, limits: { files: number; lines: number }) =>
  `it changes ${lines} lines in ${files} files; the limit is ${limits.lines} lines in ${limits.files} files`;
export const secretFound = 'the change contains what looks like a secret';
export const diffTooLarge = 'the change is too large to be searched for secrets';

export const fixed = 'red on base, green now';
export const kept = 'green on base, green now';
export const alreadyRed = 'red on base already';
export const notRedOnBase = 'it passes on base already, so it proves nothing';
export const errsOnBase = (because: string) => `it does not run on base: ${because}`;
export const redOnBase = 'it must be green on base, but is red there';
export const stillRed = (got: string) => `still red: ${got}`;
export const broken = (got: string) => `green on base, red now: ${got}`;
export const errs = (because: string) => `it does not run now: ${because}`;
export const notRun = 'it was not run';
export const holdOutFailed = (steps: readonly string[]) => `a hold-out of step ${few(steps)} is not green`;
export const casesKept = (kept: number, other: number) =>
  other === 0 ? `${kept} of ${kept} cases as before` : `${kept} cases as before, ${other} red on base already`;
export const holdOutPassed = 'every hold-out is green';
export const noHoldOut = (reason: string) => `no hold-out: ${quoted(reason)}`;
export const failedParts = (parts: readonly { readonly name: string; readonly because: string }[]) =>
  parts.map(({ name, because }) => `${quoted(name)}: ${because}`).join('; ');
export const noHoldOutAtAll = 'the spec has no hold-out and gives no reason';
export const noEvidence = 'no case turned from red to green, so there is no evidence';
export const nothingGreen = (step: string) => `no case of step \`${step}\` is green, so nothing guards it`;
export const noSuite = (step: string) => `step \`${step}\` has no cases, so nothing guards it`;
export const finding = (path: string, op: string, expected: string, got: string) =>
  `${itsWords(path || '/')} should ${op} ${itsWords(expected)}, but is ${itsWords(got)}`;
