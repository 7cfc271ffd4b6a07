import { plainLine } from '../prompts/plain.ts';
import { redactor } from '../redact.ts';

/** Words of the program that ran: they tell of nobody where they are shown, and mention nobody. */
const itsWords = (text: string): string => plainLine(redactor().redact(text), 200).replace(/@/g, '@\u2060');

/** Why a process gave no answer. */
const ended = {
  'killed-by-signal': 'it was killed by a signal',
  'timed-out': 'it took too long',
  'fell-silent': 'it took too long',
  'out-of-cpu': 'it used the processor for too long',
  'too-much-output': 'it printed too much',
  'too-much-memory': 'it used too much memory',
  'disk-filled': 'the disk filled up while it ran',
  aborted: 'the run was stopped',
} as const;

/** What a shell reports for SIGKILL. */
const KILLED = 137;

/** Why a process gave no answer that ended so. Who killed one for good cannot always be told: the kernel does, out of memory. */
export const endedBy = (how: keyof typeof ended, exit: number | null): string =>
  how === 'killed-by-signal' && (exit === null || exit === KILLED)
    ? `${ended[how]}, or because it used too much memory`
    : ended[how];
export const tookTooLong = ended['timed-out'];

export const exited = (code: number, stderr: string): string => {
  const last = itsWords(stderr.trim().split('\n').at(-1) ?? '');
  return `it ended with exit code ${code}${last === '' ? '' : `: ${last}`}`;
};
export const notStarted = (detail: string): string => `the sandbox did not start: ${itsWords(detail)}`;

/** What is wrong with something that was printed. */
export const bad = {
  notUtf8: 'it printed something that is not UTF-8',
  notJson: 'it did not print one JSON value',
  tooLarge: 'it printed an output of over 1 MB',
  tooManyValues: (most: number): string => `it printed an output with over ${most} values`,
  tooMuchTogether: 'all outputs of the step together are too much to be compared',
  tooManyLines: 'it printed many more lines than it was given cases',
  tooDeep: 'it printed JSON that is nested too deeply',
  keyTwice: 'it printed JSON in which a key stands twice in one object',
  noFiniteNumber: 'it printed a number that is too large',
  notAnAnswer: 'it printed a line that is not {"id","output"} or {"id","error"}',
  unknownId: 'it printed a line with an id that it was not given',
} as const;

export const noAnswer = 'it gave no answer';
export const answeredTwice = 'it answered this case twice';
export const itsError = (text: string): string => `it answered with an error: ${itsWords(text)}`;
export const notATrace = 'the replay command did not print {"steps":[{"step","input","output"}]}';

/** A step's own report. */
export const report = {
  whole: 'the report',
  scores: 'the scores',
  absent: 'the report does not name it',
  said: (outcome: string): string => `the report says ${outcome}`,
};
