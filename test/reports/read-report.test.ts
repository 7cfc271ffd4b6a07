import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeUtf8 } from '../../src/domain/reports/decode-utf8.ts';
import { parseStrictJson } from '../../src/domain/reports/parse-strict-json.ts';
import { readReport, readRun } from '../../src/domain/reports/read-report.ts';
import { bytesOf, fixture, readText, told } from './support/fixtures.ts';

const line = (value: object) => `${JSON.stringify(value)}\n`;
const jsonl = (...cases: readonly object[]) => cases.map(line).join('') + line({ end: cases.length });
const read = (...cases: readonly object[]) => readText('jsonl', jsonl(...cases));

test.each([
  ['what speaks against it', { id: 'a', pass: true, fail: true, error: 'x' }],
  ['a member that is not known', { id: 'a', pass: true, failed: 1 }],
  ['both forms', { id: 'a', pass: true, outcome: 'pass' }],
])('a line of our own that may say two things is no case: %s', (_, line) => {
  expect(told(read(line))).toMatch(/^Line 1 of the report is not a case: /);
});
const commit = '4f2a9c1d00000000000000000000000000000000';

describe('what a run of a suite comes to', () => {
  const red = bytesOf(jsonl({ id: 'a', pass: false }, { id: 'b', pass: true }));
  const green = bytesOf(jsonl({ id: 'a', pass: true }, { id: 'b', outcome: 'skip' }));
  const ran = (more: Partial<Parameters<typeof readRun>[0]>) =>
    told(readRun({ exit: 0, timedOut: false, report: green, truncated: false, ...more }, 'jsonl'));

  test('the exit and the report have to agree that all is well', () => {
    expect(ran({})).toBe('pass a\nskip b');
    expect(ran({ exit: 1, report: red })).toBe('fail a\npass b');
    expect(ran({ exit: 0, report: red })).toBe('fail a\npass b');
    expect(ran({ exit: 1 })).toMatchInlineSnapshot(
      `"The suite ended with exit code 1, but no case of its report is red. Look at what the command prints: something outside of the cases went wrong."`,
    );
    expect(ran({ exit: 1, report: bytesOf(jsonl({ id: 'a', outcome: 'error' })) })).toBe('error a');
  });

  test('a run that was stopped, or left no whole report, has no cases', () => {
    expect(ran({ timedOut: true })).toMatchInlineSnapshot(
      `"The suite took too long and was stopped. Make it faster, or raise its time-out."`,
    );
    expect(ran({ exit: null })).toMatchInlineSnapshot(
      `"The suite was killed before it ended. Run it again; if it happens again, give it less to do at once."`,
    );
    expect(ran({ report: null })).toMatchInlineSnapshot(
      `"The suite left no report. Let its command write one where the configuration says."`,
    );
    expect(ran({ truncated: true })).toMatchInlineSnapshot(
      `"The report is larger than what is read. Split the suite, or let it write shorter texts."`,
    );
    expect(ran({ report: bytesOf('') })).toMatchInlineSnapshot(
      `"The report is empty. Let the suite’s command write it."`,
    );
  });

  test('a suite-level failure that only the exit tells is a problem', () => {
    const report = bytesOf(fixture('junit', 'node-hook.xml'));
    expect(readRun({ exit: 0, timedOut: false, report, truncated: false }, 'junit')).toHaveProperty('cases');
    expect(readRun({ exit: 1, timedOut: false, report, truncated: false }, 'junit')).toHaveProperty('problem');
  });
});

