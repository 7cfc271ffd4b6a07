import { z } from 'zod';
import type { Language } from '../language.ts';
import { guidance, plainLine } from './plain.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import { texts } from './texts.ts';

const NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'German', es: 'Spanish', fr: 'French' };
const MOST = 300;

/** The wish to have these questions in a language. */
export const renderAsk = (questions: readonly string[], language: Language): { system: string; prompt: string } => ({
  system: texts.ask.text,
  prompt: [...questions.map((one) => guidance(plainLine(one, MOST))), '', `Language: ${NAMES[language]}`].join('\n'),
});

const Asked = z.strictObject({ questions: z.array(z.string().trim().min(1).max(MOST)).min(1).max(2) });

/** What has to be in a translation as it was: numbers, and words that no language has. */
const fixed = (text: string): readonly string[] => text.match(/\b(?:[A-Za-z]+[-_])+[\w-]*\w|\b[A-Z]{2,}\b|\d+/g) ?? [];

/** Reads the answer to `renderAsk`: as many questions, each a plain line with every name and number that it had. */
export function parseAsk(text: string, questions: readonly string[]): Answer<readonly string[]> {
  const answer = readAnswer(text, Asked);
  if (!answer.ok) return answer;
  const said = answer.value.questions;
  if (said.length !== questions.length) return { ok: false, problems: [`questions: there are ${questions.length}`] };
  const problems = said.flatMap((one, at) => {
    const lost = fixed(questions[at] ?? '').filter((name) => !one.includes(name));
    const plain = plainLine(one, MOST) === one ? [] : [`questions.${at}: one plain line, without links and markup`];
    return [...plain, ...lost.map((name) => `questions.${at}: ${name} has to stay as it is`)];
  });
  return problems.length === 0 ? { ok: true, value: said } : { ok: false, problems };
}
