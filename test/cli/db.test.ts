import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runCheck, runMove } from '../../src/cli/db.ts';
import { runForget } from '../../src/cli/forget.ts';
import type { Fact, FactOf } from '../../src/domain/fact.ts';
import { type DataWorld, inData } from '../postgres/support/in-data.ts';

const facts: readonly Fact[] = [
  {
    kind: 'rejection-accepted',
    reporter: 'canary.reporter',
    textHash: 'a'.repeat(64),
    ticket: 'T-7',
    hidden: 0,
    after: 0,
  },
  { kind: 'stopped', reason: { code: 'x', detail: 'Herr Canary aus Köln' } },
];

interface CommandWorld extends DataWorld {
  readonly env: Readonly<Record<string, string>>;
  readonly lines: string[];
  print(line: string): void;
}

const inCommand = (story: (world: CommandWorld) => Promise<void>) =>
  inData(async (world) => {
    const { stateDir, databaseUrl } = world.database;
    await world.ledger.append('acme/support#1', 0, facts);
    await world.ledger.append('acme/support#2', 0, facts);
    const lines: string[] = [];
    const env = { STATE_DIR: stateDir, DATABASE_URL: databaseUrl };
    await story({ ...world, env, lines, print: (line) => void lines.push(line) });
  });

test('db check says what it verified, and that it is whole', () =>
  inCommand(async ({ env, lines, print }) => {
    expect(await runCheck(env, print)).toBe(true);
    expect(lines).toEqual([
      '2 rejections (0 forgotten), 4 facts and 0 blobs verified.',
      'Every chain holds, every key opens, every blob is there.',
    ]);
  }));

test('db check names what is broken and says what to do', () =>
  inCommand(async ({ data, env, lines, print }) => {
    await data.pool.query(`alter table corrigible.fact disable trigger all;
      delete from corrigible.fact where rejection = 'acme/support#2' and seq = 2;
      delete from corrigible.seal where rejection = 'acme/support#1'`);
    expect(await runCheck(env, print)).toBe(false);
    expect(lines.slice(1)).toEqual([
      'acme/support#1: its key is missing or does not open: nothing of it can be read.',
      'acme/support#2: its record was changed from outside: fact 2 is missing, or not the one that was written.',
      expect.stringMatching(
        /^2 faults\. The rejections that are named should not be trusted; restore them from a backup/,
      ),
    ]);
  }));

test('db move with an address that is none says so of the option, not of the environment', async () => {
  const env = { STATE_DIR: join(tmpdir(), 'corrigible-nowhere') };
  await expect(runMove(env, 'http://x/y', () => {})).rejects.toThrow(/^--to is not a Postgres address/);
  const own = { ...env, DATABASE_URL: 'http://x/y' };
  await expect(runMove(own, undefined, () => {})).rejects.toThrow(/^DATABASE_URL is not a Postgres address/);
});

test('forget says what it deleted and searched, and that nothing is left', () =>
  inCommand(async ({ env, lines, print, ledger }) => {
    expect(await runForget(env, 'acme/support#1', { also: ['Köln-Canary'], by: 'alice' }, print)).toBe(true);
    expect(lines[0]).toBe(
      'acme/support#1 is forgotten: its key is deleted, and with it 2 facts and 0 blobs; deleted as well: 0 webhook bodies, 0 pieces of work, its alarms; and of its repository all kept results, and 0 reports on stored tickets.',
    );
    expect(lines[1]).toMatch(
      /^Searched for 3 texts in \d+ rows \(\d+ columns of text, JSON and bytes, every table\) and \d+ files? /,
    );
    expect(lines[2]).toBe('Nothing was found.');
    expect(lines[3]).toContain('backups for as long as you keep those');
    expect(lines[4]).toBe(
      'Not deleted on GitHub: #1, with the comments and texts of pull requests there. Edit or delete what is left there by hand, with its earlier versions (“edited” shows them).',
    );
    expect((await ledger.read('acme/support#1')).map(({ fact }) => fact)).toEqual([{ kind: 'forgotten', by: 'alice' }]);
    expect(await ledger.read('acme/support#2')).toHaveLength(2);
    lines.length = 0;
    expect(await runCheck(env, print)).toBe(true);
    expect(lines[0]).toBe('2 rejections (1 forgotten), 5 facts and 0 blobs verified.');
  }));

