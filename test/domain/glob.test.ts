import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answersOf } from '../../src/domain/case-files.ts';
import { Configuration } from '../../src/domain/configuration.ts';
import { globMatcher, globProblem } from '../../src/domain/glob.ts';
import { judgeIntegrity, oracleGlobs } from '../../src/domain/integrity.ts';

test.each([
  ['src/**', ['src/a.ts', 'src/.env', 'src/a/b/.c/d', 'src'], ['srcs/a', 'a/src/b', 'SRC/a']],
  ['**', ['a', '.a', 'a/.b/c', 'a\nb'], []],
  ['**/a.ts', ['a.ts', 'x/a.ts', '.x/y/a.ts'], ['xa.ts', 'a.ts/b']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb', 'a/b/c']],
  ['a/**/**/b/**', ['a/b', 'a/x/b/c/d'], ['a/c']],
  ['**/.git*', ['.gitignore', 'a/.git', 'a/b/.gitmodules'], ['a.git', '.git/config']],
  ['*', ['a', '.a'], ['', 'a/b']],
  ['a/*/c', ['a/b/c', 'a/.b/c'], ['a//c', 'a/c', 'a/b/b/c']],
  ['*.test.*', ['a.test.ts', '.test.'], ['a/b.test.ts', 'test.ts']],
  ['a?.ts', ['ab.ts', 'a..ts', 'aß.ts', 'a😀.ts'], ['a.ts', 'a/.ts', 'abc.ts']],
  [
    'app/(shop)/+page.a$^',
    ['app/(shop)/+page.a$^'],
    ['app/shop/+page.a$^', 'app/(shop)/page.a$^', 'app/(shop)/+pagexa$^'],
  ],
  ['a.b', ['a.b'], ['axb']],
  ['$&/**', ['$&/x'], ['x']],
])('%s means what it says', (glob, meant, others) => {
  const matches = globMatcher([glob]);
  expect(globProblem(glob)).toBe(null);
  expect(meant.filter((path) => !matches(path))).toEqual([]);
  expect(others.filter(matches)).toEqual([]);
});

test('any of several globs will do, none means nothing, and letters may be taken as equal', () => {
  expect(globMatcher(['a', 'b/*'])('b/c')).toBe(true);
  expect(globMatcher([])('a')).toBe(false);
  expect(globMatcher(['Evals/**'], true)('EVALS/a')).toBe(true);
});

const refused = [
  `{${'*,a*,*a*,*a*a*'.repeat(5)}}b`,
  'src/{a,b}/**',
  'src/[ab].ts',
  '+(*a)b',
  '@(a)',
  '!(a)',
  '?(a)',
  '*(a)',
  'a|b',
  '(a|b)',
  String.raw`a\*b`,
  '!src/**',
  '*a*a*b',
  'src/**.ts',
  'a***',
  './src/**',
  'src/',
  'a//b',
  'a/'.repeat(100).concat('b'),
];

test.each(refused)('the configuration refuses the glob %s in a plain sentence', (glob) => {
  const of = (globs: { inputs?: string; paths?: string; private?: string }) => ({
    version: 1,
    steps: [{ name: 'a', run: 'x', inputs: [globs.inputs ?? '**'], cases: 'evals/a.yml' }],
    private: [globs.private ?? 'secret/**'],
    changes: { all: { step: 'a', paths: [globs.paths ?? '**'] } },
  });
  expect(Configuration.safeParse(of({})).success).toBe(true);
  for (const place of ['inputs', 'paths', 'private'] as const) {
    const parsed = Configuration.safeParse(of({ [place]: glob }));
    expect(parsed.error?.issues[0]?.message, place).toMatch(/^(?:a glob may|\*\* may only) /);
    expect(parsed.error?.issues[0]?.path).toContain(place);
  }
});

test('a path that is no glob holds no wildcard', () => {
  for (const cases of ['evals/*.yml', 'evals/?.yml'])
    expect(
      Configuration.safeParse({
        version: 1,
        steps: [{ name: 'a', run: 'x', inputs: ['**'], cases }],
        changes: {},
      }).success,
    ).toBe(false);
});

test.each(['app/(shop)/cases', 'app/[id]/cases', 'app/{a,b}/cases', 'app/+(a)/cases', '!evals/cases'])(
  'the oracle holds the cases in a folder of an odd name: %s',
  (folder) => {
    const configuration = Configuration.parse({
      version: 1,
      steps: [{ name: 'a', run: 'x', inputs: ['**'], cases: `${folder}.yml` }],
      tickets: `${folder}-tickets`,
      changes: { all: { step: 'a', paths: ['**'] } },
    });
    for (const path of [`${folder}.yml`, `${folder}/rejection-1.yml`, `${folder}-tickets/T-1.json`]) {
      const change = { path, status: 'modified', oldMode: '100644', newMode: '100644', added: 1, removed: 1 } as const;
      const { children } = judgeIntegrity({
        changes: [change],
        paths: ['**'],
        oracle: oracleGlobs(configuration),
        limits: { lines: 10, files: 10 },
        diff: '',
      });
      expect(
        children?.filter((child) => !child.passed).map((child) => child.name),
        path,
      ).toEqual(['oracle']);
    }
  },
);

const paths = (path: string) => ({
  version: 1,
  steps: [{ name: 'a', run: 'x', inputs: ['x'], cases: `${path}.yml` }],
  rubrics: path,
  tickets: path,
  changes: {},
});

test('whatever path the configuration accepts, what lies below it is found by the globs that are made of it', () => {
  const part = fc.oneof(
    fc.constantFrom('', '.', 'tickets', '.hidden', 'a b', '[x]', '!', '$^', '\\', 'yml', '.yml'),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  let accepted = 0;
  const holds = (one: string) => {
    const parsed = Configuration.safeParse(paths(one));
    if (!parsed.success) return;
    accepted += 1;
    const isOracle = globMatcher(oracleGlobs(parsed.data), true);
    const isAnswer = globMatcher(answersOf(parsed.data));
    const below = posix.join(one, 'of', 'a.json');
    const added = posix.normalize(`${posix.join(`${one}.yml`).slice(0, -4)}/rejection-1.yml`);
    expect([isOracle(below), isAnswer(below), isOracle(added), isAnswer(added)], one).toEqual([true, true, true, true]);
  };
  fc.assert(fc.property(path, holds), { numRuns: 2000 });
  expect(accepted).toBeGreaterThan(200);
});

test.each([
  ['tickets/', 'write “tickets” instead'],
  ['./tickets', 'write “tickets” instead'],
  ['a//tickets/.', 'write “a/tickets” instead'],
  ['.', 'name a folder or a file of the repository'],
])('a path such as %s is refused, with the right spelling', (path, words) => {
  const problems = Configuration.safeParse(paths(path)).error?.issues ?? [];
  expect(problems.map((one) => one.path.join('.'))).toEqual(expect.arrayContaining(['rubrics', 'tickets']));
  for (const { message } of problems.filter((one) => one.path[0] !== 'steps'))
    expect(message).toBe(`a path may not have an empty part or a part that is only a dot; ${words}`);
});

test('a file of cases that is only an extension is refused', () => {
  const problems = Configuration.safeParse({ ...paths('evals/'), rubrics: 'r', tickets: 't' }).error?.issues ?? [];
  expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('a name before its extension')]);
});
