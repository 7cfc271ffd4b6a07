import vm from 'node:vm';
import { expect, test } from 'vitest';
import { instructsMachine } from '../../src/domain/detect.ts';
import { stripHidden } from '../../src/domain/hidden-text.ts';
import { judgeIntegrity } from '../../src/domain/integrity.ts';
import { learnPersonal } from '../../src/domain/learn-personal.ts';
import { quoted } from '../../src/domain/messages/people.ts';
import { parseRejection } from '../../src/domain/parse-rejection.ts';
import { plainLine, plainText } from '../../src/domain/prompts/plain.ts';
import { plainWords } from '../../src/domain/recipe/plain-words.ts';
import { redactor } from '../../src/domain/redact.ts';
import { parseSpecComment } from '../../src/domain/spec-comment.ts';

/** Near the 65,536 characters that GitHub takes. */
const LENGTH = 60_000;

/**
 * A guard against hanging, not a measurement: what is linear ends hundreds of times sooner, what is quadratic runs for
 * half a minute and more.
 */
const GUARD = { timeout: 5000 };

const repeats = [
  ...['a', '0', '+', ' ', '#', '\n', '`', '[', '![', '[](', '![](', '<!--', '<details>', '</details ', '<img ', '<im'],
  ...['a@', 'a.', '0 ', '00 ', '1-', '(0', 'AB12', 'AB12CDCD', 'AB12 ', 'AB12CDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDE_ '],
  ...['eyJ-', 'eyJaaaaaaaaaaa.', 'sk-', 'mr ', 'mr A-a-a-', 'Mr A-a-a-a-a-a-a-a-a-a-a-a-a-a ', 'geboren ', 'ticket: '],
  ...['-----BEGIN ', '-----END ', 'BEGIN A', 'www.', 'data:', '\u200b', '\u202e', '\n```', '```\nx', '## a\n', '\r'],
  ...['\u00a0', ' \u00a0', '\t', 'e\u0301', '\u0301', '1\u2013', '\u2013', 'Frau Dr. ', 'Frau Dr. und '],
  ...['Mr. van der ', 'Dear Ann and ', 'Dear A. A. ', 'Am Markt 5', 'Am den ', 'Am Markt 5, 53111 ', 'LG\n'],
  ...['Best\n\n\n', 'Aa Bb (', 'api_', 'token: ', 'api_key=1a', '1234.'],
  ...['```yaml corrigible-spec\n', '```json\n', 'ignore ', 'ignore all rules prompt ', '@', '\\', '|', '+ 0', '~~~'],
  ...[
    '<a x="',
    "<a x='",
    '\n<div ',
    '<rp>',
    '<!',
    '<!\n\n',
    '[a]: b "\n',
    '[a]: b (\n',
    '[\n',
    '> [',
    '](',
    '](<',
    '](a "',
  ],
  ...['` ', '`` `', '</details>', '<table>', '[^1]: ', '[^1]:\n', '$$', '\\kern$', '```a b\n', '- '],
];
const texts: readonly (readonly [string, string])[] = [
  ...repeats.map((part) => [`repeated ${JSON.stringify(part)}`, part.repeat(Math.ceil(LENGTH / part.length))] as const),
  ['heading, spaces and a long line', `##${' '.repeat(LENGTH)}${'x'.repeat(90)}`],
  ['heading, letters and spaces', `## ${'x '.repeat(LENGTH / 2)}x`],
  ['spaces before a letter', `${' '.repeat(LENGTH)}x`],
  ['images in images', `${'<im'.repeat(LENGTH / 10)}<img>${'g>'.repeat(LENGTH / 10)}`],
  ['comments in comments', `${'<!'.repeat(LENGTH / 10)}<img>${'-- -->'.repeat(LENGTH / 10)}`],
  ['a name of hyphens', `my name is A${'-a'.repeat(LENGTH / 2)}`],
  ['a fence that never ends', `### Trace\n\n\`\`\`\n${'```\nx'.repeat(LENGTH / 5)}`],
  ['ticket and spaces', `ticket${' '.repeat(LENGTH)}`],
  ['a key that never ends', `-----BEGIN ${'A'.repeat(LENGTH)}`],
  ['a token without dots', `eyJ${'a'.repeat(LENGTH)}`],
  ['an address without dots', `a@${'b'.repeat(LENGTH)}`],
  ['a tag that never ends', `<a ${'x'.repeat(LENGTH)}`],
  ['a quoted attribute that never ends', `<a x="${'<a y '.repeat(LENGTH / 5)}`],
  ['brackets in brackets', `${'['.repeat(LENGTH / 2)}${']'.repeat(LENGTH / 2)}(x)`],
  ['images in one another', `[a]: b\n${'!['.repeat(LENGTH / 3)}${']'.repeat(LENGTH / 3)}`],
  ['links in one another', `${'['.repeat(LENGTH / 5)}${'](a)'.repeat(LENGTH / 5)}`],
  ['formulas in formulas', `${'$'.repeat(LENGTH / 7)}${'\\kern$'.repeat(LENGTH / 7)}`],
  ['titles in titles', `${'[a](b "'.repeat(LENGTH / 9)}${'")'.repeat(LENGTH / 9)}`],
  ['addresses of long labels', `${'x'.repeat(64)}@${'b'.repeat(255)} `.repeat(LENGTH / 320)],
];

const ref = { installation: 1, owner: 'o', repo: 'r', issue: 1 };
const rejectionOf = (body: string) => parseRejection(ref, { title: body, body, author: 'rita' }, redactor());
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  redact: (text) => redactor().redact(text),
  stripHidden,
  'parse a rejection': rejectionOf,
  'parse a spec': (text) => [parseSpecComment(text), parseSpecComment(`\`\`\`yaml corrigible-spec\n${text}`)],
  'plain text': (text) => [plainText(text, 1000), plainLine(text, 1000), plainWords(text, 1000)],
  quote: quoted,
  'learn names': (text) => {
    const to = redactor();
    learnPersonal({ steps: [{ step: 'a', input: { customer: { name: text } }, output: null }] }, to);
    return to.redact(text);
  },
  'search for secrets': (diff) =>
    judgeIntegrity({ changes: [], paths: [], oracle: [], limits: { lines: 1, files: 1 }, diff }),
  'search for orders': (text) =>
    instructsMachine({ ...rejectionOf(''), title: '', comment: text.slice(0, LENGTH / 10), fields: {} }),
};

