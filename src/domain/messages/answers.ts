import type { Annotations } from '../annotations.ts';
import type { Question } from '../spec.ts';
import { inCode, list, quoted } from './people.ts';

/** The questions that a person answers, and what can be ticked. */
const asks: Readonly<Record<Question, string>> = {
  stable: 'Is this part of the pipeline stable enough to change now?',
  rule: 'Is this a rule for every such ticket, or a one-off?',
  'customer-right': 'Is the customer right?',
  'reporter-right': 'Is the person who rejected this right?',
  'worth-it': 'Is it worth a change?',
};

const choices = (question: Question): readonly string[] => (question === 'rule' ? ['rule', 'one-off'] : ['yes', 'no']);

/** A question with a box for each answer, none of them ticked. */
const boxes = (question: Question): string =>
  [`${asks[question]}`, ...choices(question).map((choice) => `- [ ] ${inCode(question)}: **${choice}**`)].join('\n');

export const gatekeeping = (asked: readonly Question[]): string => asked.map(boxes).join('\n\n');

const OFTEN = { always: 'always', once: 'only this once' } as const;

/** What the reporter says beside free text: evidence for whoever answers, and no answer. */
export function saidOfIt(said: Annotations): string {
  const { step, often, preferred, adoption, knowledge, missing } = said;
  const lines = [
    ...(step === undefined ? [] : [`where it went wrong: ${inCode(step)}`]),
    ...(often === undefined ? [] : [`how often: ${OFTEN[often]}`]),
    ...(preferred === undefined ? [] : [`the better reply: ${quoted(preferred.better.slice(0, 300))}`]),
    ...(adoption === undefined ? [] : [`why it was used or not: ${quoted(adoption.slice(0, 300))}`]),
    ...(knowledge ?? []).map(({ article, relevant }) => `${quoted(article)} ${relevant ? 'helps' : 'does not help'}`),
    ...(missing === undefined ? [] : [`missing knowledge: ${quoted(missing.slice(0, 300))}`]),
  ];
  return lines.length === 0 ? '' : `\n**The reporter says**\n${list(lines)}\n`;
}

export const answerProblem = {
  bothTicked: (question: string): string => `answers: two boxes of ${inCode(question)} are ticked. Leave one.`,
  differs: (question: string): string =>
    `answers: the box of ${inCode(question)} and the block say different things. Leave one of the two.`,
};
