import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, yes } from '../support/world.ts';

const BROKEN = 'The lamp\uFFFD\uD800 costs \u0000 nine\uDC00';
const bodies: readonly (readonly [string, string])[] = [
  ['as long as GitHub takes', 'wrong '.repeat(10_922)],
  ['one emoji', '\u{1F622}'],
  ['Arabic', 'المصباح يكلف تسعة وليس خمسة'],
  ['broken UTF-8', BROKEN],
  ['a document that does not end', '```json corrigible-rejection\n{"version": 1'],
];

test('odd rejections go through store, queue and log of the whole app, and are each answered with one question', () =>
  inWorld({}, async (world) => {
    for (const [name, body] of bodies) {
      const issue = await world.reject({ title: `Odd: ${body.slice(0, 40).trim()}`, body });
      const said = await world.said(issue);
      expect(
        said.filter((text) => text.startsWith('@rita')),
        name,
      ).toHaveLength(1);
      expect(await world.status(issue), name).toBe('**Corrigible**\n\nWaiting for an answer from rita.');
    }
    const odd = /"level":"error"/;
    expect(world.logs.filter((line) => odd.test(line))).toEqual([]);
  }));

test('broken words in commands and in the spec are told or kept, and nothing breaks', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.comment(issue, `/hint ${BROKEN} config/fetch.json:1`, 'bob');
    await world.editSpec(issue, (spec) => Object.assign(spec, { observed: BROKEN, answers: yes }));
    expect(await world.status(issue)).toMatch(/\*\*Ready:\*\*|\*\*not ready\*\*/);
    await world.comment(issue, `/decline ${BROKEN}`, 'bob');
    expect(await world.status(issue)).toContain('bob decided so');
    expect(world.logs.filter((line) => /"level":"error"/.test(line))).toEqual([]);
  }));