const part = (rejection: number, number: number): Fact => ({
  ...(facts[0] as FactOf<'rejection-accepted'>),
  partOf: { rejection, part: number, after: null },
});

test('forget of a rejection that was split names what else holds the reporter’s words, and how to forget that', () =>
  inCommand(async ({ env, lines, print, ledger }) => {
    const opened = [
      { kind: 'part-opened', part: 2, issue: 11 },
      { kind: 'part-opened', part: 3, issue: 12 },
    ] as const;
    await ledger.append('acme/support#2', facts.length, opened);
    await ledger.append('acme/support#11', 0, [part(2, 2)]);
    await ledger.append('acme/support#13', 0, [part(1, 2)]);
    const told = async (rejection: string): Promise<readonly string[]> => {
      lines.length = 0;
      await runForget(env, rejection, { also: [], by: 'alice' }, print);
      return lines.slice(lines.findLastIndex((line) => !/split|^ {2}corrigible/.test(line)) + 1);
    };
    expect(await told('acme/support#11')).toEqual([
      'acme/support#11 is a part of #2, which was split: #2, #12 hold words of the same reporter, and nothing of that was forgotten. To forget it as well:',
      '  corrigible forget acme/support#2',
      '  corrigible forget acme/support#12',
    ]);
    expect(await told('acme/support#2')).toEqual([
      'acme/support#2 was split into several: #12 holds words of the same reporter, and nothing of that was forgotten. To forget it as well:',
      '  corrigible forget acme/support#12',
    ]);
    // Nothing of the whole can be read any more: the part that was taken up still tells of it.
    await runForget(env, 'acme/support#1', { also: [], by: 'alice' }, print);
    expect(await told('acme/support#1')).toEqual([
      expect.stringContaining('acme/support#1 was split into several: #13 holds'),
      '  corrigible forget acme/support#13',
    ]);
    expect(await told('acme/support#13')).toEqual([]);
  }));

test('forget names where something is left, and fails', () =>
  inCommand(async ({ env, lines, print, database }) => {
    const file = join(database.stateDir, 'notes.txt');
    writeFileSync(file, 'Herr Canary aus Köln');
    expect(await runForget(env, 'acme/support#1', { also: [], by: 'alice' }, print)).toBe(false);
    expect(lines[2]).toBe(`Still there: ${file} (1 ×).`);
    expect(lines[3]).toContain('run this again afterwards');
  }));

test('what names no rejection, and what was never known, is said so', () =>
  inCommand(async ({ env, lines, print }) => {
    const asked = { also: [], by: 'alice' };
    for (const bad of ['acme/support', 'acme#1', 'acme/support#x', "a/b#1'"])
      await expect(runForget(env, bad, asked, print)).rejects.toThrow(
        'names no rejection. It looks like owner/name#12.',
      );
    expect(await runForget(env, 'acme/support#99', asked, print)).toBe(false);
    expect(lines[0]).toBe('Nothing was known of acme/support#99.');
  }));

test('where nothing is stored yet, nothing is made, proven or forgotten', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'corrigible-none-'));
  try {
    const env = { STATE_DIR: join(folder, 'state') };
    await expect(runCheck(env, () => {})).rejects.toThrow('There is nothing at');
    const asked = { also: [], by: 'alice' };
    await expect(runForget(env, 'acme/support#1', asked, () => {})).rejects.toThrow('There is nothing at');
    expect(existsSync(env.STATE_DIR)).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('db move without an address says what to name', async () => {
  await expect(runMove({}, undefined, () => {})).rejects.toThrow('Say where to: corrigible db move --to postgres://');
  await expect(runCheck({ DATA_KEY: 'short' }, () => {})).rejects.toThrow('DATA_KEY: Set it to 32 random bytes');
});

test('the commands end with 1 and one line when they cannot', () =>
  inCommand(async ({ env, database }) => {
    const run = (...args: readonly string[]) =>
      spawnSync(resolve('bin/corrigible'), args, {
        encoding: 'utf8',
        env: { ...env, PATH: process.env['PATH'], HOME: process.env['HOME'] },
      });
    expect(run('db', 'check')).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(join(database.stateDir, 'data-key'), 'broken');
    const refused = run('db', 'check');
    expect(refused.status).toBe(1);
    expect(refused.stderr.trim().split('\n')).toEqual([expect.stringContaining('is not 32 bytes in base64')]);
    expect(run('forget', 'nobody')).toMatchObject({ status: 1, stdout: '' });
  }));
