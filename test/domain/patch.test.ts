import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyHunks } from '../../src/domain/patch/apply-hunks.ts';
import { parsePatch, pathsOfPatch } from '../../src/domain/patch/parse-patch.ts';

const patchOf = (body: string): string => `*** Begin Patch\n${body}\n*** End Patch`;

/** The text of `a.py` after a patch of it, or what is wrong with the patch. */
function patched(text: string, body: string): string {
  const files = parsePatch(patchOf(`*** Update File: a.py\n${body}`));
  if ('problem' in files) return `ERROR ${files.problem}`;
  const [file] = files;
  const after = file?.do === 'update' ? applyHunks(file.path, text, file.hunks) : '';
  return typeof after === 'string' ? after : `ERROR ${after.problem}`;
}

const CODE = `class One:
    def go(self):
        return 1

class Two:
    def go(self):
        return 1

print("end")
`;

test('a hunk replaces what stands there once', () => {
  expect(patched(CODE, '@@\n class Two:\n-    def go(self):\n+    def go(self, far):')).toBe(
    CODE.replace('class Two:\n    def go(self):', 'class Two:\n    def go(self, far):'),
  );
});

test('what stands there twice is refused with its places, and found below an anchor', () => {
  const hunk = '     def go(self):\n-        return 1\n+        return 2';
  expect(patched(CODE, `@@\n${hunk}`)).toContain(
    'these lines stand there 2 times, in lines 2, 6; add the lines around them',
  );
  expect(patched(CODE, `@@ class Two:\n${hunk}`)).toBe(CODE.replace(/(Two[\s\S]*)return 1/, '$1return 2'));
});

test('several anchors lead inwards', () => {
  expect(patched(CODE, '@@ class Two:\n@@ def go(self):\n-        return 1\n+        return 3')).toBe(
    CODE.replace(/(Two[\s\S]*)return 1/, '$1return 3'),
  );
});

test.each([
  ['an anchor that is not there', '@@ class Three:\n-x', 'no line is “class Three:”'],
  ['an anchor that stands twice', '@@ def go(self):\n+        pass', '“def go(self):” stands there 2 times'],
  ['lines of which none is there', '@@\n-class Three:\n+class Four:', 'no line is “class Three:”'],
  ['two hunks that meet', '@@\n-class Two:\n+class B:\n@@\n-class Two:\n+class C:', 'two hunks meet in line 5'],
  ['an insertion without a place', '@@\n+new', 'needs lines around it'],
  ['a line without a mark', '@@\nclass Two:', 'begins with none of space, - and +'],
  ['a hunk without lines', '@@ class Two:', 'has no lines'],
  ['nothing', '', 'changes nothing'],
])('%s is refused in words', (_, body, because) => {
  expect(patched(CODE, body)).toContain(because);
  expect(patched(CODE, body)).toMatch(/^ERROR /);
});

test('lines that nearly stand there are shown as they do stand there', () => {
  expect(patched(CODE, '@@\n class Two:\n-  def go(self):\n+  def went(self):')).toBe(
    'ERROR a.py: the expected lines do not stand there exactly. What comes nearest:\n5: class Two:\n6:     def go(self):\n. Nothing was changed',
  );
});

test('the end of the file is a place', () => {
  expect(patched(CODE, '@@\n+print("over")\n*** End of File')).toBe(`${CODE}print("over")\n`);
  expect(patched(`${CODE}\nprint("end")\n`, '@@\n-print("end")\n+print("fin")\n*** End of File')).toBe(
    `${CODE}\nprint("fin")\n`,
  );
  expect(patched(CODE, '@@\n-class Two:\n+class Three:\n*** End of File')).toMatch(/^ERROR/);
});

test('line ends stay as they are, and so does a last line without one', () => {
  expect(patched('a\r\nb\r\n', '@@\n-b\n+c\n+d')).toBe('a\r\nc\r\nd\r\n');
  expect(patched('a\nb', '@@\n-b\n+c')).toBe('a\nc');
  expect(patched('a\n', '@@\n-a')).toBe('');
  expect(patched('', '@@\n+a')).toBe('a\n');
});

test('empty lines set hunks and files apart', () => {
  expect(patched(CODE, '\n@@\n-class Two:\n+class B:\n\n@@\n-class One:\n+class A:\n\n')).toBe(
    CODE.replace('One', 'A').replace('Two', 'B'),
  );
});

test('files are added, deleted and moved by name', () => {
  const text = patchOf(
    '*** Add File: b.txt\n+one\n+\n*** Delete File: c.txt\n*** Update File: d.txt\n*** Move to: e.txt',
  );
  expect(parsePatch(text)).toEqual([
    { do: 'add', path: 'b.txt', text: 'one\n\n' },
    { do: 'delete', path: 'c.txt' },
    { do: 'update', path: 'd.txt', to: 'e.txt', hunks: [] },
  ]);
  expect(pathsOfPatch(text)).toEqual(['b.txt', 'c.txt', 'd.txt', 'e.txt']);
});

test.each([
  ['no beginning', '*** Update File: a\n@@\n-a', 'begins with'],
  ['no end', '*** Begin Patch\n*** Delete File: a', 'ends with'],
  ['no file', patchOf(''), 'names no file'],
  ['one file twice', patchOf('*** Delete File: a\n*** Delete File: a'), 'stands twice'],
  ['text before a file', patchOf('hello\n*** Delete File: a'), 'stands before any'],
  ['text below a deletion', patchOf('*** Delete File: a\n-a'), 'nothing may stand below'],
  ['an added line without its mark', patchOf('*** Add File: a\nx'), 'begins with +'],
])('a patch with %s is refused in words', (_, text, because) => {
  expect(parsePatch(text)).toEqual({ problem: expect.stringContaining(because) });
});

test('whatever a model writes is a patch or a problem, and never thrown', () => {
  const line = fc.constantFrom(
    '*** Begin Patch',
    '*** End Patch',
    '*** Update File: a',
    '*** Add File: b',
    '@@',
    '@@ x',
    ' x',
    '-x',
    '+y',
    '',
    '*** End of File',
    '*** Move to: c',
    '*** Delete File: d',
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.array(fc.constantFrom('x', 'y', ''), { maxLength: 6 }),
      (lines, text) => {
        const files = parsePatch(lines.join('\n'));
        if ('problem' in files) return;
        for (const file of files) if (file.do === 'update') applyHunks(file.path, text.join('\n'), file.hunks);
      },
    ),
  );
});

test('a hunk made of any two texts turns the one into the other', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', '', ' c', '-d', '+e', '@@', '***'), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const body = [...before.map((one) => `-${one}`), ...after.map((one) => `+${one}`)].join('\n');
      expect(patched(`${before.join('\n')}\n`, `@@\n${body}`)).toBe(`${after.join('\n')}\n`);
    }),
  );
});
