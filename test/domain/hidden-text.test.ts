import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stripHidden } from '../../src/domain/hidden-text.ts';

test.each([
  ['a comment', 'a<!-- words -->b', 'ab', 'comment'],
  ['a declaration', 'a<!DOCTYPE words>b', 'ab', 'comment'],
  ['an instruction', 'a<?words ?>b', 'ab', 'comment'],
  ['what is collapsed', 'a<details><summary>s</summary>words</details>b', 'ab', 'collapsed'],
  ['a data link', 'a data:text/html,words b', 'a  b', 'data-link'],
  ['the text of an image', 'a![words](x)b', 'ab', 'alt-text'],
  ['the text of an image in HTML', 'a<img alt="words">b', 'ab', 'alt-text'],
  ['an attribute', 'a<a title="words">b</a>', 'a<a>b</a>', 'attribute'],
  ['a definition of a link', '[//]: # (words)\nb', '\nb', 'reference'],
  ['a title of a link', '[a]: http://x "words"\nb', '\nb', 'reference'],
  ['a footnote to which nothing leads', '[^1]: words\nb', '\nb', 'reference'],
  ['what stands behind a fence', '```json words\n{}\n```', '```json\n{}\n```', 'code-fence'],
  ['a language that is none', '~~~words,and,more\nx\n~~~', '~~~\nx\n~~~', 'code-fence'],
  ['a formula that draws nothing', 'a$\\phantom{words}$b', 'ab', 'formula'],
  ['tag characters', 'a\u{E0077}\u{E006F}b', 'ab', 'tag-characters'],
  ['a change of direction', 'a\u202Eb', 'ab', 'bidi'],
  ['what has no width', 'a\u200B\u3164\u034Fb', 'ab', 'zero-width'],
  ['control characters', 'a\u0008\u007Fb', 'ab', 'control'],
])('what nobody sees on the page is taken out and listed: %s', (_, text, visible, what) => {
  const stripped = stripHidden(text);
  expect(stripped.visible).toBe(visible);
  expect(stripped.hidden).toEqual([{ what, text: expect.any(String) }]);
});

test.each([
  'a < b and c > d',
  '<br/> <b>x</b> <br />',
  '```js\ncode\n```',
  '``` a`b` c',
  '[Step]: fetch it now',
  'from $5 to $6',
  'a[^1]\n\n[^1]: seen',
  '👩‍👩‍👧'.replaceAll('\u200d', ''),
])('what is seen stays: %j', (text) => {
  expect(stripHidden(text)).toEqual({ visible: text, hidden: [] });
});

test('stripping twice is as once', () => {
  const signs = [
    '<!--',
    '-->',
    '<a ',
    '>',
    '[a]: b',
    '\n',
    '```',
    ' x',
    '~~~',
    '$',
    '\\phantom',
    '[^1]',
    ':',
    '<img',
    '![',
    '](',
    ')',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...signs), fc.string({ maxLength: 4 })), { maxLength: 20 }),
      (parts) => {
        const { visible } = stripHidden(parts.join(''));
        expect(stripHidden(visible)).toEqual({ visible, hidden: [] });
      },
    ),
    { numRuns: 500 },
  );
});
