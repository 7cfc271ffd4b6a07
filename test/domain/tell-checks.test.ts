import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JudgedCase, judgeAll, judgeStep } from '../../src/domain/judge.ts';
import { cutLine, withCodeClosed } from '../../src/domain/markdown.ts';
import { endOthers, tellChecks } from '../../src/domain/tell-checks.ts';
import { allOf, type Verdict } from '../../src/domain/verdict.ts';

const passed: Verdict = { name: 'integrity', passed: true, because: 'fine' };
const lines = (text: string) => text.split('\n');

/** So many cases of a step that all broke, with names of so many letters. */
const broken = (step: string, count: number, letters: number): readonly JudgedCase[] =>
  Array.from({ length: count }, (_, i) => ({
    case: { step, name: `${i} `.padEnd(letters, 'x'), at: { path: 'evals/a.yml', line: i + 1 } },
    role: 'pass-to-pass',
    base: { outcome: 'pass', because: '' },
    head: { outcome: 'fail', because: `\`${'y'.repeat(letters)}\`` },
  }));

test.each([
  [10_000, 20],
  [10_000, 10_000],
  [3, 10_000],
])('of %d broken cases with names of %d letters each check says enough, and not too much', (count, letters) => {
  const steps = ['a', 'b', 'c'].map((step) => judgeStep(step, broken(step, count, letters)));
  const checks = tellChecks(judgeAll(passed, allOf('spec', [passed]), steps));
  const gate = checks.at(-1);
  for (const { title, annotations = [] } of checks) {
    expect(title.length).toBeLessThanOrEqual(255);
    expect(annotations.length).toBeLessThanOrEqual(100);
  }
  // Whatever one step says, the others are named, too.
  for (const step of ['a', 'b', 'c'])
    expect(lines(gate?.summary ?? '').some((line) => line.startsWith(`  - ✗ **step ${step}**`))).toBe(true);
  expect(Buffer.byteLength(gate?.summary ?? '')).toBeLessThan(letters > 20 ? 200_000 : 65_535);
  const own = lines(checks.find(({ name }) => name === 'corrigible/step/a')?.summary ?? '');
  expect(own.length).toBe(count > 100 ? 102 : count + 1);
  if (count > 100) expect(own.at(-1)).toBe('  - and 9900 more');
});

test('what failed is listed before what did not', () => {
  const fine = Array.from({ length: 500 }, (_, i) => ({ ...passed, name: `fine ${i}` }));
  const [check] = tellChecks(allOf('gate', [allOf('spec', [...fine, { name: 'bad', passed: false, because: 'red' }])]));
  expect(lines(check?.summary ?? '')[1]).toBe('  - ✗ **bad**: red');
});

test('a line is cut between letters, and never within code', () => {
  expect(cutLine('abc', 3)).toBe('abc');
  expect(cutLine('abcd', 3)).toBe('ab…');
  expect(cutLine('a👋b', 3)).toBe('a…');
  expect(cutLine('is `@alice and more`', 12)).toBe('is `@alice `…');
  expect(cutLine('is ``@al`ice and more``', 12)).toBe('is ``@al`ic``…');
  expect(cutLine('is \\`@alice and more', 12)).toBe('is \\`@alice…');
  expect(cutLine('`a\\` and `@alice here`', 16)).toBe('`a\\` and `@alic`…');
  expect(withCodeClosed('`open in another line\nnot here')).toBe('`open in another line\nnot here');
});

test('wherever text with code in it is cut, the code is closed', () => {
  const piece = fc.oneof(
    fc.stringMatching(/^[a-z@\\ ]{0,8}$/).map((code) => `\`${code.replace(/`/g, '')}x\``),
    fc.stringMatching(/^[a-z ]{1,8}$/),
    fc.constant('\\`'),
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 20 }), fc.nat(100), (pieces, most) => {
      const text = cutLine(pieces.join(''), most + 1);
      let open = false;
      for (let i = 0; i < text.length; i++) {
        if (!open && text[i] === '\\') i++;
        else if (text[i] === '`') open = !open;
      }
      expect(open).toBe(false);
    }),
  );
});

test('checks that an earlier verdict left are over: they block where the gate does, and are told once', () => {
  const old = tellChecks(allOf('gate', [passed, { name: 'step price', passed: true, because: 'fine' }]));
  const other = { name: 'ci', conclusion: 'success' };
  const alone = { name: 'gate', passed: false, because: 'it could not be judged' };
  const over = endOthers(tellChecks(alone), [...old, other]);
  expect(over.map(({ name, conclusion }) => [name, conclusion])).toEqual([
    ['corrigible/integrity', 'cancelled'],
    ['corrigible/step/price', 'cancelled'],
  ]);
  expect(endOthers(tellChecks(alone), over)).toEqual([]);
  const [step, ...more] = endOthers(tellChecks(allOf('gate', [passed])), old);
  expect([step?.name, step?.conclusion, more]).toEqual(['corrigible/step/price', 'neutral', []]);
  expect(endOthers(old, old)).toEqual([]);
});