describe('the cases of any format', () => {
  test('two of one name are a problem that names it; repetitions are not, unless their number is the same', () => {
    expect(told(read({ id: 'a b', pass: true }, { id: 'a b', pass: true }))).toMatchInlineSnapshot(
      `"The report holds the case “a b” twice. Rename one of them."`,
    );
    expect(told(read({ id: 'a', pass: true, repeat: 1 }, { id: 'a', pass: false, repeat: 2 }))).toBe(
      'pass a (1)\nfail a (2)',
    );
    expect(read({ id: 'a', pass: true, repeat: 2 }, { id: 'a', pass: true, repeat: 2 })).toHaveProperty('problem');
    expect(read({ id: 'a', pass: true }, { id: 'a', pass: true, repeat: 1 })).toHaveProperty('problem');
    expect(told(read({ id: 'a', pass: true, repeat: 0 }))).toMatchInlineSnapshot(
      `"The number of the repetition of “a” is not a whole number from 1. Correct it."`,
    );
  });

  test('two names that differ only in what cannot be seen or stored are one', () => {
    expect(read({ id: 'a\u0000', pass: true }, { id: 'a\u0001', pass: false })).toHaveProperty('problem');
    expect(read({ id: 'a\ud800', pass: true }, { id: 'a\ud801', pass: false })).toHaveProperty('problem');
    expect(told(read({ id: ' a\nb ', pass: true }))).toBe('pass a b');
    expect(told(read({ id: ' \u0000', pass: true }))).toMatchInlineSnapshot(
      `"A case of the report has no name. Give each case a name."`,
    );
  });

  test('long names stay apart, long reasons are cut', () => {
    const long = 'x'.repeat(5_000);
    const both = read({ id: `${long}1`, pass: true }, { id: `${long}2`, pass: false, because: `${long}😀` });
    if ('problem' in both) throw new Error(both.problem);
    expect(both.cases.map(({ id }) => id.length <= 300)).toEqual([true, true]);
    expect(both.cases.map(({ because }) => because.length)).toEqual([0, 300]);
  });

  test('no case and too many cases are problems', () => {
    expect(told(read())).toMatchInlineSnapshot(
      `"The report holds no case. Check that the suite’s command finds its cases."`,
    );
    const many = (count: number) =>
      readText('jsonl', `${'{"id":"#","pass":true}\n'.repeat(count).replace(/#/g, () => `${next++}`)}{"end":${count}}`);
    let next = 0;
    expect(many(100_000)).toHaveProperty('cases');
    expect(told(many(100_001))).toMatchInlineSnapshot(`"The report holds more than 100000 cases. Split the suite."`);
  });

  test('more bytes than are read are a problem', () => {
    const large = bytesOf(`${jsonl({ id: 'a', pass: true })}${' '.repeat(32_000_000)}`);
    expect(told(readReport('jsonl', large))).toMatchInlineSnapshot(
      `"The report is larger than 32 MB. Split the suite, or let it write shorter texts."`,
    );
  });
});

describe('bytes', () => {
  test('are decoded as TextDecoder does it when it is strict', () => {
    const strict = (bytes: Uint8Array) => {
      try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      } catch {
        return null;
      }
    };
    const same = (bytes: Uint8Array) => {
      expect(decodeUtf8(bytes)).toBe(strict(bytes));
    };
    const spiced = fc.array(fc.oneof(fc.constantFrom(0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5), fc.nat(255)));
    fc.assert(
      fc.property(spiced, (bytes) => same(Uint8Array.from(bytes))),
      { seed: 1, numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => same(bytesOf(text))),
      { seed: 1, numRuns: 200 },
    );
    for (const bytes of [
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xef, 0xbb, 0xbf, 0x61],
      [0xe0, 0x80, 0x80],
    ])
      same(Uint8Array.from(bytes));
    same(bytesOf(`${'a'.repeat(8_191)}😀${'ü'.repeat(20_000)}`));
  });

  test('that are not UTF-8 are a problem', () => {
    const broken = bytesOf(jsonl({ id: 'a#', pass: true })).map((byte) => (byte === 0x23 ? 0xff : byte));
    expect(told(readReport('jsonl', broken))).toMatchInlineSnapshot(
      `"The report is not UTF-8 text. Let the suite write it as UTF-8."`,
    );
  });
});

