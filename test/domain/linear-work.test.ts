import { expect, test, vi } from 'vitest';
import { stripHidden } from '../../src/domain/hidden-text.ts';
import { replaceLinks } from '../../src/domain/markdown.ts';

const native = { charAt: String.prototype.charAt, indexOf: String.prototype.indexOf };

/** How many characters are looked at, one by one or in search of another. */
function workOf(read: () => unknown): number {
  let work = 0;
  const charAt = vi.spyOn(String.prototype, 'charAt').mockImplementation(function (this: string, at: number) {
    work++;
    return native.charAt.call(this, at);
  });
  const indexOf = vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, wanted, from = 0) {
    const found = native.indexOf.call(this, wanted, from);
    work += Math.max(0, found === -1 ? this.length - from : found - from) + 1;
    return found;
  });
  try {
    read();
  } finally {
    charAt.mockRestore();
    indexOf.mockRestore();
  }
  return work;
}

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'what is hidden': stripHidden,
  links: (text) => replaceLinks(text, { imagesOnly: false, overLines: false }, (_, label) => label),
};
const repeated = [
  ...[
    '<a ',
    '<a x',
    '<a x="',
    "<a x='",
    '<a x="\'',
    '\n<div ',
    '<div\n\n',
    '<rp>',
    '<!',
    '<!--',
    '<details>',
    '</details>',
  ],
  ...[
    '![',
    '[',
    '](',
    '](<',
    '![](a "',
    "![](a '",
    '[](a (',
    '[](\\',
    '[a]: b "\n',
    '[a]: b (\n',
    '[a]:\n',
    '[\n',
    '> [',
    '[a\n',
  ],
  ...['` ', '`` `', '[^1]: ', '[^1]\n', '$\\kern$ ', '\\', '<', '>', '- '],
];
/** Openings and as many closings. */
const nested = [
  ['[', ']'],
  ['![', '](a)'],
  ['[', '](a)'],
  ['<details>', '</details>'],
  ['<im', '<img>g>'],
  ['$', '\\kern$'],
  ['[a](b "', '")'],
  ['[x]: y\n![', ']'],
] as const;
const texts: readonly (readonly [string, (times: number) => string])[] = [
  ...repeated.map((part) => [part, (times: number) => part.repeat(times)] as const),
  ...nested.map(
    ([open, close]) => [open + close, (times: number) => open.repeat(times) + close.repeat(times)] as const,
  ),
  ['<a and a long word', (times) => `<a ${'x'.repeat(times)}`],
];

test.each(Object.entries(readers))('ten times the text is at most twenty times the work: %s', (_, read) => {
  const much = texts.flatMap(([what, textOf]) => {
    const [few, many] = [200, 2000].map((times) => workOf(() => read(textOf(times)))) as [number, number];
    return many > 20 * few + 1000 ? [`${JSON.stringify(what)}: ${few}, ${many}`] : [];
  });
  expect(much).toEqual([]);
});
