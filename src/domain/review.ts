import { globMatcher } from './glob.ts';
import { hashOf } from './hash.ts';
import { stripHidden } from './hidden-text.ts';
import { type Redactor, redactor } from './redact.ts';
import type { Json } from './rejection.ts';
import type { Spec } from './spec.ts';

/** One remark of a review: an inline thread, or the review's own text (`thread` and all that follows it: null). */
export interface Remark {
  readonly thread: string | null;
  /** The first comment of the thread: what a reply is given to. */
  readonly comment: number | null;
  readonly path: string | null;
  readonly line: number | null;
  /** What the reviewer wrote there: redacted, without what the page hides. */
  readonly words: string;
}

/** A thread, as far as its remarks are read. */
interface Thread {
  readonly id: string;
  readonly isResolved: boolean;
  readonly path: string;
  readonly line: number | null;
  readonly comments: readonly { readonly id: number; readonly review: number | null; readonly body: string }[];
}

const MOST_REMARKS = 30;
const MOST_WORDS = 10_000;
/** Longer texts are not even looked through: nobody would read them. */
const MOST_RAW = 2 * MOST_WORDS;

const readable = (text: string, placeholders: Redactor): string =>
  text.length > MOST_RAW ? text.slice(0, MOST_RAW) : placeholders.redact(stripHidden(text).visible).trim();

/** What a review says, its own text first: threads that somebody resolved already say nothing any more. */
export function remarksOf(
  review: { readonly id: number; readonly body: string },
  threads: readonly Thread[],
): Remark[] {
  const placeholders = redactor();
  const own = { thread: null, comment: null, path: null, line: null, words: readable(review.body, placeholders) };
  const inline = threads.flatMap(({ id, isResolved, path, line, comments }): Remark[] => {
    const said = comments.filter((one) => one.review === review.id).map(({ body }) => readable(body, placeholders));
    const words = said.join('\n\n').trim();
    return isResolved ? [] : [{ thread: id, comment: comments[0]?.id ?? null, path, line, words }];
  });
  return [own, ...inline].filter(({ words }) => words !== '');
}

/** Whether the same was said when it was looked at before. */
export const remarksHash = (remarks: readonly Remark[]): string =>
  hashOf(remarks.map(({ thread, words }) => ({ thread, words })));

/** More than one round could do justice to, or than anybody would read. */
export const isTooMuch = (remarks: readonly Remark[]): boolean =>
  remarks.length > MOST_REMARKS || remarks.reduce((sum, { words }) => sum + words.length, 0) > MOST_WORDS;

export const topics = ['why', 'rubric', 'cases', 'who'] as const;
export type Topic = (typeof topics)[number];

/**
 * What a remark is: a question that the record answers (`about`), a wish for another outcome than the spec's (`what`), or
 * null where that is not certain.
 */
export type PlainKind = { readonly is: 'question'; readonly about: readonly Topic[] } | { readonly is: 'what' } | null;

const word = (words: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, 'iu');

/** Whoever wants something says so by one of these, also in a question. */
const WISH = word(
  "please|could|would|should|must|can|\\p{L}+n['’]t|instead|change|rename|remove|delete|revert|drop|move|add|use|make|set|put|lower|raise|keep|avoid|not|rather|better|bitte|statt|sollte|lieber|nicht",
);
const TOPICS: Readonly<Record<Topic, RegExp>> = {
  why: word('why|reason|what for|purpose|warum|wieso|wozu'),
  rubric: word('rubric|rubrics|recipe|rubrik'),
  cases: word('cases?|tests?|tested|evidence|prove[sd]?|proof|evals?|hold-?outs?'),
  who: word('who|wer'),
};
/** What a spec consists of: whoever speaks of it wants another. */
const OUTCOME = word(
  '(?:the|this|another|different|new|wrong) (?:spec|acceptance cases?|expected (?:output|value)|outcome|behaviou?r|requirement)|(?:another|new|more|wrong) (?:case|cases|guard|guards|hold-?outs?)|should (?:output|return|give|expect|come out)|change the (?:spec|cases?|expectation)',
);

/** Sentences without what they quote of others. */
function sentencesOf(words: string): string[] {
  const own = words.replace(/^ {0,3}>.*$/gm, '').replace(/```[\s\S]*?(?:```|$)/g, '');
  return own
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** Every sentence of it asks, and none of them wishes. */
export function asksOnly(words: string): boolean {
  const sentences = sentencesOf(words);
  return sentences.length > 0 && sentences.every((sentence) => sentence.endsWith('?') && !WISH.test(sentence));
}

/** What is certain of a remark without reading its sense. `oracle`: globs of what everything is judged by. */
export function plainKindOf({ words, path }: Remark, oracle: readonly string[]): PlainKind {
  const about = topics.filter((topic) => TOPICS[topic].test(words));
  if (asksOnly(words)) return about.length > 0 ? { is: 'question', about } : null;
  if (path !== null && globMatcher(oracle)(path)) return { is: 'what' };
  return OUTCOME.test(words) ? { is: 'what' } : null;
}

const leaves = (value: Json): string[] => {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(leaves);
};

const RUN = 5;

/** Every run of words as long as nobody says the same by chance. */
function runsOf(texts: readonly string[]): Set<string> {
  const runs = new Set<string>();
  for (const text of texts) {
    const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    for (let at = 0; at + RUN <= words.length; at++) runs.add(words.slice(at, at + RUN).join(' '));
  }
  return runs;
}

/**
 * Whether the text repeats what stands in a hold-out alone: its name, or five words in a row of its input. People see
 * hold-outs in the pull request and may quote them; no agent may read that.
 */
export function quotesHoldOut(text: string, spec: Spec): boolean {
  const textsOf = (cases: Spec['acceptance']) => cases.flatMap(({ input }) => leaves(input));
  const shown = runsOf([...textsOf([...spec.acceptance, ...spec.guards]), spec.title, spec.observed, spec.expected]);
  const hidden = [...runsOf(textsOf(spec['hold-outs']))].filter((run) => !shown.has(run));
  const said = runsOf([text]);
  const names = spec['hold-outs'].map(({ name }) => name.toLowerCase());
  const lower = text.toLowerCase();
  return hidden.some((run) => said.has(run)) || names.some((name) => lower.includes(name));
}
