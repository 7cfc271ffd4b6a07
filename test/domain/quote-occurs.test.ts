import { expect, test } from 'vitest';
import { parseRejection } from '../../src/domain/parse-rejection.ts';
import { quoteOccurs, withoutQuote } from '../../src/domain/quote-occurs.ts';
import { redactor } from '../../src/domain/redact.ts';

test.each([
  ['The price is wrong. [name-1] got the wrong letter.', '[name-1] got the wrong letter', 'The price is wrong. .'],
  ['The price is wrong. [name-3] got it.', '[name-1] got it', 'The price is wrong. .'],
  ['The price is wrong. Nora got it.', '[name-1] got it', 'The price is wrong. Nora.'],
  ['The letter went to [name-1]. The price is wrong.', 'The letter went to [name-1]', '. The price is wrong.'],
  ['Dear [name-1], [name-2] is wrong. More.', '[name-1], [name-2] is wrong', 'Dear . More.'],
  ['The border of the order is red.', 'order', 'The border of the  is red.'],
  ['A border.', 'order', 'A border.'],
  ['Both  *are*\nwrong, says she.', 'both are wrong', ', says she.'],
  ['Nothing of it.', '[name-1]', 'Nothing of it.'],
  ['Nothing of it.', '', 'Nothing of it.'],
])('of %j goes %j, and nothing else', (words, quote, left) => {
  expect(withoutQuote(words, quote)).toBe(left);
});

test.each([
  ['The price is wrong.', '[name-1] got it', false],
  ['Nora got it.', '[name-1] got it', true],
  ['To Nora Quill it went.', 'to [name-1] it went', true],
  ['Nora', '[name-1]', false],
])('in %j stands %j: %j', (words, quote, stands) => {
  expect(quoteOccurs(words, quote)).toBe(stands);
});

test('what was given away goes once, from a field before the free text and the title', () => {
  const body = '### What came out\n\nThe lamp costs 5.\n\n### What should have come out\n\nThe lamp costs 5. No: 9.';
  const issue = { title: 'The lamp costs 5.', body, author: 'rita', given: ['The lamp costs 5.'] };
  const { title, fields } = parseRejection({ installation: 1, repo: 'a/b', issue: 1 }, issue, redactor());
  expect([title, ...Object.values(fields)].join('|').match(/The lamp costs 5\./g)).toHaveLength(2);
  expect(title).toBe('The lamp costs 5.');
});
