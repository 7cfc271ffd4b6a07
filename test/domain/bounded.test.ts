import { expect, test } from 'vitest';
import { bounded } from '../../src/domain/personal/bounded.ts';
import { KINDS, matching } from '../../src/domain/personal/kind.ts';

test.each([
  [/(?:a+)+b/],
  [/(?:a+)+/],
  [/a*a*b/],
  [/\s*x/],
  [/x\s+$/],
  [/(?:x|\d+) y/],
  [/(?<value>[a-z]+)@/],
  [/\p{L}{3,}(?!x)/u],
  [/"[^"]*"/],
  [/a+\b/],
  [/(?:a{2,}){2,3}/],
  [/x[\s\S]*?(?:y|z)/],
])('no finder is made of a pattern that may go back over a text: %s', (pattern) => {
  expect(() => bounded(pattern)).toThrow('may take more time');
  expect(() => matching(KINDS[0], pattern)).toThrow('may take more time');
});

test.each([
  [/a+/],
  [/(?:x|y\d{3,})/],
  [/x[\w-]{10,}(?:\.[\w-]+){0,2}/],
  [/a{20,}={0,2}/],
  [/[a+*]{1,3}\+\*b/],
  [/x[\s\S]*?(?:y z|$)/],
  [/(?: *|b+)/],
  [/(?<=a{0,3})\p{L}{1,40}(?= (?:wrote|writes))/u],
])('what cannot go back is taken: %s', (pattern) => {
  expect(bounded(pattern)).toBe(pattern);
});
