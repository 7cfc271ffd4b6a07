import pg from 'pg';
import { expect, test } from 'vitest';
import { checkStore } from '../../src/adapters/postgres/check.ts';
import { dataKeyOf } from '../../src/adapters/postgres/data-key.ts';
import { forget } from '../../src/adapters/postgres/forget.ts';
import type { Data } from '../../src/adapters/postgres/open-data.ts';
import { openResults } from '../../src/adapters/postgres/results.ts';
import { tidy } from '../../src/adapters/postgres/retention.ts';
import type { Json } from '../../src/domain/rejection.ts';
import { silent } from '../support/silent-log.ts';
import { inData } from './support/in-data.ts';

const [MINE, OTHER, FOREIGN] = ['acme/support#1', 'acme/support#2', 'acme/other#1'];
const PLACE = 'f'.repeat(64);
const kept = (output: Json, times = 1) => ({ output, times });
const resultsIn = ({ pool, dataKey }: Data) => openResults(pool, dataKey, silent);
const count = async (pool: pg.Pool): Promise<number> =>
  Number((await pool.query<{ n: string }>('select count(*) as n from corrigible.result')).rows[0]?.n);

test('what one worker puts another finds, for every rejection of the repository and for no other repository', () =>
  inData(async ({ data }) => {
    const results = resultsIn(data);
    await results(MINE).put(
      PLACE,
      new Map([
        ['a', kept({ text: 'Grüße \u0000' }, 5)],
        ['b', kept(null)],
      ]),
    );
    const found = await resultsIn(data)(OTHER).get(PLACE, ['a', 'b', 'c']);
    expect([...found]).toEqual([
      ['a', kept({ text: 'Grüße \u0000' }, 5)],
      ['b', kept(null)],
    ]);
    expect(await results(FOREIGN).get(PLACE, ['a'])).toEqual(new Map());
    expect(await results(MINE).get('another place', ['a'])).toEqual(new Map());
  }));

test('of several calls the last counts, also where it only takes away', () =>
  inData(async ({ data }) => {
    const results = resultsIn(data)(MINE);
    await results.put(
      PLACE,
      new Map([
        ['a', kept(1)],
        ['b', kept(1)],
        ['c', kept(1)],
      ]),
    );
    await results.put(
      PLACE,
      new Map([
        ['b', kept(2)],
        ['c', null],
      ]),
    );
    expect([...(await results.get(PLACE, ['a', 'b', 'c']))].toSorted()).toEqual([
      ['a', kept(1)],
      ['b', kept(2)],
    ]);
  }));

test('of very many calls the newest are read', () =>
  inData(async ({ data }) => {
    const results = resultsIn(data)(MINE);
    for (let i = 0; i <= 100; i++) await results.put(PLACE, new Map([[`${i}`, kept(i)]]));
    expect([...(await results.get(PLACE, ['0', '1', '100'])).keys()].toSorted()).toEqual(['1', '100']);
  }));

test('nothing of it lies there in clear, and what is damaged or of another place is not there', () =>
  inData(async ({ data }) => {
    const { pool } = data;
    const results = resultsIn(data)(MINE);
    await results.put(PLACE, new Map([['the name', kept('a word of somebody')]]));
    const { rows } = await pool.query<{ row: string; place: Buffer }>(
      'select r::text as row, place from corrigible.result r',
    );
    const row = Buffer.from(/\\\\x([0-9a-f]+)/g.exec(rows[0]?.row ?? '')?.[1] ?? '', 'hex').toString() + rows[0]?.row;
    for (const word of ['a word of', 'the name', PLACE]) expect(row).not.toContain(word);
    expect(rows[0]?.place.toString('hex')).not.toBe(PLACE);

    await results.put('elsewhere', new Map([['the name', kept('moved here')]]));
    await pool.query('update corrigible.result set place = $1', [rows[0]?.place]);
    expect([...(await results.get(PLACE, ['the name']))]).toEqual([['the name', kept('a word of somebody')]]);
    await pool.query('update corrigible.result set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)');
    expect(await results.get(PLACE, ['the name'])).toEqual(new Map());
    await results.put(PLACE, new Map([['the name', kept('again')]]));
    expect([...(await results.get(PLACE, ['the name']))]).toEqual([['the name', kept('again')]]);
  }));

test('with a rejection all results of its repository are forgotten, and it puts none any more', () =>
  inData(async ({ data, ledger, database }) => {
    const { pool, dataKey } = data;
    const results = resultsIn(data);
    for (const rejection of [MINE, OTHER, FOREIGN]) {
      await ledger.append(rejection, 0, [{ kind: 'resumed' }]);
      await results(rejection).put(PLACE, new Map([[rejection, kept('a word of somebody')]]));
    }
    const { rows: before } = await pool.query('select * from corrigible.result where repo = $1', ['acme/support']);
    const options = { pool, dataKey, stateDir: database.stateDir, by: 'the operator', also: ['a word of somebody'] };
    const putting = Array.from({ length: 20 }, (_, i) => results(MINE).put(`${i}`, new Map([['x', kept(i)]])));
    const { searched } = await forget(MINE, options);
    await Promise.all(putting);
    expect(searched.left).toEqual([]);
    await results(MINE).put(PLACE, new Map([['late', kept('a word of somebody')]]));
    expect(await count(pool)).toBe(1);
    expect([...(await results(FOREIGN).get(PLACE, [FOREIGN]))]).toHaveLength(1);

    // What a backup or a page of the disk still holds opens with no key that is there.
    await results(OTHER).put(PLACE, new Map([[OTHER, kept('new')]]));
    const { rows: now } = await pool.query('select place from corrigible.result where repo = $1', ['acme/support']);
    for (const { repo, sealed } of before)
      await pool.query('insert into corrigible.result (repo, place, sealed) values ($1, $2, $3)', [
        repo,
        now[0].place,
        sealed,
      ]);
    expect([...(await results(OTHER).get(PLACE, [MINE, OTHER]))]).toEqual([[OTHER, kept('new')]]);
    expect((await checkStore(pool, dataKey)).broken).toEqual([]);
  }));

test('what was not used for 14 days goes, and of the rest what was used longest ago beyond what is kept', () =>
  inData(async ({ data }) => {
    const { pool } = data;
    const results = resultsIn(data)(MINE);
    for (const place of ['old', 'older', 'used']) await results.put(place, new Map([['a', kept('x'.repeat(1000))]]));
    await pool.query("update corrigible.result set used_at = now() - interval '13 days'");
    await results.get('used', ['a']);
    const later = { now: new Date(Date.now() + 2 * 86_400_000) };
    expect((await tidy(pool, { now: new Date() })).results).toBe(0);
    expect((await tidy(pool, later)).results).toBe(2);
    expect((await results.get('used', ['a'])).size).toBe(1);
    await results.put('newest', new Map([['a', kept('x')]]));
    expect((await tidy(pool, { resultBytes: 500 })).results).toBe(1);
    expect([...(await results.get('newest', ['a'])).keys()]).toEqual(['a']);
    expect((await tidy(pool, { resultBytes: 500 })).results).toBe(0);
  }));

test('while the database does not answer there are no results, and nothing fails', async () => {
  const told: string[] = [];
  const pool = new pg.Pool({ host: '/nowhere', max: 1 });
  const log = { ...silent, warn: (message: string) => void told.push(message) };
  const results = openResults(pool, dataKeyOf(Buffer.alloc(32)), log)(MINE);
  expect(await results.get(PLACE, ['a'])).toEqual(new Map());
  await results.put(PLACE, new Map([['a', kept(1)]]));
  expect(told).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('run again where they are needed')));
  await pool.end();
});