describe('JSON', () => {
  test('with a key twice, however it is spelled, or with __proto__, is refused', () => {
    expect(parseStrictJson('{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}')).toHaveProperty('value');
    expect(parseStrictJson('{"a":1,"b":2,"a":3}')).toMatchInlineSnapshot(`
      {
        "problem": "The key “a” stands twice in one object of the report. Remove one of them.",
      }
    `);
    expect(parseStrictJson('{"a":1,"\\u0061" :2}')).toHaveProperty('problem');
    expect(parseStrictJson('{"__proto__":{"pass":true}}')).toMatchInlineSnapshot(`
      {
        "problem": "The key “__proto__” is not allowed in a report. Choose another name.",
      }
    `);
    expect(parseStrictJson('{"\\u005f_proto__":{}}')).toHaveProperty('problem');
    expect(parseStrictJson('{"a":"\\"b\\":1,\\"b\\":2"}')).toHaveProperty('value');
    const twice = `{"id":"a","pass":false,"pass":true}\n{"end":1}`;
    expect(told(readText('jsonl', twice))).toMatchInlineSnapshot(
      `"Line 1 of the report: The key “pass” stands twice in one object of the report. Remove one of them."`,
    );
    const hidden = `{"id":"a","__proto__":{"pass":true}}\n{"end":1}`;
    expect(readText('jsonl', hidden)).toHaveProperty('problem');
  });

  test('of any value is read as JSON.parse reads it', () => {
    const whole = (text: string) => {
      expect(parseStrictJson(text)).toEqual({ value: JSON.parse(text) });
    };
    const safe = fc.json().filter((text) => !text.includes('__proto__'));
    fc.assert(fc.property(safe, whole), { seed: 1, numRuns: 300 });
  });

  test('nested too deeply is refused, and costs nothing', () => {
    expect(parseStrictJson('['.repeat(1_000_000))).toMatchInlineSnapshot(`
      {
        "problem": "The values of the report are nested too deeply. Write it flatter.",
      }
    `);
    expect(parseStrictJson(`${'['.repeat(100)}${']'.repeat(100)}`)).toHaveProperty('value');
  });
});

describe('our JSON Lines', () => {
  const good = line({ id: 'a', pass: true });

  test('end with their number, and may name their commit', () => {
    const named = readText('jsonl', `${line({ commit })}${good}${line({ end: 1 })}`);
    expect(named).toEqual({ cases: [{ id: 'a', outcome: 'pass', because: '' }], commit });
    expect(told(readText('jsonl', good))).toMatchInlineSnapshot(
      `"The last line of the report is not {"end": number of cases}. It is not whole: run the suite again."`,
    );
    expect(told(readText('jsonl', good + line({ end: 2 })))).toMatchInlineSnapshot(
      `"The report says “end” is 2, but its cases come to 1. It is not whole: run the suite again."`,
    );
    expect(told(readText('jsonl', good + line({ end: 1 }) + line({ end: 1 })))).toMatchInlineSnapshot(
      `"Line 2 of the report stands in the wrong place: {"commit"} may only be the first, {"end"} only the last."`,
    );
    expect(told(readText('jsonl', `${good}\n${line({ end: 1 })}`))).toMatchInlineSnapshot(
      `"Line 2 of the report: The report is not one whole JSON value. Run the suite again."`,
    );
  });

  test('a line says once how it went', () => {
    expect(told(read({ id: 'a' }))).toMatchInlineSnapshot(
      `"Line 1 of the report is not a case: it needs an “id”, and either “pass” (true or false) or “outcome” (pass, fail, error or skip); beside these it may hold “because”, “score”, “cause”, “repeat” and “step”, and nothing else. Correct it."`,
    );
    expect(read({ id: 'a', pass: true, outcome: 'pass' })).toHaveProperty('problem');
    expect(read({ id: 'a', pass: 'yes' })).toHaveProperty('problem');
    expect(read({ id: 'a', outcome: 'flaky' })).toHaveProperty('problem');
    expect(readText('jsonl', '{"id":"a","pass":true,"score":1e999}\n{"end":1}')).toHaveProperty('problem');
  });
});

describe('a report of several files', () => {
  const file = (id: string, named?: string) =>
    `${named === undefined ? '' : line({ commit: named })}${jsonl({ id, pass: true })}\0`;
  const files = (...texts: readonly string[]) => readReport('jsonl', bytesOf(texts.join('')), true);

  test('is of the commit that any of them names', () => {
    expect(files(file('a'), file('b'))).not.toHaveProperty('commit');
    expect(files(file('a'), file('b', commit))).toMatchObject({ commit });
    expect(files(file('a', commit.slice(0, 10)), file('b', commit), file('c'))).toMatchObject({ commit });
  });

  test('cannot be used where they name different ones', () => {
    for (const other of [`5${commit.slice(1)}`, commit.slice(0, 6), ''])
      expect(files(file('a', commit), file('b'), file('c', other))).toEqual({
        problem: expect.stringMatching(/^One file of the report says that it is of commit “4f2a9c1d0+”, another of “/),
      });
  });
});
