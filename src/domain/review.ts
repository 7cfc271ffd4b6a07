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

export const MOST_REMARKS = 30;
const MOST_WORDS = 10_000;
/** Longer texts are not even looked through: nobody would read them. */
const MOST_RAW = 2 * MOST_WORDS;

/** More than one round could do justice to, or than anybody would read. */
const isTooMuch = (remarks: readonly Remark[]): boolean =>
  remarks.length > MOST_REMARKS || remarks.reduce((sum, { words }) => sum + words.length, 0) > MOST_WORDS;

/**
 * What a review says, redacted `by` who knows the rejection's people, its own text first: threads that somebody resolved already say nothing any more. `too-much`: nobody
 * would read it, and nothing of it is handed on.
 */
export function remarksOf(
  review: { readonly id: number; readonly body: string },
  threads: readonly Thread[],
  by: Pick<Redactor, 'redact'> = redactor(),
): readonly Remark[] | 'too-much' {
  const ofThis = threads
    .filter(({ isResolved }) => !isResolved)
    .map((thread) => ({ thread, bodies: thread.comments.filter((one) => one.review === review.id) }));
  const bodies = [review.body, ...ofThis.flatMap((one) => one.bodies.map(({ body }) => body))];
  if (bodies.some((body) => body.length > MOST_RAW)) return 'too-much';
  const readable = (body: string): string => by.redact(stripHidden(body).visible).trim();
  const own = { thread: null, comment: null, path: null, line: null, words: readable(review.body) };
  const inline = ofThis.map(({ thread: { id, path, line, comments }, bodies }): Remark => {
    const words = bodies.map(({ body }) => readable(body)).join('\n\n');
    return { thread: id, comment: comments[0]?.id ?? null, path, line, words: words.trim() };
  });
  const remarks = [own, ...inline].filter(({ words }) => words !== '');
  return isTooMuch(remarks) ? 'too-much' : remarks;
}

/** Whether the same was said when it was looked at before. */
export const remarksHash = (remarks: readonly Remark[]): string =>
  hashOf(remarks.map(({ thread, words }) => ({ thread, words })));

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

/** Its texts and numbers. */
const leaves = (value: Json): string[] => {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(leaves);
};

/** As many words in a row as nobody says by chance who does not mean the text that they are from. */
const RUN = 3;

const wordsOf = (text: string): readonly string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/** Every run of words of these lengths, as it is written and in small letters: a hold-out may differ in that alone. */
function runsOf(texts: readonly string[], lengths: readonly number[]): Set<string> {
  const runs = new Set<string>();
  for (const text of texts) {
    const words = wordsOf(text);
    for (const length of lengths)
      for (let at = 0; at + length <= words.length; at++) {
        const run = words.slice(at, at + length).join(' ');
        runs.add(run).add(run.toLowerCase());
      }
  }
  return runs;
}

/** Every number in a text, by each way to read its points and commas. */
const numbersOf = (texts: readonly string[]): Set<string> =>
  new Set(
    texts.flatMap((text) =>
      (text.match(/\d+(?:[.,]\d+)*/g) ?? []).flatMap((digits) => [
        String(Number(digits.replace(',', '.'))),
        String(Number(digits.replace(/[.,]/g, ''))),
      ]),
    ),
  );

/** What is in `said` and in `hidden`, and not in `shown`. */
const gives = (said: ReadonlySet<string>, hidden: ReadonlySet<string>, shown: ReadonlySet<string>): boolean =>
  [...hidden].some((one) => said.has(one) && !shown.has(one));

const textsOf = (cases: Spec['acceptance']): string[] =>
  cases.flatMap(({ input, expect }) => [...leaves(input), ...expect.flatMap(({ value }) => leaves(value ?? null))]);

/**
 * Whether the text may repeat what stands in a hold-out alone: its name; three words in a row of what is asked or
 * expected there, or all of a shorter text; a number. People see hold-outs in the pull request and may quote them; no
 * agent may read that, so a doubt is a yes.
 */
export function quotesHoldOut(text: string, spec: Spec): boolean {
  const { title, observed, expected, quotes, acceptance, guards, 'hold-outs': holdOuts } = spec;
  const lower = text.toLowerCase();
  if (holdOuts.some(({ name }) => lower.includes(name.toLowerCase()))) return true;
  const shown = [...textsOf([...acceptance, ...guards]), title, observed, expected, ...quotes];
  const hidden = textsOf(holdOuts);
  if (gives(numbersOf([text]), numbersOf(hidden), numbersOf(shown))) return true;
  const lengths = Array.from({ length: RUN }, (_, index) => index + 1);
  const short = hidden.filter((one) => wordsOf(one).length < RUN).map((one) => wordsOf(one).join(' '));
  const runs = new Set([...runsOf(hidden, [RUN]), ...short, ...short.map((one) => one.toLowerCase())]);
  return gives(runsOf([text], lengths), runs, runsOf(shown, lengths));
}
