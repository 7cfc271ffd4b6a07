import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { hasMoreValues } from '../../src/domain/has-more-values.ts';
import { recordOf, seriesOf } from '../../src/domain/series-of.ts';

const Shape = z.object({ list: seriesOf(z.object({ name: z.string() }), 1), names: recordOf(z.string()).optional() });
const of = (value: unknown) => {
  const { success, data, error } = Shape.safeParse(value);
  return success ? data : error?.issues.map(({ code, path }) => [code, path.join('.')]);
};

test('a series is read as a list is, and of its mistakes the first is told', () => {
  const good = { list: [{ name: 'a' }, { name: 'b' }], names: { x: 'y' } };
  expect(of(good)).toEqual(good);
  expect(of({ list: [{ name: 'a', more: 1 }] })).toEqual({ list: [{ name: 'a' }] });
  expect(of({ list: [{ name: 'a' }, { name: 1 }, ...Array(100_000).fill(0)] })).toEqual([
    ['invalid_type', 'list.1.name'],
  ]);
  const names = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`n${i}`, i]));
  expect(of({ list: [{ name: 'a' }], names })).toEqual([['invalid_type', 'names.n0']]);
});

test('what is no list, or too short, is told', () => {
  expect(of({ list: {} })).toEqual([['invalid_type', 'list']]);
  expect(of({})).toEqual([['invalid_type', 'list']]);
  expect(of({ list: [] })).toEqual([['too_small', 'list']]);
});

test('what others write is read by series alone', () => {
  const root = join(import.meta.dirname, '../../src');
  const lists = ['adapters/gateway', 'domain/reports'].flatMap((folder) =>
    readdirSync(join(root, folder)).filter((file) =>
      /\bz\s*\.array\(/.test(readFileSync(join(root, folder, file), 'utf8')),
    ),
  );
  expect(lists).toEqual([]);
});

test('values are counted wherever they are', () => {
  const five = { a: [1, { b: 2 }], c: 'x' };
  expect([hasMoreValues(five, 4), hasMoreValues(five, 5), hasMoreValues('x', 0)]).toEqual([true, false, false]);
  expect(hasMoreValues([[[[[null]]]]], 4)).toBe(true);
});
