import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import { inStore } from './support/in-store.ts';

const posted = (comment: number): Fact => ({ kind: 'status-posted', comment });
const opened = (pullRequest: number): Fact => ({
  kind: 'pull-request-opened',
  pullRequest,
  branch: 'b',
  base: '1',
  head: '2',
  tree: '3',
  solo: false,
});

test('facts come back oldest first, with their places and times', () =>
  inStore(async ({ store: { ledger } }) => {
    expect(await ledger.append('o/r#7', 0, [posted(1), posted(2)])).toBe(true);
    expect(await ledger.append('o/r#7', 2, [posted(3)])).toBe(true);
    const facts = await ledger.read('o/r#7');
    expect(facts.map(({ seq, fact }) => [seq, fact])).toEqual([
      [1, posted(1)],
      [2, posted(2)],
      [3, posted(3)],
    ]);
    expect(facts[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(await ledger.read('o/r#8')).toEqual([]);
  }));

test('an append on what somebody else has continued writes nothing at all', () =>
  inStore(async ({ store: { ledger } }) => {
    await ledger.append('o/r#7', 0, [posted(1)]);
    expect(await ledger.append('o/r#7', 0, [posted(8), posted(9)])).toBe(false);
    expect(await ledger.append('o/r#7', 2, [posted(9)])).toBe(false);
    expect(await ledger.read('o/r#7')).toHaveLength(1);
  }));

test('of twenty writers after the same fact one wins each time, and the chain holds', () =>
  inStore(async ({ store: { ledger } }) => {
    for (let round = 0; round < 3; round += 1) {
      const after = (await ledger.read('o/r#7')).length;
      const writers = Array.from({ length: 20 }, (_, n) => ledger.append('o/r#7', after, [posted(n), posted(n)]));
      expect((await Promise.all(writers)).filter(Boolean)).toHaveLength(1);
    }
    const facts = await ledger.read('o/r#7');
    expect(facts.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const at of [0, 2, 4]) expect(facts[at]?.fact).toEqual(facts[at + 1]?.fact);
    expect(await ledger.verifyChain('o/r#7')).toBe(null);
  }));

test('whatever text a fact carries, it is kept and its hash holds', () =>
  inStore(async ({ store: { ledger } }) => {
    let after = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        async (text, number) => {
          const fact: Fact = { kind: 'stopped', reason: { code: text, detail: `${number}` } };
          expect(await ledger.append('o/r#7', after, [fact])).toBe(true);
          after += 1;
          expect((await ledger.read('o/r#7')).at(-1)?.fact).toEqual(fact);
        },
      ),
      {
        numRuns: 60,
        examples: [
          ['\u0000', -0],
          ['\ud800', 1e308],
          ['"\\u0000', 0.1],
        ],
      },
    );
    expect(await ledger.verifyChain('o/r#7')).toBe(null);
  }));

test('the database itself refuses to change or remove a fact', () =>
  inStore(async ({ store: { ledger, pool } }) => {
    await ledger.append('o/r#7', 0, [posted(1)]);
    for (const change of [
      'update corrigible.fact set seq = 2',
      'delete from corrigible.fact',
      'truncate corrigible.fact',
    ]) {
      await expect(pool.query(change)).rejects.toThrow('only ever appended');
    }
    expect(await ledger.read('o/r#7')).toHaveLength(1);
  }));

test.each([
  ['its content', `update corrigible.fact set fact = '{"kind":"status-posted","comment":9}' where seq = 2`, 2],
  ['its time', `update corrigible.fact set at = at + interval '1 ms' where seq = 2`, 2],
  ['its place', 'delete from corrigible.fact where seq = 2', 2],
  ['its rejection', `update corrigible.fact set rejection = 'o/r#8' where rejection = 'o/r#7'`, 1],
  ['its hash', `update corrigible.fact set hash = 'x' where seq = 3`, 3],
])('who goes around the database and changes %s of a fact is found out', (_, tampering, at) =>
  inStore(async ({ store: { ledger, pool } }) => {
    await ledger.append('o/r#7', 0, [posted(1), posted(2), posted(3)]);
    await pool.query(`alter table corrigible.fact disable trigger all; ${tampering}`);
    expect(await ledger.verifyChain(tampering.includes('o/r#8') ? 'o/r#8' : 'o/r#7')).toBe(at);
  }),
);

test('a rejection is found by its pull request, within its own repository', () =>
  inStore(async ({ store: { ledger } }) => {
    await ledger.append('o/r#7', 0, [posted(1), opened(100)]);
    await ledger.append('o/other#9', 0, [opened(100)]);
    expect(await ledger.ofPullRequest('o/r', 100)).toBe('o/r#7');
    expect(await ledger.ofPullRequest('o/other', 100)).toBe('o/other#9');
    expect(await ledger.ofPullRequest('o/r', 101)).toBe(undefined);
  }));

test('the rejections of a repository are listed newest first', () =>
  inStore(async ({ store: { ledger, pool } }) => {
    for (const key of ['o/r#1', 'o/r#3', 'o/r#2', 'o/rr#4']) {
      await ledger.append(key, 0, [posted(1)]);
      await pool.query('select pg_sleep(0.005)');
    }
    await ledger.append('o/r#1', 1, [posted(2)]);
    expect(await ledger.ofRepository('o/r')).toEqual(['o/r#2', 'o/r#3', 'o/r#1']);
  }));
