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
  ['a footnote to which nothing leads', '[^1]: words\n\nb', '\n\nb', 'reference'],
  ['a footnote that goes on in the next line', '[^1]: words\nwords', '\n', 'reference'],
  ['what stands behind a fence', '```json words\n{}\n```', '```json\n{}\n```', 'code-fence'],
  ['what stands behind a fence in a quote', '> - ```js words\n> x', '> - ```js\n> x', 'code-fence'],
  ['a language that is none', '~~~words,and,more\nx\n~~~', '~~~\nx\n~~~', 'code-fence'],
  ['a formula that draws nothing', 'a$\\phantom{words}$b', 'ab', 'formula'],
  ['tag characters', 'a\u{E0077}\u{E006F}b', 'ab', 'tag-characters'],
  ['a change of direction', 'a\u202Eb', 'ab', 'bidi'],
  ['what has no width', 'a\u200B\u3164\u034Fb', 'ab', 'zero-width'],
  ['control characters', 'a\u0008\u007Fb', 'ab', 'control'],
  ['collapsed in collapsed', 'a<details>x<details>y</details>words</details>b', 'ab', 'collapsed'],
  ['collapsed around code', 'a<details>\n\n```\n</details>\n```\nwords</details>b', 'ab', 'collapsed'],
  ['collapsed around inline code', 'a<details>\n\n`</details>` words</details>b', 'ab', 'collapsed'],
  ['collapsed around a table', 'a<details><table></details>words</table></details>b', 'ab', 'collapsed'],
  ['a title on the next line', '[x]: /u\n"words"\nb', '\nb', 'reference'],
  ['an address on the next line', "[x]:\n/u\n'words'\nb", '\nb', 'reference'],
  ['a definition in a quote', '> [x]: /u "words"\nb', '> \nb', 'reference'],
  ['a title in the next line of a quote', '> [x]: /u\n> (words)\nb', '> \nb', 'reference'],
  ['a definition in a list', '- 1. [x]: /u "words"\nb', '- 1. \nb', 'reference'],
  ['a long label', `[${'words '.repeat(60)}]: /u\nb`, '\nb', 'reference'],
  ['a label of two lines', '[words\nwords]: /u\nb', '\nb', 'reference'],
  ['a title with a bracket', 'a![](/u "x) words")b', 'ab', 'alt-text'],
  ['brackets in the text of an image', 'a![x [y] words](/u)b', 'ab', 'alt-text'],
  ['the title of a link', '[a](/u "words")b', '[a](/u)b', 'attribute'],
  ['brackets for what draws no ruby', '<ruby>a<rp>words</rp></ruby>', '<ruby>a</rp></ruby>', 'collapsed'],
  ['an attribute with a sign', 'a<img alt="x > words">b', 'ab', 'alt-text'],
  ['a tag that does not end', 'a\n<div words\n\nb', 'a\n<div\n\nb', 'attribute'],
  ['a name that is none', 'a<words-and-words>b', 'ab', 'attribute'],
  ['a declaration with a tag', 'a<!X words <b>b', 'ab', 'comment'],
  ['a note that goes on', '[^1]: words\n\n    words\n\nb', '\n\n\n\nb', 'reference'],
  ['a note named in code alone', '`[^1]`\n\n[^1]: words', '`[^1]`\n\n', 'reference'],
  ['a formula of several lines', 'a$$\n\\phantom{words}\n$$b', 'ab', 'formula'],
])('what nobody sees on the page is taken out and listed: %s', (_, text, visible, what) => {
  const stripped = stripHidden(text);
  expect(stripped.visible).toBe(visible);
  expect(new Set(stripped.hidden.map((one) => one.what))).toEqual(new Set([what]));
  expect(stripHidden(visible)).toEqual({ visible, hidden: [] });
});

test('an image that names a definition is one', () => {
  const { visible, hidden } = stripHidden('a![words][x]b![x]c![words][]\n\n[x]: /u\n[words]: /v');
  expect(visible).toBe('abc\n\n\n');
  expect(hidden.map(({ what }) => what)).toEqual(['reference', 'reference', 'alt-text', 'alt-text', 'alt-text']);
});

test('no character that draws nothing is left', () => {
  const left: string[] = [];
  for (let code = 0; code < 0x110000; code++) {
    const sign = String.fromCodePoint(code);
    if (/\p{Default_Ignorable_Code_Point}/u.test(sign) && stripHidden(`a${sign}b`).visible !== 'ab')
      left.push(code.toString(16));
  }
  expect(left).toEqual([]);
});

test.each([
  'a < b and c > d',
  '<br/> <b>x</b> <br />',
  '```js\ncode\n```',
  '``` a`b` c',
  '[Step]: fetch it now',
  'from $5 to $6',
  'a[^1]\n\n[^1]: seen',
  '[Note]: the reply is wrong',
  'see [here](/u) and ![x] and [y](/z)',
  'a\n\n```\n<b>x</b>\n```',
  '❤\ufe0f',
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
