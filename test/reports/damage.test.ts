import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readReport } from '../../src/domain/reports/read-report.ts';
import { type ReadReport, reportFormats } from '../../src/domain/reports/report.ts';
import { casesIn, doubled, emptied, without } from './support/damage.ts';
import { bytesOf, type Fixture, readable, readText } from './support/fixtures.ts';

const SEED = 20_260_120;
const runs = (numRuns: number) => ({ seed: SEED, numRuns });

const outcomes = (read: ReadReport): readonly string[] | null =>
  'problem' in read ? null : read.cases.map(({ id, outcome, repeat }) => `${outcome} ${repeat ?? 1} ${id}`);

const isRed = (outcome: string) => outcome === 'fail' || outcome === 'error';

/** The cases that were red and, under the same name, are good in a damaged copy. */
function whitewashed(before: ReadReport, after: ReadReport): readonly string[] {
  if ('problem' in before || 'problem' in after) return [];
  const key = ({ id, repeat }: { id: string; repeat?: number }) => `${repeat ?? 1} ${id}`;
  const red = new Set(before.cases.filter(({ outcome }) => isRed(outcome)).map(key));
  return after.cases.filter((one) => one.outcome === 'pass' && red.has(key(one))).map(key);
}

/** Whether all is good, and no less is told than before. */
function lookedGood(before: ReadReport, after: ReadReport): boolean {
  if ('problem' in before || 'problem' in after) return false;
  return after.cases.length >= before.cases.length && after.cases.every(({ outcome }) => outcome === 'pass');
}

const red = readable.filter(({ read }) => 'cases' in read && read.cases.some(({ outcome }) => isRed(outcome)));
const green = readable.filter(({ read }) => 'cases' in read && read.cases.every(({ outcome }) => outcome === 'pass'));
const named = (all: readonly Fixture[]) => all.map((one) => [`${one.format}/${one.name}`, one] as const);

test('there are green and red reports of every format', () => {
  expect(new Set(green.map(({ format }) => format))).toEqual(new Set(reportFormats));
  expect(new Set(red.map(({ format }) => format))).toEqual(new Set(reportFormats));
});

/** What says nothing of any case: space, and in TAP comments. */
const saysNothing = ({ format }: Fixture, rest: string): boolean =>
  format === 'tap' ? /^(?:\s*#.*\n|\s*\n)*$/.test(rest) : rest.trim() === '';

describe.each(named(readable))('%s, damaged', (_, one) => {
  const spans = casesIn(one);
  const bytes = bytesOf(one.text);

  test('cut off anywhere, it is no report; where only the last space is gone, it is the same one', () => {
    const cut = (at: number) => {
      const rest = new TextDecoder().decode(bytes.subarray(at));
      const read = outcomes(readReport(one.format, bytes.subarray(0, at)));
      if (read === null) return;
      expect(read, `cut at ${at}`).toEqual(outcomes(one.read));
      expect(saysNothing(one, rest), `cut at ${at} before ${rest.slice(0, 80)}`).toBe(true);
    };
    fc.assert(fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), cut), runs(40));
    const ends = [...bytes.keys()].filter((i) => bytes[i] === 0x0a && i + 1 < bytes.length);
    const step = Math.ceil(ends.length / 200);
    for (let i = 0; i < ends.length; i += step) cut((ends[i] ?? 0) + 1);
    for (let last = 1; last <= 40; last++) cut(bytes.length - last);
  });

  test('without any one case, with one twice, or with none, it is no report', () => {
    expect(spans.length).toBeGreaterThanOrEqual('cases' in one.read ? one.read.cases.length : 1);
    for (const span of spans) {
      const left = outcomes(readText(one.format, without(one.text, span)));
      // OpenAI evals counts nothing, so its last event can go without a trace, and its sample with it.
      if (one.format === 'openai-evals' && span === spans.at(-1))
        expect(left).toEqual(outcomes(one.read)?.slice(0, -1));
      else expect(left, one.text.slice(...span)).toBeNull();
      expect(readText(one.format, doubled(one.text, span)), one.text.slice(...span)).toHaveProperty('problem');
    }
    expect(readText(one.format, emptied(one.text, spans))).toHaveProperty('problem');
  });
});

describe.each(named(red))('%s, damaged', (_, one) => {
  // One letter makes an Inspect score of I one of C: nothing in the file could tell.
  const sure = one.format !== 'inspect';

  test('with any byte changed, no red case turns good', () => {
    const bytes = bytesOf(one.text);
    const flip = (at: number, to: number) => {
      const flipped = bytes.slice();
      flipped[at] = to;
      const after = readReport(one.format, flipped);
      if (sure) expect(whitewashed(one.read, after)).toEqual([]);
      expect(lookedGood(one.read, after)).toBe(false);
    };
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.nat(255), flip), runs(40));
  });

  test('without any one line, no red case turns good', () => {
    const lines = one.text.split('\n');
    const step = Math.ceil(lines.length / 200);
    for (let i = 0; i < lines.length; i += step) {
      const after = readText(one.format, lines.toSpliced(i, 1).join('\n'));
      expect(whitewashed(one.read, after)).toEqual([]);
      expect(lookedGood(one.read, after)).toBe(false);
    }
  });

  test('with any stretch of it taken out or doubled, no red case turns good', () => {
    const splice = (from: number, length: number, twice: boolean) => {
      const part = twice ? one.text.slice(from, from + length).repeat(2) : '';
      const after = readText(one.format, one.text.slice(0, from) + part + one.text.slice(from + length));
      expect(whitewashed(one.read, after)).toEqual([]);
      expect(lookedGood(one.read, after)).toBe(false);
    };
    fc.assert(
      fc.property(fc.nat(one.text.length - 1), fc.integer({ min: 1, max: 400 }), fc.boolean(), splice),
      runs(30),
    );
  });
});

describe.each(reportFormats)('%s', (format) => {
  test('garbage is never a report, and never throws', () => {
    const bad = (bytes: Uint8Array) => {
      expect(readReport(format, bytes)).toHaveProperty('problem');
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bad), runs(100));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => bad(bytesOf(text))),
      runs(30),
    );
    fc.assert(
      fc.property(fc.json(), (text) => bad(bytesOf(text))),
      runs(30),
    );
  });

  test('no report of another format is one of this', () => {
    const alike = (other: string) => [format, other].every((one) => one === 'jest' || one === 'vitest');
    for (const { format: other, text } of green)
      if (other !== format && !alike(other)) expect(readText(format, text)).toHaveProperty('problem');
  });
});
