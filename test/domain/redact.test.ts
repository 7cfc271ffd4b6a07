import fc from 'fast-check';
import { expect, test } from 'vitest';
import { learnPersonal } from '../../src/domain/learn-personal.ts';
import { drawBy as drawByName } from '../../src/domain/personal/draw-by.ts';
import { digitsOf, isIban, luhn } from '../../src/domain/personal/numbers.ts';
import { belongsToNobody } from '../../src/domain/personal/surrogates.ts';
import { quoteOccurs } from '../../src/domain/quote-occurs.ts';
import { accountsOf, type Redactor, redactor } from '../../src/domain/redact.ts';
import { markedLine, personalLines } from './support/personal-lines.ts';

const lines = personalLines.map(markedLine);

/** What was replaced in a text, by kind. */
function replacedIn(text: string): readonly { kind: string; value: string }[] {
  const by = redactor();
  const placeholders = by.redact(text).match(/\[[a-z-]+-\d+(?:\.\d+)?\]/g) ?? [];
  return placeholders.map((one) => ({ kind: one.replace(/^\[|-\d.*$/g, ''), value: by.restore(one) }));
}

test('of over 150 lines in four languages all that is personal is replaced, whole, and nothing else', () => {
  const told = ({ kind, value }: { kind: string; value: string }) => `${kind}: ${value}`;
  const wrong = lines.flatMap(({ text, values }) => {
    const [wanted, got] = [values.map(told).sort(), replacedIn(text).map(told).sort()];
    return JSON.stringify(wanted) === JSON.stringify(got) ? [] : [{ text, wanted, got }];
  });
  expect(lines.length).toBeGreaterThanOrEqual(150);
  expect(lines.flatMap(({ values }) => values).length).toBeGreaterThanOrEqual(110);
  expect(wrong).toEqual([]);
});

const drawBy = (seed: number) => drawByName(`a rejection ${seed}`);

const seed = fc.integer({ min: 0, max: 2 ** 31 });
const nearby = fc.constantFrom(
  '[email-1]',
  '[name-2.3]',
  'Mr ',
  'geboren am ',
  '+',
  '@',
  'IBAN ',
  ', ',
  '\n',
  '"',
  'é',
);
const texts = fc
  .array(fc.oneof(fc.constantFrom(...lines.map(({ text }) => text)), nearby, fc.string({ maxLength: 30 })), {
    maxLength: 8,
  })
  .map((parts) => parts.join(' '));

test('redacted or disguised twice is as once', () => {
  fc.assert(
    fc.property(texts, seed, (text, from) => {
      const by = redactor({ draw: drawBy(from) });
      const once = by.redact(text);
      expect(by.redact(once)).toBe(once);
      const disguised = by.disguise(text);
      expect(by.disguise(disguised)).toBe(disguised);
    }),
    { numRuns: 300 },
  );
});

test('what was replaced comes back, to the letter, from placeholders and from surrogates', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 6 }), seed, (some, from) => {
      const by = redactor({ draw: drawBy(from) });
      const text = some.map((line) => line.text).join('\n');
      expect(by.restore(by.redact(text))).toBe(text);
      expect(by.restore(by.disguise(text))).toBe(text);
      expect(by.redact(by.disguise(text))).toBe(by.redact(text));
    }),
    { numRuns: 200 },
  );
});

const value = fc.constantFrom(...lines.flatMap(({ values }) => values));

/** What accepts any value of the kind. */
const accepts: Readonly<Record<string, (text: string, like: string) => boolean>> = {
  email: (text) => /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/.test(text),
  iban: (text, like) => isIban(text) && text.slice(0, 2).toUpperCase() === like.slice(0, 2).toUpperCase(),
  card: (text, like) => luhn(digitsOf(text)) && text.length === like.length,
  phone: (text) => /^[\d\s().+/-]{8,22}$/.test(text),
  'birth-date': (text, like) => text.replace(/\d+|\p{L}+/gu, 'x') === like.replace(/\d+|\p{L}+/gu, 'x'),
  address: (text) => /\d/.test(text) && /\p{L}{3}/u.test(text),
  name: (text, like) => text.split(' ').length === like.split(' ').length && /(?:^|^(?:van|von) .*)\p{Lu}/u.test(text),
  secret: (text) => text.length >= 8,
};

