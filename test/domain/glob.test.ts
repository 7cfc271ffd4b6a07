import { expect, test } from 'vitest';
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
