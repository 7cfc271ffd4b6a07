import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { inStore } from './support/in-store.ts';

const text = async (bytes: Promise<Uint8Array | undefined>) => Buffer.from((await bytes) ?? []).toString();

test('blobs come back to every worker, are stored once, and tell nothing by name or content', () =>
  inStore(async ({ store: { blobs, pool }, reopen }) => {
    const bytes = Buffer.from('canary '.repeat(200_000));
    const name = await blobs.put('o/r#1', bytes);
    expect(await blobs.put('o/r#1', bytes)).toBe(name);
    expect(await blobs.put('o/r#2', bytes)).not.toBe(name);
    const other = await reopen();
    expect(await text(other.blobs.get('o/r#1', name))).toBe(bytes.toString());
    expect(await blobs.get('o/r#1', '0'.repeat(64))).toBe(undefined);
    expect(await blobs.get('o/r#2', name)).toBe(undefined);
    const { rows } = await pool.query<{ sealed: Buffer }>('select sealed from corrigible.blob');
    expect(rows).toHaveLength(2);
    for (const { sealed } of rows) {
      expect(sealed.includes('canary')).toBe(false);
      expect(sealed.length).toBeLessThan(bytes.length / 10);
    }
  }));

test('what does not compress is kept as it is', () =>
  inStore(async ({ store: { blobs } }) => {
    for (const size of [0, 1, 4095, 4096, 100_000]) {
      const bytes = randomBytes(size);
      expect(Buffer.from((await blobs.get('o/r#1', await blobs.put('o/r#1', bytes))) ?? [])).toEqual(bytes);
    }
  }));

test('a damaged blob is not handed out, and is healed when it is put again', () =>
  inStore(async ({ store: { blobs, pool } }) => {
    const name = await blobs.put('o/r#1', Buffer.from('transcript'));
    await pool.query('update corrigible.blob set sealed = set_byte(sealed, 14, get_byte(sealed, 14) # 1)');
    await expect(blobs.get('o/r#1', name)).rejects.toThrow();
    await blobs.put('o/r#1', Buffer.from('transcript'));
    expect(await text(blobs.get('o/r#1', name))).toBe('transcript');
  }));
