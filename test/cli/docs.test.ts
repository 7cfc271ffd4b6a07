import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const pages = ['README.md', 'rubrics/README.md', ...(await readdir(join(ROOT, 'docs'))).map((name) => `docs/${name}`)];
const texts = new Map(
  await Promise.all(pages.map(async (page) => [page, await readFile(join(ROOT, page), 'utf8')] as const)),
);

/** The anchors GitHub gives to a page's headings. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replace(/ /g, '-'),
  );

test('every link between the pages leads somewhere', () => {
  const broken = [...texts].flatMap(([page, text]) =>
    [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      const there = existsSync(join(ROOT, file));
      const known = anchor === undefined || anchorsOf(texts.get(file) ?? '').includes(anchor);
      return there && known ? [] : [`${page}: ${link}`];
    }),
  );
  expect(broken).toEqual([]);
});

test('the README is short, and what it tells to run is there', async () => {
  const readme = texts.get('README.md') ?? '';
  expect(readme.split('\n').length).toBeLessThanOrEqual(120);
  for (const [, command = ''] of readme.matchAll(/\b(bin\/[a-z]+)/g)) expect(existsSync(join(ROOT, command))).toBe(true);
  const main = await readFile(join(ROOT, 'src/cli/main.ts'), 'utf8');
  for (const [, command = ''] of readme.matchAll(/bin\/corrigible ([a-z]+)/g))
    expect(main).toContain(command === 'try' ? 'tryHere' : command);
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  expect(scripts.start).toBe('bin/start');
});
