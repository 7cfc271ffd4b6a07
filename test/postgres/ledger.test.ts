import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import { addSpent } from '../../src/domain/spent.ts';
import { Fenced } from '../../src/ports.ts';
import { inStore } from './support/in-store.ts';
import { until } from './support/until.ts';

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

test('what facts tell was spent is added up by repository and day, with the fact or not at all', () =>
  inStore(async ({ store: { ledger } }) => {
    const ended = (tokens: number, money?: number): Fact => ({
      kind: 'round-failed',
      round: 1,
      reason: { code: 'agent-cannot' },
      spent: { seconds: 1.5, tokens, requests: 2, ...(money !== undefined && { money }) },
    });
    const verdict = { name: 'gate', passed: false, because: '' };
    const judged: Fact = { kind: 'judged', base: '', tree: '', head: null, merge: false, verdict, seconds: 2.25 };
    await ledger.append('o/r#7', 0, [ended(100), judged, posted(1)]);
    await Promise.all([8, 9, 10].map((n) => ledger.append(`o/r#${n}`, 0, [ended(1, 0.25)])));
    expect(await ledger.append('o/r#7', 0, [ended(5000)])).toBe(false);
    await ledger.append('o/other#7', 0, [ended(7)]);
    const facts = await ledger.readAll(['o/r#7', 'o/r#8', 'o/r#9', 'o/r#10']);
    const days = new Set([...facts.values()].flat().map(({ at }) => at.slice(0, 10)));
    const spent = await Promise.all([...days].map((day) => ledger.spentOn('o/r', day)));
    expect(spent.reduce(addSpent)).toEqual({ seconds: 8.25, tokens: 103, requests: 8, money: 0.75 });
    expect(await ledger.spentOn('o/r', '2020-02-29')).toEqual({ seconds: 0, tokens: 0, requests: 0 });
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
  [
    'its content',
    `update corrigible.fact set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where seq = 2`,
    2,
  ],
  ['its kind', `update corrigible.fact set kind = 'thanked' where seq = 2`, 2],
  ['its pull request', 'update corrigible.fact set pull_request = 9 where seq = 2', 2],
  ['its time', `update corrigible.fact set at = at + interval '1 ms' where seq = 2`, 2],
  ['its place', 'delete from corrigible.fact where seq = 2', 2],
  ['its rejection', `update corrigible.fact set rejection = 'o/r#8' where rejection = 'o/r#7'`, 1],
  ['its successors', 'delete from corrigible.fact where seq = 3', 3],
  ['all of its chain', 'delete from corrigible.fact', 1],
  [
    'its order',
    'update corrigible.fact set seq = seq + 10 where seq > 1; update corrigible.fact set seq = 15 - seq where seq > 10',
    2,
  ],
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

test('the rejections of a repository that opened a pull request are listed newest first, so many of them', () =>
  inStore(async ({ store: { ledger, pool } }) => {
    for (const [key, pull] of [
      ['o/r#1', 100],
      ['o/r#2', 101],
      ['o/other#3', 102],
      ['o/r#4', 103],
    ] as const) {
      await ledger.append(key, 0, [posted(1), opened(pull)]);
      await pool.query('select pg_sleep(0.005)');
    }
    await ledger.append('o/r#5', 0, [posted(1)]);
    expect(await ledger.proposedIn('o/r', 2)).toEqual(['o/r#4', 'o/r#2']);
    expect(await ledger.proposedIn('o/r', 9)).toEqual(['o/r#4', 'o/r#2', 'o/r#1']);
    expect(await ledger.proposedIn('o/r2', 9)).toEqual([]);
  }));

const drafted = (fingerprint: string): Fact => ({
  kind: 'draft-posted',
  comment: 1,
  bodyHash: 'b',
  textHash: 't',
  fingerprint,
  rubric: { id: 'r', hash: 'h' },
  change: 'c',
  base: '1',
  by: 'recipe',
});

test('the rejections of a repository that may still move are listed newest first', () =>
  inStore(async ({ store: { ledger, pool } }) => {
    for (const key of ['o/r#1', 'o/r#3', 'o/r#2', 'o/rr#4', 'o/r#5']) {
      await ledger.append(key, 0, [posted(1)]);
      await pool.query('select pg_sleep(0.005)');
    }
    await ledger.append('o/r#1', 1, [posted(2)]);
    await ledger.append('o/r#5', 1, [{ kind: 'declined', reason: { code: 'injection' }, comment: null }]);
    await ledger.append('o/r#5', 2, [posted(2)]);
    expect(await ledger.ofRepository('o/r')).toEqual(['o/r#2', 'o/r#3', 'o/r#1']);
    await ledger.append('o/r#5', 3, [{ kind: 'reopened', what: 'rejection', by: 'rita' }]);
    expect(await ledger.ofRepository('o/r')).toEqual(['o/r#5', 'o/r#2', 'o/r#3', 'o/r#1']);
  }));

test('a rejection is found by what its last draft is about, within its own repository', () =>
  inStore(async ({ store: { ledger, pool } }) => {
    await ledger.append('o/r#7', 0, [drafted('one')]);
    await ledger.append('o/r#8', 0, [drafted('one'), posted(1)]);
    await ledger.append('o/other#9', 0, [drafted('one')]);
    await ledger.append('o/r#7', 1, [posted(1)]);
    expect((await ledger.ofFingerprint('o/r', 'one')).toSorted()).toEqual(['o/r#7', 'o/r#8']);
    await ledger.append('o/r#8', 2, [drafted('two')]);
    expect(await ledger.ofFingerprint('o/r', 'one')).toEqual(['o/r#7']);
    expect(await ledger.ofFingerprint('o/r', 'two')).toEqual(['o/r#8']);
    const { rows } = await pool.query(
      'select distinct fingerprint from corrigible.chain where fingerprint is not null',
    );
    expect(rows).toHaveLength(3);
  }));

test('the facts of several rejections are read in one go', () =>
  inStore(async ({ store: { ledger } }) => {
    await ledger.append('o/r#7', 0, [posted(1), posted(2)]);
    await ledger.append('o/r#8', 0, [posted(3)]);
    const read = await ledger.readAll(['o/r#8', 'o/r#7', 'o/r#9']);
    expect([...read.keys()].toSorted()).toEqual(['o/r#7', 'o/r#8']);
    expect(read.get('o/r#7')).toEqual(await ledger.read('o/r#7'));
    expect(read.get('o/r#8')?.map(({ fact }) => fact)).toEqual([posted(3)]);
  }));

test('who was fenced off writes nothing any more, also when the fence is raised in the middle of an append', () =>
  inStore(async ({ store: { ledger, pool } }) => {
    const take = async (token: number) =>
      pool.query(
        `insert into corrigible.fence (rejection, lane, token, executor) values ('o/r#7', 'run', $1, 'x')
         on conflict (rejection, lane) do update set token = excluded.token`,
        [token],
      );
    const under = (token: number) => ledger.under({ rejection: 'o/r#7', lane: 'run', token });
    await expect(under(1).append('o/r#7', 0, [posted(1)])).rejects.toThrow(Fenced);
    await take(1);
    expect(await under(1).append('o/r#7', 0, [posted(1)])).toBe(true);
    expect(await under(1).append('o/r#7', 0, [posted(2)])).toBe(false);
    await take(2);
    await expect(under(1).append('o/r#7', 1, [posted(2)])).rejects.toThrow(Fenced);
    expect(await under(1).read('o/r#7')).toHaveLength(1);
    expect(await under(2).append('o/r#7', 1, [posted(2)])).toBe(true);

    const client = await pool.connect();
    await client.query("begin; update corrigible.fence set token = 3 where rejection = 'o/r#7'");
    const late = under(2).append('o/r#7', 2, [posted(3)]);
    await until(async () => (await pool.query('select from pg_locks where not granted')).rowCount === 1);
    await client.query('commit');
    client.release();
    await expect(late).rejects.toThrow(Fenced);
    expect(await ledger.read('o/r#7')).toHaveLength(2);
  }));

test('no word of a fact lies in the database, and none opens in another place', () =>
  inStore(async ({ store: { ledger, pool } }) => {
    await ledger.append('o/r#7', 0, [{ kind: 'stopped', reason: { code: 'canary-code', detail: 'canary-detail' } }]);
    await ledger.append('o/r#8', 0, [posted(1)]);
    const { rows } = await pool.query('select encode(sealed, $1) as sealed, f::text as text from corrigible.fact f', [
      'escape',
    ]);
    expect(JSON.stringify(rows)).not.toContain('canary');
    await pool.query(`alter table corrigible.fact disable trigger all;
      update corrigible.fact set sealed = (select sealed from corrigible.fact where rejection = 'o/r#7') where rejection = 'o/r#8'`);
    await expect(ledger.read('o/r#8')).rejects.toThrow();
    expect(await ledger.read('o/r#7')).toHaveLength(1);
  }));

test('who was seen to push a commit is told of nobody else, and of no other repository', () =>
  inStore(async ({ store: { ledger, pool } }) => {
    await ledger.notePush('o/r', 'c1', { login: 'bob', id: 5 });
    await ledger.notePush('o/r', 'c1', { login: 'bob', id: 5 });
    await ledger.notePush('o/r', 'c1', { login: 'carol', id: null });
    const asked = (repo: string, head: string, login: string, id: number | null = null) =>
      ledger.pushed(repo, head, { login, id });
    expect(await asked('o/r', 'c1', 'renamed', 5)).toBe(true);
    expect(await asked('o/r', 'c1', 'Carol', 6)).toBe(true);
    expect(await asked('o/r', 'c1', 'bob')).toBe(true);
    expect(await asked('o/r', 'c1', 'carol')).toBe(true);
    expect(await asked('o/r', 'c1', 'rita')).toBe(false);
    expect(await asked('o/r', 'c2', 'bob')).toBeNull();
    expect(await asked('o/s', 'c1', 'bob')).toBeNull();
    expect(JSON.stringify((await pool.query('select * from corrigible.push')).rows)).not.toContain('bob');
  }));
