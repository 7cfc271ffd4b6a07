import { expect, test } from 'vitest';
import { forget } from '../../src/adapters/postgres/forget.ts';
import { openStore } from '../../src/adapters/postgres/open.ts';
import { openData } from '../../src/adapters/postgres/open-data.ts';
import { tidy } from '../../src/adapters/postgres/retention.ts';
import { Fenced } from '../../src/ports.ts';
import { everyFact } from '../support/every-fact.ts';
import { freshDatabase } from '../support/shared-postgres.ts';
import { silent } from '../support/silent-log.ts';
import { inStore } from './support/in-store.ts';

const DAY = 86_400_000;
const bytes = (text: string) => Buffer.from(text);
const texts = (parts: readonly Uint8Array[]) => parts.map((part) => Buffer.from(part).toString());

test('parts come back in order to every process, and a part that grew counts once', () =>
  inStore(async ({ store: { transcripts, pool }, reopen }) => {
    const canary = 'canary '.repeat(2000);
    await transcripts.put('o/r#1', '5/1.1-aaaaaaaa', 0, bytes(canary));
    await transcripts.put('o/r#1', '5/1.1-aaaaaaaa', 1, bytes('second'));
    await transcripts.put('o/r#1', '5/1.1-aaaaaaaa', 1, bytes('second, longer'));
    await transcripts.put('o/r#1', '50/1.1-bbbbbbbb', 0, bytes('of another attempt'));
    await transcripts.put('o/r#2', '5/1.1-cccccccc', 0, bytes('of another rejection'));
    const other = (await reopen()).transcripts;
    expect(texts(await other.get('o/r#1', '5/1.1-aaaaaaaa'))).toEqual([canary, 'second, longer']);
    expect((await other.list('o/r#1', '5/')).map(({ name, revision }) => [name, revision])).toEqual([
      ['5/1.1-aaaaaaaa', 3],
    ]);
    expect(await other.get('o/r#1', '5/1.1-cccccccc')).toEqual([]);
    const { rows } = await pool.query<{ sealed: Buffer }>('select sealed from corrigible.transcript');
    expect(rows.filter(({ sealed }) => sealed.includes('canary'))).toEqual([]);
  }));

test('a part that was changed, moved or taken out is told, never shown', () =>
  inStore(async ({ store: { transcripts, pool } }) => {
    const put = (part: number) => transcripts.put('o/r#1', '5/1.1-aaaaaaaa', part, bytes(`part ${part}`));
    const get = () => transcripts.get('o/r#1', '5/1.1-aaaaaaaa');
    for (const part of [0, 1, 2]) await put(part);
    await pool.query('delete from corrigible.transcript where part = 1');
    await expect(get()).rejects.toThrow('part 1 of transcript 5/1.1-aaaaaaaa is missing');
    await pool.query('update corrigible.transcript set part = 1 where part = 2');
    await expect(get()).rejects.toThrow();
    await put(1);
    await pool.query('update corrigible.transcript set sealed = set_byte(sealed, 14, get_byte(sealed, 14) # 1)');
    await expect(get()).rejects.toThrow();
  }));

test('a transcript is kept for the days that the operator says, and not shown for longer', () =>
  inStore(
    async ({ store: { transcripts, pool } }) => {
      await transcripts.put('o/r#1', '5/1.1-aaaaaaaa', 0, bytes('kept'));
      expect(await tidy(pool, { now: new Date(Date.now() + 2.9 * DAY) })).toMatchObject({ transcripts: 0 });
      await pool.query("update corrigible.transcript set until = now() - interval '1 second'");
      expect(await transcripts.list('o/r#1', '5/')).toEqual([]);
      expect(await transcripts.get('o/r#1', '5/1.1-aaaaaaaa')).toEqual([]);
      await transcripts.put('o/r#1', '5/1.1-aaaaaaaa', 0, bytes('kept'));
      expect(await tidy(pool, { now: new Date(Date.now() + 3.1 * DAY) })).toMatchObject({ transcripts: 1 });
      expect((await pool.query('select from corrigible.transcript')).rowCount).toBe(0);
    },
    { transcriptDays: 3 },
  ));

test('what was forgotten is gone with its parts, and takes none any more', async () => {
  const database = await freshDatabase();
  const store = await openStore({ ...database, log: silent });
  const { pool, dataKey, close } = await openData({ ...database, log: silent });
  const put = (part: number, words: string) => store.transcripts.put('o/r#1', '5/1.1-aaaaaaaa', part, bytes(words));
  try {
    await store.ledger.append('o/r#1', 0, [everyFact['rejection-accepted'][0]!]);
    await put(0, 'a word of the customer');
    const options = { pool, dataKey, stateDir: database.stateDir, by: 'alice', also: ['a word of the customer'] };
    const { searched } = await forget('o/r#1', options);
    expect(searched.left).toEqual([]);
    expect((await pool.query('select from corrigible.transcript')).rowCount).toBe(0);
    await expect(put(1, 'said by a run that did not know yet')).rejects.toThrow(Fenced);
  } finally {
    await close();
    await store.close();
    await database.drop();
  }
});
