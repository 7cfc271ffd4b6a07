import type { Rejection, Trace } from '../rejection.ts';
import { capped, guidance, plainLine, plainText, quoted } from './plain.ts';

/** A rejection as a reader sees it: redacted before, plain words only, as data. */
export type ShownRejection = Pick<Rejection, 'title' | 'comment' | 'fields' | 'hints' | 'answers'>;

const MOST_COMMENT = 6000;
const MOST_FIELDS = 12;
const MOST_SAID = 5;
const MOST_STEP = 8000;
const MOST_STEPS = 20;

/** The words of the person who rejected. */
function ownWords({ title, comment, fields, answers }: ShownRejection): string {
  const entries = Object.entries(fields).slice(0, MOST_FIELDS);
  return [
    plainLine(title, 300),
    ...entries.map(([heading, text]) => `${plainLine(heading, 80)}: ${plainText(text, 2000)}`),
    ...(comment === '' || entries.some(([, text]) => text === comment) ? [] : [plainText(comment, MOST_COMMENT)]),
    ...answers.slice(-MOST_SAID).map(({ words }) => `answer to a question: ${plainText(words, 2000)}`),
  ].join('\n');
}

/** The newest hints, as they are shown. */
const hintsIn = ({ hints }: ShownRejection): readonly string[] =>
  hints.slice(-MOST_SAID).map((hint) => plainText(hint, 2000));

/** All words in which quotes have to occur. */
export const rejectionText = (rejection: ShownRejection): string =>
  [ownWords(rejection), ...hintsIn(rejection)].join('\n');

/**
 * The rejection as data. Maintainers' hints stand apart and are no data: nothing that somebody writes into an issue can
 * come to stand there.
 */
export function showRejection(rejection: ShownRejection): string {
  const hints = hintsIn(rejection);
  return [
    '# The rejection',
    quoted(ownWords(rejection)),
    ...(hints.length === 0
      ? []
      : ['', '# What maintainers say of it, which outranks the rejection', ...hints.map(guidance)]),
  ].join('\n');
}

/** What each step took and gave, in order. Long values are cut, and say so. */
export function showTrace(trace: Trace | null): string {
  if (trace === null) return '# The trace\nThere is none: the ticket is not known, or no ticket was named.';
  return ['# The trace', ...trace.steps.slice(0, MOST_STEPS).map(showStep)].join('\n');
}

const showStep = ({ step, input, output }: Trace['steps'][number]): string =>
  [
    `Step ${plainLine(step, 60)}, input:`,
    quoted(capped(JSON.stringify(input), MOST_STEP)),
    `Step ${plainLine(step, 60)}, output:`,
    quoted(capped(JSON.stringify(output), MOST_STEP)),
  ].join('\n');
