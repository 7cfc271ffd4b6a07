import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertCase, mistakeIn } from '../../src/domain/assert-case.ts';
import type { Expectation } from '../../src/domain/case.ts';
import { escapeToken, lookUp, parsePointer, pointerOf } from '../../src/domain/json-pointer.ts';
import { parseCaseFile } from '../../src/domain/parse-case-file.ts';
import type { Json } from '../../src/domain/rejection.ts';

/** Any JSON, as a step may print it: keys that are names of a prototype, numbers at the edge, deep and empty things. */
const key = fc.oneof(
  fc.string(),
  fc.constantFrom('', '/', '~', '~1', '~0', '0', '-', 'length', 'constructor', 'toString', '__proto__', 'name'),
);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n) || Number.isSafeInteger(n)),
  fc.constantFrom(0, -0, 1e-320, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    number,
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => {
      // As JSON.parse makes it: `__proto__` is a key like any other.
      const text = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
      return JSON.parse(`{${text.join(',')}}`) as Json;
    }),
  ),
})).value;

/** As it comes out of a step. */
const printed = (value: Json): Json => JSON.parse(JSON.stringify(value));
const holds = (output: Json, path: string, op: Expectation['op'], value?: Json, rest: Partial<Expectation> = {}) =>
  assertCase(output, [{ path, op, ...(value !== undefined && { value }), ...rest }])[0]?.passed;

/** Every place in a value, by its tokens. */
function placesIn(value: Json): readonly (readonly [tokens: readonly string[], there: Json])[] {
  const inside: (readonly [string, Json])[] =
    typeof value === 'object' && value !== null ? Object.entries(value as Record<string, Json>) : [];
  return [
    [[], value],
    ...inside.flatMap(([name, member]) =>
      placesIn(member).map(([tokens, there]) => [[name, ...tokens], there] as const),
    ),
  ];
}

describe('pointers', () => {
  test('find every place of a value, and it equals itself there', () => {
    fc.assert(
      fc.property(json, (value) => {
        const output = printed(value);
        for (const [tokens, there] of placesIn(output)) {
          const path = pointerOf(tokens);
          expect(parsePointer(path)).toEqual(tokens);
          expect(lookUp(output, tokens)).toBe(there);
          expect(holds(output, path, 'present')).toBe(true);
          expect(holds(output, path, 'absent')).toBe(false);
          expect(holds(output, path, 'eq', printed(there))).toBe(true);
          expect(holds(output, path, 'ne', printed(there))).toBe(false);
          expect(holds(output, path, 'in', [null, 'x', printed(there)])).toBe(true);
          expect(holds(output, path, 'subset', printed(there))).toBe(true);
        }
      }),
    );
  });

  test('find nothing where nothing was printed: no prototype, no length, no text’s letters', () => {
    fc.assert(
      fc.property(json, key, (value, name) => {
        const output = printed(value);
        for (const [tokens, there] of placesIn(output)) {
          const own = typeof there === 'object' && there !== null && Object.hasOwn(there, name);
          const index = Array.isArray(there) && /^(?:0|[1-9]\d*)$/.test(name) && Number(name) < there.length;
          const isThere = Array.isArray(there) ? index : own;
          expect(holds(output, pointerOf([...tokens, name]), 'present')).toBe(isThere);
          expect(holds(output, pointerOf([...tokens, name]), 'absent')).toBe(!isThere);
        }
      }),
    );
  });

  test.each([
    ['/', { '': 1 }, 1],
    ['//', { '': { '': 2 } }, 2],
    ['/a//b', { a: { '': { b: 3 } } }, 3],
    ['/~01', { '~1': 4 }, 4],
    ['/~10', { '/0': 5 }, 5],
    ['/0/1', [[6, 7]], 7],
    ['/00', { '00': 8 }, 8],
    ['/1e0', { '1e0': 9 }, 9],
  ])('%s is one place', (path, output, value) => {
    expect(holds(output as Json, path, 'eq', value)).toBe(true);
  });

  test.each(['/00', '/+1', '/-1', '/1e0', '/1.0', '/ 1', '/١', '/2', '/999999999999999999999'])(
    '%s is no item of a list of two',
    (path) => expect(holds(['a', 'b'], path, 'present')).toBe(false),
  );

  test.each(['a', '~', '/~', '/~2', '/a/~', '/~~0'])('%s is none', (path) => {
    expect(parsePointer(path)).toBeNull();
    for (const op of ['present', 'absent', 'eq'] as const) expect(holds({ a: 1 }, path, op, 1)).toBe(false);
  });

  test('an escaped token stays one', () => {
    fc.assert(
      fc.property(fc.string(), (token) => {
        expect(parsePointer(`/${escapeToken(token)}`)).toEqual([token]);
      }),
    );
  });
});

