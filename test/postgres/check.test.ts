import { expect, test } from 'vitest';
import { checkStore } from '../../src/adapters/postgres/check.ts';
import { dataKeyOf, parseDataKey } from '../../src/adapters/postgres/data-key.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { inData } from './support/in-data.ts';

const posted = (comment: number): Fact => ({ kind: 'status-posted', comment });
const drafted = (transcript: string): Fact => ({
  kind: 'draft-posted',
  comment: 1,
  bodyHash: 'b',
  textHash: 't',
  fingerprint: 'f',
  rubric: { id: 'r', hash: 'h' },
  change: 'c',
  base: '1',
  by: 'model',
  transcript,
});

test('a store that nobody touched is found whole, and counted', () =>
  inData(async ({ data, ledger, blobs }) => {
    await ledger.append('o/r#1', 0, [drafted(await blobs.put('o/r#1', Buffer.from('said')))]);
    for (let at = 0; at < 250; at += 1) await ledger.append('o/r#2', at, [posted(at)]);
    await ledger.append('o/r#3', 0, [posted(1)]);
    expect(await checkStore(data.pool, data.dataKey)).toEqual({
      rejections: 3,
      forgotten: 0,
      facts: 252,
      blobs: 1,
      broken: [],
    });
  }));

const unlocked = 'alter table corrigible.fact disable trigger all;';
const on7 = "rejection = 'o/r#7'";

test.each([
  ['a changed fact', `${unlocked} update corrigible.fact set kind = 'thanked' where ${on7} and seq = 2`, 'chain', 2],
  [
    'changed ciphertext',
    `${unlocked} update corrigible.fact set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where ${on7} and seq = 2`,
    'chain',
    2,
  ],
  ['a fact missing in the middle', `${unlocked} delete from corrigible.fact where ${on7} and seq = 2`, 'chain', 2],
  ['a tail cut off', `${unlocked} delete from corrigible.fact where ${on7} and seq > 2`, 'chain', 3],
  ['all facts gone', `${unlocked} delete from corrigible.fact where ${on7}`, 'chain', 1],
  ['a head that nobody knows', `delete from corrigible.chain where ${on7}`, 'chain', 3],
  ['a head put back', `update corrigible.chain set seq = 2 where ${on7}`, 'chain', 3],
  ['a key gone', `delete from corrigible.seal where ${on7}`, 'key', 0],
  [
    "another's key",
    `update corrigible.seal set wrapped = (select wrapped from corrigible.seal where rejection = 'o/r#8') where ${on7}`,
    'key',
    0,
  ],
  ['a blob gone', `delete from corrigible.blob where ${on7}`, 'blob-missing', 1],
  [
    'a damaged blob',
    `update corrigible.blob set sealed = set_byte(sealed, 14, get_byte(sealed, 14) # 1) where ${on7}`,
    'blob-damaged',
    1,
  ],
])('%s is found and named', (_, tampering, what, seq) =>
  inData(async ({ data, ledger, blobs }) => {
    const facts = [drafted(await blobs.put('o/r#7', Buffer.from('said'))), posted(2), posted(3)];
    await ledger.append('o/r#7', 0, facts);
    await ledger.append('o/r#8', 0, [posted(1)]);
    await data.pool.query(tampering);
    const { broken } = await checkStore(data.pool, data.dataKey);
    expect(broken[0]).toEqual({ rejection: 'o/r#7', what, seq });
    expect(broken.every(({ rejection }) => rejection === 'o/r#7')).toBe(true);
  }),
);

test('two facts of two rejections that changed places are both found', () =>
  inData(async ({ data, ledger }) => {
    for (const key of ['o/r#1', 'o/r#2']) await ledger.append(key, 0, [posted(1), posted(2)]);
    await data.pool.query(`${unlocked}
      update corrigible.fact set rejection = 'x' where rejection = 'o/r#1' and seq = 2;
      update corrigible.fact set rejection = 'o/r#1' where rejection = 'o/r#2' and seq = 2;
      update corrigible.fact set rejection = 'o/r#2' where rejection = 'x'`);
    const { broken } = await checkStore(data.pool, data.dataKey);
    expect(broken.filter(({ what }) => what === 'chain')).toEqual([
      { rejection: 'o/r#1', what: 'chain', seq: 2 },
      { rejection: 'o/r#2', what: 'chain', seq: 2 },
    ]);
  }));

test('with another data key no key opens', () =>
  inData(async ({ data, ledger }) => {
    await ledger.append('o/r#1', 0, [posted(1)]);
    const other = dataKeyOf(parseDataKey(Buffer.alloc(32, 7).toString('base64')) ?? Buffer.of());
    expect((await checkStore(data.pool, other)).broken).toEqual([{ rejection: 'o/r#1', what: 'key', seq: 0 }]);
  }));
