import type pg from 'pg';
import { expect, test } from 'vitest';
import { openStore } from '../../src/adapters/postgres/open.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { silent } from '../support/silent-log.ts';
import { inSchema1 } from './support/schema-1.ts';

interface Old {
  readonly rejection: string;
  readonly seq: number;
  readonly at: Date;
  readonly fact: Fact;
}

async function factsIn(pool: pg.Pool): Promise<readonly Old[]> {
  return (await pool.query<Old>('select rejection, seq, at, fact from corrigible.fact order by 1, 2')).rows;
}

test('a database of schema 1 is sealed: every fact reads as before, every chain holds, and no old text is left', () =>
  inSchema1(async (database, pool) => {
    const old = await factsIn(pool);
    const { rows: deliveries } = await pool.query('select guid, payload from corrigible.delivery order by seq');
    const { rows: alarms } = await pool.query('select * from corrigible.alarm');
    const store = await openStore({ ...database, log: silent });
    try {
      const rejections = [...new Set(old.map(({ rejection }) => rejection))];
      expect(rejections.length).toBe(3);
      for (const rejection of rejections) {
        const before = old.filter((row) => row.rejection === rejection);
        const expected = before.map(({ seq, at, fact }) => ({ seq, at: at.toISOString(), fact }));
        expect(await store.ledger.read(rejection)).toEqual(expected);
        expect(await store.ledger.verifyChain(rejection)).toBe(null);
      }
      expect(standingOf(await store.ledger.read('acme/support#1')).stage.name).toBe('merged');
      expect(await store.ledger.ofRepository('acme/support')).toEqual(['acme/support#3', 'acme/support#1']);
      expect(await store.ledger.append('acme/support#3', 6, [{ kind: 'resumed' }])).toBe(true);
      expect(await store.ledger.verifyChain('acme/support#3')).toBe(null);
      expect((await pool.query("select to_regclass('corrigible.plain_fact') as old")).rows).toEqual([{ old: null }]);
      expect((await pool.query('select guid, payload from corrigible.delivery order by seq')).rows).toEqual(deliveries);
      expect((await pool.query('select * from corrigible.alarm')).rows).toEqual(alarms);
      const results = store.results('acme/support#1');
      await results.put('place', new Map([['a', { output: 1, times: 1 }]]));
      expect([...(await results.get('place', ['a']))]).toEqual([['a', { output: 1, times: 1 }]]);
      await expect(pool.query('delete from corrigible.fact')).rejects.toThrow('only ever appended');
    } finally {
      await store.close();
    }
  }));

test('a record that was changed from outside is not sealed over: the start is refused, and nothing was changed', () =>
  inSchema1(async (database, pool) => {
    const old = await factsIn(pool);
    await pool.query(`alter table corrigible.fact disable trigger all;
      update corrigible.fact set fact = '{"kind":"resumed"}' where rejection = 'acme/support#3' and seq = 4`);
    await expect(openStore({ ...database, log: silent })).rejects.toThrow(
      'The record of acme/support#3 was changed from outside at fact 4',
    );
    expect((await pool.query('select from corrigible.fact')).rowCount).toBe(old.length);
    expect((await pool.query('select max(version) as version from corrigible.schema_version')).rows).not.toEqual([
      { version: 3 },
    ]);
  }));

test('a record whose beginning is missing is not left behind', () =>
  inSchema1(async (database, pool) => {
    await pool.query(`alter table corrigible.fact disable trigger all;
      delete from corrigible.fact where rejection = 'acme/support#3' and seq = 1`);
    await expect(openStore({ ...database, log: silent })).rejects.toThrow(
      'The record of acme/support#3 was changed from outside at fact 2',
    );
  }));
