import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nobody, parseCodeOwners } from '../../src/domain/code-owners.ts';

const means = (pattern: string, path: string): boolean => parseCodeOwners(`${pattern} @x`)(path).people.length === 1;

// The examples of GitHub's own page on code owners come first.
test.each<[pattern: string, meant: readonly string[], others: readonly string[]]>([
  ['*', ['a', 'a/b', '.a/b.c'], []],
  ['*.js', ['a.js', 'x/y/a.js', 'x.js/y'], ['a.jsx', 'a.JS']],
  ['/build/logs/', ['build/logs/a', 'build/logs/a/b'], ['build/logs', 'x/build/logs/a']],
  ['docs/*', ['docs/getting-started.md'], ['docs/build-app/troubleshooting.md', 'x/docs/a', 'docs']],
  ['apps/', ['apps/a', 'x/apps/a/b'], ['apps', 'x/apps']],
  ['/docs/', ['docs/a', 'docs/a/b'], ['x/docs/a']],
  ['**/logs', ['logs', 'build/logs/a', 'deeply/nested/logs'], ['logs.txt']],
  ['foo', ['foo', 'x/foo', 'x/foo/y'], ['foo.txt', 'xfoo']],
  ['/foo', ['foo', 'foo/x/y'], ['x/foo', 'fool']],
  ['foo/bar', ['foo/bar', 'foo/bar/x'], ['x/foo/bar', 'foo/bart']],
  ['/*', ['a'], ['a/b']],
  ['/*/', ['a/b', 'a/b/c'], ['a']],
  ['f*/', ['foo/a', 'x/foo/a'], ['foo', 'bar/a']],
  ['/f*', ['foo', 'foo/a'], ['x/foo']],
  ['foo/*.txt', ['foo/a.txt'], ['foo/a/b.txt', 'x/foo/a.txt']],
  ['foo/*/baz', ['foo/a/baz', 'foo/a/baz/b'], ['foo/baz', 'foo/a/b/baz']],
  ['f?o', ['foo', 'x/f.o'], ['fo', 'fooo', 'f/o']],
  ['foo/**', ['foo/a', 'foo/a/b'], ['foo', 'x/foo/a']],
  ['foo/**/', ['foo/a', 'foo/a/b'], ['foo']],
  ['foo/**/bar', ['foo/bar', 'foo/a/b/bar', 'foo/bar/x'], ['foo/barn', 'x/foo/bar']],
  ['a**b', ['ab', 'axxb', 'x/ab'], ['a/b']],
  [String.raw`with\ blank/`, ['with blank/a'], ['with/a', 'blank/a']],
  [String.raw`f\*o`, ['f*o'], ['foo']],
  ['app/[id]/*.tsx', ['app/[id]/a.tsx'], ['app/i/a.tsx']],
  ['a.(b|c)+$', ['a.(b|c)+$'], ['a.b', 'aXb']],
  ['/', [], ['a', 'a/b']],
  ['a//b', [], ['a/b']],
])('%s means what it means to GitHub', (pattern, meant, others) => {
  expect(meant.filter((path) => !means(pattern, path))).toEqual([]);
  expect(others.filter((path) => means(pattern, path))).toEqual([]);
});

test('the last line that means a path counts, and may take all its owners away', () => {
  const ownersOf = parseCodeOwners('\uFEFF* @all @acme/Team one@two.example # the rest\r\n/apps/\t@octo\n/apps/free\n');
  expect(ownersOf('a')).toEqual({ people: ['all'], teams: ['acme/Team'], addresses: 1 });
  expect(ownersOf('apps/a')).toEqual({ people: ['octo'], teams: [], addresses: 0 });
  expect(ownersOf('apps/free/a')).toEqual(nobody);
});

test.each(['# * @x', '', '   ', '!a @x', String.raw`\#a @x`, '***/a @x', 'a x', 'a @', 'a @x/y/z', 'a @x\u202Ey'])(
  'a line that is none is passed over: %s',
  (line) => {
    const ownersOf = parseCodeOwners(`a @before\n${line}\n`);
    expect(ownersOf('a').people).toEqual(['before']);
  },
);

test('a name that is no login reaches nobody, so nothing of the file can become markup', () => {
  const text = fc.string({ unit: fc.constantFrom(...'@#/\\* \t\nab-_.<>`|[]()é\u202E') });
  fc.assert(
    fc.property(text, fc.string(), (file, path) => {
      const { people, teams } = parseCodeOwners(file)(path);
      for (const name of people) expect(name).toMatch(/^[\w-]+$/);
      for (const team of teams) expect(team).toMatch(/^[\w-]+\/[\w.-]+$/);
    }),
  );
});

/** Every way to read the pattern, tried out: what the quick way is held against. */
function slowly(pattern: string, path: string): boolean {
  const signs = [...pattern];
  const tail = (at: number, rest: string): boolean => {
    if (at === signs.length) return rest === '';
    if (signs[at] !== '*') return rest.startsWith(signs[at] ?? '') && tail(at + 1, rest.slice(1));
    return Array.from({ length: rest.length + 1 }, (_, n) => n).some((n) => tail(at + 1, rest.slice(n)));
  };
  return tail(0, path);
}

test('stars in a part of a path take in what any choice of theirs would', () => {
  const letters = (...of: string[]) => fc.string({ unit: fc.constantFrom(...of), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(letters('a', 'b', '*', 'b'), letters('a', 'b'), (pattern, path) => {
      fc.pre(!pattern.includes('**'));
      expect(means(`/${pattern}`, path)).toBe(slowly(pattern, path));
    }),
  );
});

test('patterns that would make others try for ever are answered', () => {
  const stars = `${'*a'.repeat(2000)}*b`;
  const folders = `${'**/a/'.repeat(2000)}b`;
  const ownersOf = parseCodeOwners(`${stars} @x\n${folders} @y\n`);
  expect(ownersOf('a'.repeat(4000))).toEqual(nobody);
  expect(ownersOf('a/'.repeat(2000))).toEqual(nobody);
  expect(ownersOf(`${'a/'.repeat(2000)}b`).people).toEqual(['y']);
});

test('the largest file that GitHub loads is read', () => {
  const line = `/${'*a'.repeat(60)}b @x\n`;
  const ownersOf = parseCodeOwners(line.repeat((3 * 1024 * 1024) / line.length));
  expect(ownersOf('a'.repeat(250))).toEqual(nobody);
});
