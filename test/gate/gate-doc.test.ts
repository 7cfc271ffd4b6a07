import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { cheats, unseen } from './support/cheats.ts';
import { agentCheats } from './support/cheats-in-app.ts';
import { badSuites, oddPulls, otherCheats, type Proof } from './support/elsewhere.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = await readFile(join(ROOT, 'docs/gate.md'), 'utf8');

/** Rows of the table below a heading, without its head. */
function rowsBelow(heading: string): readonly string[] {
  const part = page.split(/^## /m).find((section) => section.startsWith(`${heading}\n`)) ?? '';
  return part
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
}

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const named = (file: string, test: string): string => `${file}: ${test}`;
const proofRow = ({ way, stops, file, test }: Proof): string =>
  row(way, stops, `${file}: ${test.replace(/^'|'$/g, '')}`);

test('the matrix in the docs has the rows of the tests, each with the check that stops it', () => {
  expect(rowsBelow('A candidate that …')).toEqual([
    ...cheats.map(({ way, check, finding }) =>
      row(
        way,
        `${check}: ${finding}`,
        named('test/gate/hackers.test.ts', `a candidate that ${way} is stopped by “${check}”`),
      ),
    ),
    ...agentCheats.map(({ way, check, finding }) =>
      row(
        way,
        `${check}: ${finding}`,
        named('test/gate/hackers-in-app.test.ts', `an agent that ${way} is stopped by “${check}”`),
      ),
    ),
    ...otherCheats.map(proofRow),
  ]);
});

test('so have what no gate sees, and what is said of suites that misbehave and of odd moments', () => {
  expect(rowsBelow('What no gate sees').map((line) => line.split(' | ')[0])).toEqual(
    unseen.map(({ way }) => `| ${way}`),
  );
  expect(rowsBelow('A suite that …')).toEqual(badSuites.map(proofRow));
  expect(rowsBelow('A pull request that …')).toEqual(oddPulls.map(proofRow));
});

test('no cell is empty, no way stands twice, and every test that is named is there', async () => {
  const cells = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => line.slice(2, -2).split(' | '));
  expect(cells.filter((cell) => cell.trim() === '')).toEqual([]);
  for (const rows of [cheats, agentCheats, otherCheats, unseen, badSuites, oddPulls]) {
    const ways = rows.map(({ way }) => way);
    expect(new Set(ways).size).toBe(ways.length);
  }
  for (const { file, test: name } of [...otherCheats, ...badSuites, ...oddPulls])
    expect(await readFile(join(ROOT, file), 'utf8'), file).toContain(name);
});
