import type { TraceDifference } from '../compare-traces.ts';
import { CONFIGURATION_FILE } from '../configuration.ts';
import { short } from '../hash.ts';
import { plainLine } from '../prompts/plain.ts';
import { redactor } from '../redact.ts';
import type { Json, Rejection } from '../rejection.ts';
import { valueInWords } from '../report/value-in-words.ts';
import type { FileProblem } from '../rubric.ts';
import type { Spec } from '../spec.ts';
import { inCode, quoted } from './people.ts';

/** Words that come from a parser: of what it quotes nothing personal is shown. */
const itsWords = (text: string): string => plainLine(redactor().redact(text), 160);

/** What is wrong with a block that a program or a person wrote. */
export const notJson = (why: string): string => `it is not JSON (${itsWords(why)})`;
export const badPart = (path: string, why: string): string =>
  `${path === '' ? 'the whole' : `“${itsWords(path)}”`}: ${itsWords(why)}`;

const DOCUMENT = 'The block `corrigible-rejection` in the description is not a rejection as data:';
const TRACE =
  'What stands under “Trace” is no trace. It has to be what the replay command prints, `{"steps": [{"step", "input", "output"}]}`, whole. Paste that, or leave it out.';

/** What a person has to mend in the description, in one question. */
export function unreadable(problems: Rejection['problems']): string {
  const ofDocument = problems.filter(({ part }) => part === 'document').map(({ words }) => quoted(words));
  const document = ofDocument.length === 0 ? [] : [`${DOCUMENT} ${ofDocument.join('; ')}. Correct it, or take it out.`];
  return [...document, ...(problems.some(({ part }) => part === 'trace') ? [TRACE] : [])].join(' ');
}

/** The replay command fails: that is for a maintainer to mend, not for who rejected. */
export const replayBroken = (ticket: string, because: string): FileProblem => ({
  file: CONFIGURATION_FILE,
  line: 1,
  problem: `The command under \`replay\` fails for ticket ${inCode(ticket)}, which is no fault of the rejection: ${because}.`,
  fix: 'Mend it so that it prints the trace of every stored ticket.',
});

/** How much of a value is told. */
const VALUE = 80;
const value = (of: Json | undefined): string => inCode(plainLine(valueInWords(of), VALUE));

function difference(one: TraceDifference): string {
  const step = `step ${inCode(one.step)}`;
  if (one.is === 'gone') return `${step} is in your trace, and not in the pipeline of today`;
  if (one.is === 'new') return `${step} is in the pipeline of today, and not in your trace`;
  const where = one.path.length === 0 ? 'its output' : inCode(one.path.join(' → '));
  return `${step}: ${where} was ${value(one.before)}, and is ${value(one.after)} today`;
}

const MOST = 5;

/** What a trace and that of today differ in, on one line. */
export const differences = (where: readonly TraceDifference[]): string =>
  [
    ...where.slice(0, MOST).map(difference),
    ...(where.length > MOST ? [`and in ${where.length - MOST} more places`] : []),
  ].join('; ');

const expectation = ({ path, op, value: of }: Spec['acceptance'][number]['expect'][number]): string =>
  inCode(plainLine(`${path} ${op}${of === undefined ? '' : ` ${JSON.stringify(of)}`}`, VALUE));

/** What base gives already, as its cases tell, on one line. */
export const evidence = (
  spec: { readonly acceptance: readonly Pick<Spec['acceptance'][number], 'step' | 'expect'>[] },
  commit: string,
): string =>
  spec.acceptance
    .slice(0, MOST)
    .map(
      ({ step, expect }) =>
        `step ${inCode(step)} on ${inCode(short(commit))}: ${expect.slice(0, MOST).map(expectation).join(', ')}`,
    )
    .join('; ');

/** The name of a case that another rejection brought. */
export const attachedCase = (rejection: number): string => `rejected again in #${rejection}`;

export const isAttachedCase = (name: string): boolean => /^rejected again in #\d{1,15}$/.test(name);

const twoLines = (detail: string): readonly [string, string] => {
  const [first = '', second = ''] = detail.split('\n');
  return [first, second === '' ? '' : `: ${second}`];
};

/** Why a rejection is not drafted. `detail` is the ticket, and on a second line what that rests on. */
export const intakeReasons: Readonly<Record<string, (detail: string) => string>> = {
  duplicate: (of) =>
    `it is the same fault as ${of}. That one is being worked on; this one is counted there, and looked at again when that ends. If it is another fault, comment \`/detach\`, and I work on it by itself`,
  'not-reproducible': (detail) => {
    const [ticket, where] = twoLines(detail);
    return `the trace in the description is not what the pipeline gives for ticket ${inCode(ticket)} today${where}. If the fault is still there, paste today’s trace or leave it out`;
  },
  'met-already': (detail) => {
    const [ticket, shown] = twoLines(detail);
    return `what I read as expected comes out for ticket ${inCode(ticket)} already${shown}. I may have misread it, so this stays open: if something is wrong, say what comes out and what should come out instead; if it is mended, close this`;
  },
  'already-fixed': (detail) => {
    const [ticket, shown] = twoLines(detail);
    return `the pipeline gives the expected output for ticket ${inCode(ticket)} already${shown}. If it is still wrong, open this again and say what comes out`;
  },
};

/** What `corrigible reject` says. */
export const rejecting = {
  problem: (file: string, words: string): string => `${file}: ${words}`,
  notUtf8: 'it is not UTF-8 text',
  unreadable: (code: string): string => `it cannot be read (${code === '' ? 'for an unknown reason' : code})`,
  tooLong: 'it is longer than an issue may be; leave the trace out, the app makes its own',
  filed: (repo: string, issue: number): string => `Filed as ${repo}#${issue}.`,
  there: (repo: string, issue: number): string => `It is filed already, as ${repo}#${issue}.`,
  unlabelled: (issue: number): string =>
    `#${issue} does not carry the label “rejection”, because the token may not set it. Nothing happens until somebody who may sets it.`,
  refused: (repo: string, status: number | null): string =>
    status === null
      ? 'GitHub does not answer. Try again.'
      : `GitHub refused it (${status}). The token has to be allowed to write issues of ${repo}.`,
  noToken: 'GITHUB_TOKEN is missing: a token that may write issues of the repository.',
  badRepository: (repo: string): string => `“${repo}” is no repository. Name it like owner/name.`,
};