describe('numbers', () => {
  test('below and above, within and beyond, agree', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(holds(a, '', 'lt', b)).toBe(!holds(a, '', 'gte', b));
        expect(holds(a, '', 'gt', b)).toBe(!holds(a, '', 'lte', b));
        expect(holds(a, '', 'eq', b)).toBe(holds(a, '', 'lte', b) && holds(a, '', 'gte', b));
        expect(holds(a, '', 'approx', a, { tolerance: Number.MIN_VALUE })).toBe(true);
      }),
    );
  });

  test('zero has no sign, and a number is no text', () => {
    expect(holds(JSON.parse('-0'), '', 'eq', 0)).toBe(true);
    expect(holds('0', '', 'eq', 0)).toBe(false);
    expect(holds(1, '', 'eq', true)).toBe(false);
    expect(holds(0, '', 'eq', false)).toBe(false);
    expect(holds(null, '', 'lte', 0)).toBe(false);
  });

  test.each(['eq', 'ne', 'in', 'subset', 'lt', 'lte', 'gt', 'gte', 'approx'] as const)(
    '%s with a number that is not exact holds of nothing, and is a mistake of the file',
    (op) => {
      const output = JSON.parse('[9007199254740993, 5, {"a": 12345678901234567891}]') as Json;
      const huge = JSON.parse('9007199254740992') as number;
      for (const path of ['/0', '/1', '/2', ''])
        for (const value of [huge, [huge], { a: huge }]) {
          expect(holds(output, path, op, value, { tolerance: 1 })).toBe(false);
          expect(mistakeIn({ path, op, value, tolerance: 1 })).toContain('cannot be told from its neighbours');
        }
    },
  );

  test.each(['.nan', '.inf', '-.inf', '1e999', '12345678901234567891'])('%s in a case file is a mistake', (value) => {
    const text = `cases:\n  - { name: a, input: 1, expect: [{ path: /a, op: ne, value: ${value} }] }\n`;
    expect(parseCaseFile('evals/a.yml', text, 's')).toHaveProperty('problems');
  });
});

describe('texts', () => {
  test('case and white space that are ignored make no difference, and nothing else is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const loud = ` \t${text.toUpperCase().replaceAll(' ', ' \n ')} `;
        const same = text.toUpperCase().toLowerCase().replace(/\s+/g, ' ').trim();
        expect(holds(loud, '', 'eq', same, { ignore: ['case', 'space'] })).toBe(true);
        expect(holds(`${loud}.`, '', 'eq', same, { ignore: ['case', 'space'] })).toBe(false);
      }),
    );
  });

  test('a megabyte is compared, counted and searched, whatever is in it', () => {
    const text = 'ab\u{1f44b}'.repeat(250_000);
    expect(holds(text, '', 'eq', text, { ignore: ['case', 'space'] })).toBe(true);
    expect(holds(text, '', 'length', 750_000)).toBe(true);
    expect(holds(text, '', 'not_matches', 'zzz')).toBe(true);
    expect(holds(`${text}z`, '', 'matches', 'z$')).toBe(true);
  });

  test.each([
    '((x|xx){1,50}){1,10}[0-9]',
    '(?:x{1,100}){1,9}[0-9]',
    '^(?:.*x){20}[0-9]',
    '(?:[a-z]{1,50}x){1,20}[0-9]',
    '\\p{L}{1,300}\\d',
  ])('%s on a megabyte is answered at once: it is too long', (pattern) => {
    const text = 'x'.repeat(1_000_000);
    for (const op of ['matches', 'not_matches'] as const) {
      const [finding] = assertCase(text, [{ path: '', op, value: pattern }]);
      expect(finding).toMatchObject({ passed: false, because: 'the text is too long for this pattern' });
    }
    expect(holds(`${'x'.repeat(30)}7`, '', 'matches', pattern)).toBe(true);
  });
});

test('names are compared as sets, in lists and in keys, also those of a prototype', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 6 }), fc.string(), (names, other) => {
      const listed = names.toReversed().map((name, i): Json => (i % 2 === 0 ? name : { name, more: 1 }));
      expect(holds(listed, '', 'names_eq', names)).toBe(true);
      expect(holds([...listed, other], '', 'names_eq', names)).toBe(names.includes(other));
      const keyed = printed(Object.fromEntries(names.map((name) => [name, 1])));
      expect(holds(keyed, '', 'names_eq', names)).toBe(true);
    }),
  );
  expect(holds({}, '', 'names_eq', ['constructor'])).toBe(false);
  expect(holds(JSON.parse('{"__proto__":{"name":"a"}}'), '', 'names_eq', ['__proto__'])).toBe(true);
});

test('whatever is printed and expected, a finding comes back, and nothing is thrown', () => {
  const ops = fc.constantFrom<Expectation['op']>(
    ...(['eq', 'ne', 'in', 'matches', 'not_matches', 'absent', 'present', 'lt', 'lte', 'gt', 'gte'] as const),
    ...(['length', 'names_eq', 'subset', 'approx'] as const),
  );
  fc.assert(
    fc.property(json, ops, json, fc.string(), (output, op, value, path) => {
      const expectation: Expectation = { path, op, value, tolerance: 1, ignore: ['case', 'space'] };
      const [finding] = assertCase(printed(output), [expectation]);
      expect(typeof finding?.passed).toBe('boolean');
      // What is a mistake whatever is printed never holds.
      if (mistakeIn(expectation) !== null) expect(finding?.passed).toBe(false);
    }),
  );
});
