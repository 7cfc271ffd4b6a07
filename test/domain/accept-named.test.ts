import { expect, test } from 'vitest';
import { fitSummary } from '../../src/adapters/github/fit.ts';
import type { Case } from '../../src/domain/case.ts';
import {
  acceptNamed,
  type FileChange,
  judgeOracle,
  namedIn,
  type OracleInput,
} from '../../src/domain/compare-oracles.ts';
import { tellChecks } from '../../src/domain/tell-checks.ts';
import { allOf, type Verdict } from '../../src/domain/verdict.ts';

const green: Verdict = { name: 'step price', passed: true, because: 'everything passed' };
const caseOf = (name: string, value: number): Case => ({
  name,
  step: 'price',
  input: { thing: 'lamp' },
  expect: [{ path: '/price', op: 'eq', value }],
});
const file: FileChange = {
  ...{ path: 'evals/price.yml', status: 'modified' },
  ...{ oldMode: '100644', newMode: '100644', oldId: 'a'.repeat(40), newId: 'b'.repeat(40) },
};
const entry = {
  step: 'price',
  case: 'a',
  owner: 'carol',
  since: '2026-01-01',
  until: '2026-01-05',
  reason: 'it wavers',
};
const nothing = { same: [], removed: [], changed: [], added: [] };
const seen: OracleInput = {
  files: [file],
  dependencies: ['package.json'],
  change: { ...nothing, removed: [caseOf('gone', 5)], changed: [{ ...caseOf('softer', 6), was: caseOf('softer', 5) }] },
  broken: [{ step: 'price', name: 'broken', because: 'got 6' }],
  quarantined: [entry],
};
const verdictOn = (input: OracleInput): Verdict => allOf('gate', [judgeOracle(input), green]);
const after = (input: OracleInput, named = namedIn(verdictOn(seen)) ?? []): Verdict =>
  acceptNamed(verdictOn(input), { by: 'bob', named }, (because) => `less was accepted; ${because}`);

test('5 what was named when somebody accepted it is covered, also where there is less of it by now', () => {
  expect(after(seen)).toMatchObject({ passed: true });
  expect(namedIn(after(seen))).toEqual([]);
  expect(after({ ...seen, quarantined: [], broken: [] })).toMatchObject({ passed: true });
  expect(after({ ...seen, broken: [{ step: 'price', name: 'broken', because: 'got 7' }] })).toMatchObject({
    passed: true,
  });
});

test.each<[string, Partial<OracleInput>]>([
  ['one more case is gone', { change: { ...nothing, removed: [caseOf('gone', 5), caseOf('gone later', 5)] } }],
  ['the case that is gone says something else by now', { change: { ...nothing, removed: [caseOf('gone', 4)] } }],
  [
    'the changed case is changed otherwise',
    { change: { ...nothing, changed: [{ ...caseOf('softer', 7), was: caseOf('softer', 5) }] } },
  ],
  [
    'the changed case was stricter on base',
    { change: { ...nothing, changed: [{ ...caseOf('softer', 6), was: caseOf('softer', 4) }] } },
  ],
  ['one more case is broken', { broken: [{ step: 'price', name: 'another', because: 'got 6' }] }],
  ['a case is in quarantine for longer', { quarantined: [{ ...entry, until: '2026-01-06' }] }],
  ['the file says something else', { files: [{ ...file, newId: 'c'.repeat(40) }] }],
  ['the file replaces something else', { files: [{ ...file, oldId: 'c'.repeat(40) }] }],
  ['the file is a link', { files: [{ ...file, newMode: '120000' }] }],
  ['one more file is changed', { files: [file, { ...file, path: 'evals/reply.yml' }] }],
  ['other dependencies are decided', { dependencies: ['package.json', 'package-lock.json'] }],
])('5 an acceptance does not cover that %s', (_, change) => {
  const verdict = after({ ...seen, ...change });
  expect(verdict).toMatchObject({ passed: false, held: 'waits' });
  const [oracle] = verdict.children ?? [];
  expect(oracle?.because).toMatch(/^less was accepted; it changes what it is judged by/);
  expect(oracle?.children?.filter(({ passed }) => !passed)).toHaveLength(1);
});

test('5 an older acceptance, which kept nothing of what was named, covers nothing', () => {
  expect(after(seen, [])).toMatchObject({ passed: false, held: 'waits' });
});

test('5 of an older judgement, which names nothing singly, nothing is known to be accepted', () => {
  const old = { name: 'oracle', passed: false, held: 'waits', because: 'it changes what it is judged by' } as const;
  for (const children of [undefined, [], [{ ...old, name: 'price: gone' }]]) {
    const verdict = allOf('gate', [{ ...old, ...(children && { children }) }, green]);
    expect(namedIn(verdict)).toBeNull();
    expect(acceptNamed(verdict, { by: 'bob', named: [] }, () => '')).toMatchObject({ passed: false });
  }
  expect(namedIn(allOf('gate', [green]))).toEqual([]);
});

test('5 what is accepted one by one is what the check shows; the rest is counted and accepted together', () => {
  const of = (count: number, name = 'gone'): OracleInput => ({
    ...seen,
    change: { ...nothing, removed: Array.from({ length: count }, (_, i) => caseOf(`${name} ${i}`, i)) },
  });
  for (const name of ['gone', 'a long name '.repeat(40)]) {
    const many = verdictOn(of(3000, name));
    const named = namedIn(many) ?? [];
    const check = tellChecks(many).find((one) => one.name === 'corrigible/oracle');
    const shown = fitSummary(check?.summary ?? '');
    const children = many.children?.[0]?.children ?? [];
    expect(named).toHaveLength(children.length);
    for (const { because } of children) expect(shown).toContain(because);
    expect(shown.match(/^ {2}- •/gm)).toHaveLength(children.length);
    expect(children.findIndex(({ name: path }) => path === file.path)).toBeLessThan(4);
    expect(children.at(-1)?.because).toMatch(/^(\d+) more such findings.*: \1 cases that are gone or changed\. /);
    expect(after(of(3000, name), named)).toMatchObject({ passed: true });
    expect(after(of(3001, name), named)).toMatchObject({ passed: false });
  }
});

test('5 what no file shows is named before files, however many there are, and of what is left out each kind is counted', () => {
  const files = Array.from({ length: 200 }, (_, i) => ({ ...file, path: `evals/${i}.yml` }));
  const broken = Array.from({ length: 5 }, (_, i) => ({ step: 'price', name: `broken ${i}`, because: 'got 6' }));
  const [oracle] = verdictOn({ ...seen, files, broken }).children ?? [];
  const names = (oracle?.children ?? []).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...broken.map(({ name }) => `price: ${name}`), 'price: a']));
  expect(oracle?.children?.at(-1)?.because).toContain('119 more such findings');
  expect(oracle?.children?.at(-1)?.because).toContain('117 files, 2 cases that are gone or changed');
  const all = Array.from({ length: 100 }, (_, i) => ({ step: 'price', name: `broken ${i}`, because: 'got 6' }));
  const [wrecked] = verdictOn({ ...seen, broken: all }).children ?? [];
  expect(wrecked?.children?.at(-1)?.because).toContain(
    ': 11 cases that were green, 1 case in quarantine, 1 file, 2 cases that are gone or changed.',
  );
});
