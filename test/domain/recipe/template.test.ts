import { expect, test } from 'vitest';
import { blanksOf, fillJson, fillText, unfilledIn, type Values } from '../../../src/domain/recipe/template.ts';

const values: Values = ({ of, name }) => {
  if (of === 'slot') return { article: 'KB-1', bump: 4, tricky: '{bump}' }[name];
  if (of === 'with') return name === 'file' ? 'a.json' : undefined;
  return name === '/a/0' ? { id: 1 } : undefined;
};

test('a text that is exactly one blank takes the typed value', () => {
  const template = { a: '{bump}', b: ['{article} by {bump}'], c: '{output:/a/0}', d: 3, e: '{with.file}' };
  expect(fillJson(template, values)).toEqual({ a: 4, b: ['KB-1 by 4'], c: { id: 1 }, d: 3, e: 'a.json' });
});

test('what fills a blank is never read as a template itself', () => {
  expect(fillText('{tricky}', values)).toBe('{bump}');
  expect(fillJson(['{tricky}', 'x{tricky}'], values)).toEqual(['{bump}', 'x{bump}']);
});

test('doubled braces and braces of patterns stand for themselves', () => {
  expect(fillText('Dear {{name}, \\d{3} {1,2} {} { x }', values)).toBe('Dear {name}, \\d{3} {1,2} {} { x }');
});

test('what looks like a blank and is none can be told', () => {
  expect(blanksOf('{Article} {with.} {article} {output:} {output:/x/{}')).toEqual([
    { of: 'unknown', name: 'Article' },
    { of: 'unknown', name: 'with.' },
    { of: 'slot', name: 'article' },
    { of: 'output', name: '' },
  ]);
  expect(unfilledIn({ a: ['{article}', '{with.gone}'] }, values)).toEqual({ of: 'with', name: 'gone' });
  expect(unfilledIn(['{article}'], values)).toBeNull();
});
