import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plain } from '../../src/domain/personal/plain.ts';
import { redactor } from '../../src/domain/redact.ts';
import { markedLine, personalLines } from './support/personal-lines.ts';

const lines = personalLines.map(markedLine);

/** The same words as another keyboard, word processor or mail program writes them. */
const writings: Readonly<Record<string, (text: string) => string>> = {
  'no-break spaces': (text) => text.replaceAll(' ', '\u00a0'),
  'narrow no-break spaces': (text) => text.replaceAll(' ', '\u202f'),
  'figure spaces': (text) => text.replaceAll(' ', '\u2007'),
  'ideographic spaces': (text) => text.replaceAll(' ', '\u3000'),
  tabs: (text) => text.replaceAll(' ', '\t'),
  'two spaces': (text) => text.replaceAll(' ', '  '),
  'a space and a no-break one': (text) => text.replaceAll(' ', ' \u00a0'),
  hyphens: (text) => text.replaceAll('-', '\u2010'),
  'no-break hyphens': (text) => text.replaceAll('-', '\u2011'),
  'figure dashes between digits': (text) => text.replace(/(?<=\d)-(?=\d)/g, '\u2012'),
  'en dashes between digits': (text) => text.replace(/(?<=\d)-(?=\d)/g, '\u2013'),
  'full-width digits': (text) => text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
  'en dashes between full-width digits': (text) =>
    text
      .replace(/(?<=\d)-(?=\d)/g, '\u2013')
      .replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
  'letters in two parts': (text) => text.normalize('NFD'),
  'spaces without width': (text) => text.replace(/(?<=[\p{L}\p{N}])(?=[\p{L}\p{N}])/gu, '\u200b'),
  'soft hyphens': (text) => text.replace(/(?<=\p{L})(?=\p{L})/gu, '\u00ad'),
  'joiners and marks of direction': (text) => text.replace(/(?<=[\p{L}\p{N}])(?=[\p{L}\p{N}])/gu, '\u2060\u200e'),
};

/** What was replaced, with its kind, as it was written. */
function replacedIn(text: string): readonly string[] {
  const by = redactor();
  const placeholders = by.redact(text).match(/\[[a-z-]+-\d+(?:\.\d+)?\]/g) ?? [];
  return placeholders.map((one) => `${one.replace(/^\[|-\d.*$/g, '')}: ${by.restore(one)}`).sort();
}

test.each(Object.keys(writings))(
  'the same is replaced, whole, and nothing else, where it is written with %s',
  (name) => {
    const write = writings[name] as (text: string) => string;
    const wrong = lines.flatMap(({ text, values }) => {
      const wanted = values.map(({ kind, value }) => `${kind}: ${write(value)}`).sort();
      const got = replacedIn(write(text));
      return JSON.stringify(wanted) === JSON.stringify(got) ? [] : [{ text, wanted, got }];
    });
    expect(wrong).toEqual([]);
  },
);

const odd = fc.constantFrom(...Object.values(writings));

test('a label under thanks is no name, and what stands behind it is found each time', () => {
  const by = redactor();
  const text = 'danke schön.\nDOB 04/03/81\nBye';
  expect(by.redact(text)).toBe('danke schön.\nDOB [birth-date-1]\nBye');
  expect(by.redact(text)).toBe(by.redact(text));
});

test('in whatever writings lines stand beside one another, no value is left, and each comes back to the letter', () => {
  const line = fc.tuple(fc.constantFrom(...lines), odd, odd);
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (some) => {
      const written = some.map(([{ text, values }, one, other]) => ({
        text: other(one(text)),
        values: values.map(({ value }) => other(one(value))),
      }));
      const text = written.map((each) => each.text).join('\n');
      const by = redactor();
      const redacted = by.redact(text);
      for (const value of written.flatMap(({ values }) => values)) expect(redacted).not.toContain(value);
      expect(by.redact(redacted)).toBe(redacted);
      expect(by.restore(redacted)).toBe(text);
      for (const value of written.flatMap(({ values }) => values)) expect(by.disguise(text)).not.toContain(value);
    }),
    { numRuns: 200 },
  );
});

test('each place of a plain text is one of the text itself, in order, and holds the same', () => {
  const char = fc.oneof(
    fc.constantFrom(
      ' ',
      '  ',
      '\u00a0',
      '\u200b',
      '\t',
      '\r\n',
      '\u2011',
      'e\u0301',
      '\uff14',
      '-',
      '1',
      'a',
      '\u{e0041}',
    ),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(char, { maxLength: 30 }), (chars) => {
      const text = chars.join('');
      const read = plain(text);
      let [start, end] = [0, 0];
      for (let at = 0; at < read.text.length; at++) {
        const { from, to } = read.place({ from: at, to: at + 1 });
        expect(from === start || from >= end).toBe(true);
        expect(to).toBeGreaterThan(from);
        expect(to).toBeLessThanOrEqual(text.length);
        expect(plain(text.slice(from, to)).text).toContain(read.text[at]);
        [start, end] = [from, to];
      }
    }),
  );
});