test.each(Object.keys(readers))(
  'no text makes the product hang: %s',
  (name) => {
    const stuck = texts.flatMap(([what, text]) => {
      try {
        vm.runInNewContext('read(text)', { read: readers[name], text }, GUARD);
        return [];
      } catch (error) {
        if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        return [what];
      }
    });
    expect(stuck).toEqual([]);
  },
  600_000,
);

test.each([
  ['![a](b)', ''],
  ['a ![b\nc](d\ne) f', 'a  f'],
  ['![ ![a](b)', ''],
  ['!![a](b)', '!'],
  ['![a] (b) ![c](d', '![a] (b) ![c](d'],
  [`${'<im'.repeat(3)}<img>${'g>'.repeat(3)}`, ''],
])('an image is taken out whole, and nothing else: %j', (text, visible) => {
  expect(stripHidden(text).visible).toBe(visible);
  expect(stripHidden(visible).visible).toBe(visible);
});

test('hidden text in hidden text, deeper than anybody nests it, leaves none of its signs', () => {
  const { visible } = stripHidden(`${'<im'.repeat(99)}<img>${'g title=words>'.repeat(99)}`);
  expect(visible).not.toContain('<');
  expect(stripHidden(visible)).toEqual({ visible, hidden: [] });
});

test.each([
  ['see [here](x) now', 'see here now'],
  ['![a](b) and [c](d)', 'and c'],
  ['[a\nb](c)', '[a b](c)'],
  ['!x[a](b)', '!xa'],
])('a link leaves its words: %j', (text, told) => {
  expect(plainLine(text, 100)).toBe(told);
});

test.each([
  ['### What came out ###', 'what came out'],
  ['##  a', 'a'],
  ['## a # b', 'a # b'],
])('a heading is read: %j', (line, key) => {
  expect(Object.keys(rejectionOf(`${line}\nwords`).fields)).toEqual([key]);
});

test.each(['##a', '#### a', '# a', `## ${'x'.repeat(81)}`, '## ##'])('a line that is no heading: %j', (line) => {
  expect(rejectionOf(`${line}\nwords`).fields).toEqual({});
});

test.each([
  ['john.q+x%y_z-1@mail.example.co.uk.', '[email-1].'],
  ['jürgen@müller.example', '[email-1]'],
  ['Bearer-eyJhbGciOiJub25lIn0.e30xxxxxxxxxxx.sig', 'Bearer-[secret-1]'],
  ['AB12CDCD ES9121000418450200051332.', 'AB12CDCD [iban-1].'],
  ['GB33 BUKB 2020 1555 5555 55 is the account', '[iban-1] is the account'],
])('what is personal is still replaced: %s', (text, told) => {
  expect(redactor().redact(text)).toBe(told);
});
