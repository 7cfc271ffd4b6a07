import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutParted, part } from '../../src/domain/report/cut-around.ts';
import { makeReport } from '../../src/domain/report/make-report.ts';
import { tellBriefly, tellReport } from '../../src/domain/report/tell-report.ts';

const of = (text: string) => ({ steps: [{ step: 'plan', input: null, output: { text } }] });
const reportOf = (pairs: readonly (readonly [string, string])[], complained = false) =>
  makeReport(
    pairs.map(([before, after], i) => ({ ticket: `T-${i}`, complained, before: of(before), after: of(after) })),
    pairs.length,
  );

test('two texts are parted at words, and what they share stays whole', () => {
  expect(part('the red lamp', 'the reddish lamp')).toEqual({
    start: 'the ',
    before: 'red',
    after: 'reddish',
    end: ' lamp',
  });
  expect(part('1. a\n2. b\n3. c', '1. b\n2. a\n3. c')).toEqual({
    start: '',
    before: '1. a\n2. b',
    after: '1. b\n2. a',
    end: '\n3. c',
  });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      const { start, before, after, end } = part(a, b);
      expect([start + before + end, start + after + end]).toEqual([a, b]);
    }),
  );
});

test('cut texts keep what differs in sight', () => {
  const filler = 'and so on '.repeat(100);
  const cut = cutParted(part(`${filler}red${filler}`, `${filler}blue${filler}`), 100);
  expect(cut).toMatchObject({ before: 'redand', after: 'blueand' });
  expect(`${cut.start}${cut.before}${cut.end}`.length).toBeLessThanOrEqual(100);
});

test('what a step gave is shown in its cell and does nothing there', () => {
  const told = tellReport(reportOf([['x https://evil.example @a', 'x | **b** <i> `c` [d](e) @alice #12']]), 'whole');
  const row = told.split('\n').find((line) => line.includes('plan: text')) ?? '';
  expect(row.match(/(?<!\\)\|/g)).toHaveLength(4);
  expect(row).not.toMatch(/https:\/\/|@a|[^\\]\[d|#12|<i>/);
});

test('no link or mention comes about where what differs meets what does not', () => {
  const told = tellReport(
    reportOf([
      ['go to https ://evil.example', 'go to https://evil.example'],
      ['ask @ alice', 'ask @alice'],
    ]),
    '',
  );
  expect(told).not.toMatch(/https:\/\/|@alice/);
});

test('a comment has an end, and says what it leaves out', () => {
  const pairs = Array.from(
    { length: 100 },
    (_, i) => [`${i} ${'word '.repeat(400)}`, `${i} ${'other '.repeat(400)}`] as const,
  );
  const told = tellReport(reportOf(pairs), 'See the page.');
  expect(told.length).toBeLessThan(25_000);
  expect(told).toContain('94 more changes are not shown here.');
  expect(told).toContain('See the page. What is recognised as personal is replaced');
});

test('the words count people’s way', () => {
  const told = (pairs: Parameters<typeof reportOf>[0], complained = false) =>
    tellBriefly(reportOf(pairs, complained), 'Here.');
  expect(told([['a', 'b']])).toBe(
    '**1 of 1 stored ticket comes out differently.** The stored ticket was run without this change and with it. Nobody complained about it: please look whether what comes out now is right there, too. Here.',
  );
  expect(
    told(
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'e'],
      ],
      true,
    ),
  ).toContain(
    '2 of 3 stored tickets come out differently.** All 3 stored tickets were run without this change and with it. All of these were complained about.',
  );
  expect(
    told([
      ['a', 'a'],
      ['b', 'b'],
    ]),
  ).toBe('**All 2 stored tickets come out as before.** All 2 stored tickets were run without this change and with it.');
  expect(told([['a', 'a']])).toContain('**The stored ticket comes out as before.**');
});