test('a surrogate has the shape of its value, is never the value, and differs from draw to draw', () => {
  fc.assert(
    fc.property(value, seed, ({ kind, value: own }, from) => {
      const disguiseBy = (draw: number): string => {
        const by = redactor({ draw: drawBy(draw) });
        by.learn(kind as Parameters<Redactor['learn']>[0], own);
        return by.disguise(own);
      };
      const surrogate = disguiseBy(from);
      expect(accepts[kind]?.(surrogate, own), `${own} → ${surrogate}`).toBe(true);
      expect(surrogate.toLowerCase()).not.toContain(own.toLowerCase());
      const told = ['email', 'iban', 'card', 'phone', 'secret'].includes(kind);
      expect(!told || belongsToNobody(kind as 'email', surrogate), `${own} → ${surrogate}`).toBe(true);
      // Of some kinds there are two to draw from: one of so many draws is another.
      const draws = Array.from({ length: 64 }, (_, i) => from + 7919 * (i + 1));
      expect(
        draws.some((draw) => disguiseBy(draw) !== surrogate),
        own,
      ).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('a surrogate is drawn, not made of the value: equal draws give equal surrogates to values of one shape', () => {
  const disguise = (text: string) => redactor({ draw: drawBy(11) }).disguise(text);
  expect(disguise('mail a.b@c.de')).toBe(disguise('mail lorena.x@mail.example'));
  expect(disguise('to DE89 3704 0044 0532 0130 00')).toBe(disguise('to DE75 5121 0800 1245 1261 99'));
  expect(disguise('at +49 171 2345678')).toBe(disguise('at +49 160 8765432'));
});

test('within a case a value is one surrogate, however it is written, and a name is so word by word', () => {
  const by = redactor({ draw: drawBy(5) });
  by.learn('name', 'Nora Quill');
  by.learn('name', 'Nora');
  by.learn('name', 'Quill');
  const [whole = '', ...more] = by
    .disguise('Nora Quill|NORA|nora quill|Quill|4111 1111 1111 1111|4111-1111-1111-1111')
    .split('|');
  const [first = '', last = ''] = whole.split(' ');
  expect(more.slice(0, 3)).toEqual([first.toUpperCase(), whole.toLowerCase(), last]);
  expect(more[4]).toBe(more[3]?.replaceAll(' ', '-'));
});

test('a learnt name is found in any case and without its accents, and a word that is a name as well stays a word', () => {
  const by = redactor();
  for (const name of ['José', 'Will', 'Ann']) by.learn('name', name);
  expect(by.redact('jose and JOSÉ; Will will see Ann’s annual plan')).toBe(
    '[name-1] and [name-1.2]; [name-2] will see [name-3]’s annual plan',
  );
});

test('members that are named for it teach what they hold, and it is hidden in free text', () => {
  const by = redactor();
  const input = {
    customer: {
      fullName: 'Bo Ek',
      dateOfBirth: '1981-04-03',
      phone: 4155552671,
      address: { street: 'Rose Cottage 3' },
    },
    text: 'Bo Ek, born 1981-04-03 or so, of Rose Cottage 3, at 4155552671. Delivered on 1982-04-03.',
  };
  learnPersonal({ steps: [{ step: 'a', input, output: null }] }, by);
  expect(by.redactJson(input).text).toBe(
    '[name-1], born [birth-date-1] or so, of [address-1], at [phone-1]. Delivered on 1982-04-03.',
  );
  expect(by.redactJson(input).customer.phone).toBe('[phone-1]');
  expect(by.restoreJson(by.disguiseJson(input))).toEqual(input);
});

test('account numbers are replaced where the configuration says how they look, by others that look so', () => {
  const accounts = accountsOf({ accounts: ['\\bK-\\d{6}\\b', 'M[A-Z]{2}\\d{4}'] });
  const by = redactor({ accounts, draw: drawBy(3) });
  const text = 'K-123456 and MXY1234, not K-1234567 nor MW-48213';
  expect(by.redact(text)).toBe('[account-1] and [account-2], not K-1234567 nor MW-48213');
  expect(by.disguise(text)).toMatch(/^K-\d{6} and M[A-Z]{2}\d{4}, not/);
  expect(by.disguise(text)).not.toContain('123456 ');
  expect(redactor().redact(text)).toBe(text);
});

test('an account number that is a number in JSON is replaced however short it is, and no other number', () => {
  const accounts = accountsOf({ accounts: ['\\b7\\d{4}\\b'] });
  const by = redactor({ accounts, draw: drawBy(3) });
  const input = { account: 71234, count: 61234, text: 'on 71234' };
  expect(by.redactJson(input)).toEqual({ account: '[account-1]', count: 61234, text: 'on [account-1]' });
  expect(by.disguiseJson(input).account).toSatisfy((one: number) => one !== 71234 && /^7\d{4}$/.test(String(one)));
  expect(by.restoreJson(by.disguiseJson(input))).toEqual(input);
});

test('an account pattern that means a certain writing reads the text as it is written', () => {
  const by = redactor({ accounts: accountsOf({ accounts: ['Konto  \\d{4}'] }) });
  expect(by.redact('Konto  4711, Konto 4711')).toBe('[account-1], Konto 4711');
});

test('a text that holds a placeholder of somebody’s own gets another number', () => {
  const by = redactor();
  expect(by.redact('[email-1] is not a.b@c.example')).toBe('[email-1] is not [email-2]');
  expect(by.restore('[email-1], [email-2]')).toBe('[email-1], a.b@c.example');
});

test.each([
  ['the lamp of [name-1] is late', 'The lamp of Nora Quill is  late.', true],
  ['[name-1] wrote to [email-1]', 'Nora wrote to [email-4]', true],
  ['wrote to [email-1] twice', 'wrote to [email-2] once', false],
  ['[name-1]', 'Nora', false],
  ['the lamp', 'The LAMP', true],
  ['a [name-1] b', `a ${'x'.repeat(200)} b`, false],
])('a quote with placeholders stands in the words that it was taken from: %s', (quote, words, occurs) => {
  expect(quoteOccurs(words, quote)).toBe(occurs);
});
