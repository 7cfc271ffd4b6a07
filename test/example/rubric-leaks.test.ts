import { expect, test } from 'vitest';
import { exampleFiles, fileOf } from './example.ts';
import { shippedRubrics } from './recipe-fix.ts';

const WORDS = 4;
const files = exampleFiles();
const inFolder = (folder: string) => Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
const parsed = (path: string) => JSON.parse(fileOf(files, path)) as Record<string, unknown>;

interface Told {
  readonly title: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a reporter or a customer of the example wrote. */
const written = [
  ...inFolder('rejections').flatMap((path) => {
    const { title, form, body } = parsed(path) as unknown as Told;
    return [title, body ?? '', ...Object.values(form ?? {})];
  }),
  ...inFolder('tickets').flatMap((path) => {
    const { subject, text } = parsed(path);
    return [String(subject), String(text)];
  }),
];

/** Ids of articles, tickets, orders and rejections, wherever they stand. */
const idsIn = (text: string): readonly string[] => text.match(/\b(?:KB|MW|T|R)-\d+\b/g) ?? [];
const ids = new Set(
  [...inFolder('rejections'), ...inFolder('tickets'), 'config/fetch.json'].flatMap((path) =>
    idsIn(fileOf(files, path)),
  ),
);

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
function phrasesOf(text: string): readonly string[] {
  const words = wordsOf(text);
  return words.slice(WORDS - 1).map((_, at) => words.slice(at, at + WORDS).join(' '));
}
const phrases = new Set(written.flatMap(phrasesOf));

const leaksOf = (text: string): readonly string[] => [
  ...phrasesOf(text).filter((phrase) => phrases.has(phrase)),
  ...idsIn(text).filter((id) => ids.has(id)),
];

test.for(shippedRubrics().map(({ id, when, body }) => [id, `${when}\n${body}`] as const))(
  'the rubric %s tells no reader what stands in a rejection or a ticket of the example',
  ([, text]) => {
    expect(leaksOf(text)).toEqual([]);
  },
);

test('names of replies, tools and intents of the example stand in no worked example', () => {
  const plan = fileOf(files, 'config/plan.yml');
  const own = new Set(plan.match(/\b[a-z]+(?:[-.][a-z]+)+\b/g)?.filter((name) => !name.startsWith('add-')));
  expect(own).toContain('already-shipped');
  expect(own).toContain('billing.refund');
  for (const { id, body } of shippedRubrics()) {
    const examples = body.slice(body.indexOf('## Example 1'));
    expect([id, ...(examples.match(/\b[a-z]+(?:[-.][a-z]+)+\b/g) ?? []).filter((name) => own.has(name))]).toEqual([id]);
  }
});

test('an example that repeats a rejection would be found', () => {
  expect(leaksOf('The reply “already-shipped”, when the ORDER is already shipped: KB-107')).toEqual(
    expect.arrayContaining(['when the order is', 'KB-107']),
  );
});
