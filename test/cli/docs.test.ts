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
  for (const [, command = ''] of readme.matchAll(/\b(bin\/[a-z]+)/g))
    expect(existsSync(join(ROOT, command))).toBe(true);
  const main = await readFile(join(ROOT, 'src/cli/main.ts'), 'utf8');
  for (const [, command = ''] of readme.matchAll(/bin\/corrigible ([a-z]+)/g))
    expect(main).toContain(command === 'try' ? 'tryHere' : command);
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  expect(scripts.start).toBe('bin/start');
});

test('the design names every file of the loop, every fact, every stage and every dependency', async () => {
  const design = texts.get('docs/design.md') ?? '';
  const read = (path: string) => readFile(join(ROOT, path), 'utf8');
  const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);
  const files = (await readdir(join(ROOT, 'src'))).filter((name) => name.endsWith('.ts'));
  const facts = all(await read('src/domain/fact.ts'), /\bkind: '([a-z-]+)'/g);
  const stages = all(await read('src/domain/stage.ts'), /readonly name: '([a-z]+)'/g);
  const { dependencies } = JSON.parse(await read('package.json'));
  expect(facts.length).toBeGreaterThan(20);
  expect(stages.length).toBeGreaterThan(8);
  expect(files.filter((name) => !design.includes(`  ${name} `))).toEqual([]);
  const named = [...facts, ...stages, ...Object.keys(dependencies)];
  expect(named.filter((name) => !design.includes(`\`${name}\``))).toEqual([]);
});

test('the list of what is not built holds nothing that is', async () => {
  const design = texts.get('docs/design.md') ?? '';
  const missing = design.slice(design.indexOf('## Not built yet'));
  const commands = (await readdir(join(ROOT, 'src/cli'))).filter((name) => name.endsWith('.ts'));
  for (const name of commands) expect(missing).not.toMatch(new RegExp(`\`${name.slice(0, -3)}\\b`));
});
