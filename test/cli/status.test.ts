import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { openStore, type Store } from '../../src/adapters/postgres/open.ts';
import { runStatus } from '../../src/cli/status.ts';
import { runWhy } from '../../src/cli/why.ts';
import { openRecords, type Records } from '../../src/compose.ts';
import type { Fact, FactKind } from '../../src/domain/fact.ts';
import { everyFact } from '../support/every-fact.ts';
import { type FreshDatabase, freshDatabase } from '../support/shared-postgres.ts';
import { silent } from '../support/silent-log.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');

interface Office {
  readonly store: Store;
  readonly records: Records;
  readonly database: FreshDatabase;
  /** Records these kinds of facts about the rejection. */
  record(rejection: string, ...kinds: FactKind[]): Promise<void>;
  /** What `status` prints. */
  status(repo?: string, json?: boolean): Promise<string>;
}

/** A store that an app has open, and the same store opened for looking at. */
async function inOffice(story: (office: Office) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  const { stateDir, databaseUrl } = database;
  const store = await openStore({ stateDir, databaseUrl, log: silent });
  const records = await openRecords({ stateDir, databaseUrl });
  try {
    await story({
      store,
      records,
      database,
      record: async (rejection, ...kinds) => {
        const facts = kinds.map((kind) => everyFact[kind][0] as Fact);
        expect(await store.ledger.append(rejection, 0, facts)).toBe(true);
      },
      status: async (repo, json = false) => {
        const lines: string[] = [];
        await runStatus(records, repo, json, (line) => lines.push(line));
        return lines.join('\n');
      },
    });
  } finally {
    await records.close();
    await store.close();
    await database.drop();
  }
}

/** Runs a command of the line on the office's store. */
function command({ database }: Office, ...args: string[]): Promise<{ code: number | null; said: string }> {
  const env = { PATH: process.env['PATH'] ?? '', STATE_DIR: database.stateDir, DATABASE_URL: database.databaseUrl };
  const child = spawn(process.execPath, [MAIN, ...args], { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((done) => child.once('close', (code) => done({ code, said })));
}

const toProven: readonly FactKind[] = [
  'rejection-accepted',
  'draft-posted',
  'spec-approved',
  'round-started',
  'round-ended',
  'judged',
];

test('status tells how many rejections stand where, per repository, and what is delayed by what', () =>
  inOffice(async (office) => {
    await office.record('acme/support#1', 'rejection-accepted', 'draft-posted', 'intent', 'status-shown');
    await office.record('acme/support#2', 'rejection-accepted', 'draft-posted', 'delayed');
    await office.record('acme/pricing#1', ...toProven);
    await office.record('acme/pricing#0', 'intent');
    const text = (await office.status()).replace(/\d+ seconds?/g, 'n seconds').replace(/n seconds {2,}/g, 'n seconds ');
    expect(text.split('\n')).toEqual([
      '3 rejections in 2 repositories.',
      '',
      'Stage    Now  Waits for                     Longest',
      expect.stringMatching(/^drafted {4}2 {2}a maintainer: spec and label +n seconds \(acme\/support#1\)$/),
      expect.stringMatching(/^proven {5}1 {2}the app: a pull request +n seconds \(acme\/pricing#1\)$/),
      '',
      expect.stringMatching(/^Repository +drafted +proven$/),
      expect.stringMatching(/^acme\/support +2$/),
      expect.stringMatching(/^acme\/pricing +1$/),
      '',
      'Delayed: 1',
      '  acme/support#2, for n seconds, because GitHub allows no more calls for now. Goes on after 2026-03-01 12:30:00 UTC.',
      'Queues: 0 webhooks to read; 0 rejections to look at; 0 runs waiting, 0 at work.',
      'No worker is known: the app is not running, or has never run.',
    ]);
    expect(await office.status('acme/pricing')).toContain('1 rejection in 1 repository.');
    expect(await office.status('acme/other')).toContain('No rejection of acme/other is known here.');
    await expect(office.status('acme')).rejects.toThrow('is no repository');
  }));

test('for programs it is JSON with the same numbers, and the workers with their heartbeats', () =>
  inOffice(async (office) => {
    await office.record('acme/support#1', 'rejection-accepted');
    await office.store.engine.start({
      concerns: async () => [],
      advance: async () => {},
      run: async () => {},
    } as never);
    const told = JSON.parse(await office.status(undefined, true));
    expect(told).toMatchObject({
      rejections: 1,
      stages: { accepted: { count: 1, oldest: { rejection: 'acme/support#1' } } },
      repositories: { 'acme/support': { accepted: 1 } },
      delayed: { count: 0, oldest: [] },
      queues: { undrained: 0, runsQueued: 0, executors: 1 },
      workers: [{ pid: process.pid }],
    });
    expect(await office.status()).toMatch(/^Workers:\n {2}process \d+ on \S+, heartbeat \d+ seconds? ago$/m);
  }));

test('a look writes nothing: not a row, not a migration', () =>
  inOffice(async ({ store, status, record }) => {
    await record('acme/support#1', 'rejection-accepted');
    const tables = ['fact', 'chain', 'seal', 'data_key', 'rejection', 'executor', 'schema_version'];
    const rows = async () => {
      const each = tables.map((name) =>
        store.pool.query(`select md5(string_agg(t.xmin::text || t::text, ',')) from corrigible.${name} t`),
      );
      return (await Promise.all(each)).map((found) => found.rows);
    };
    const before = await rows();
    await status();
    await status(undefined, true);
    expect(await rows()).toEqual(before);
    expect(await store.ledger.read('acme/support#1')).toHaveLength(1);
  }));

test('what is forgotten counts as forgotten, and its story says so', () =>
  inOffice(async (office) => {
    await office.record('acme/support#1', 'rejection-accepted', 'forgotten');
    expect(await office.status()).toMatch(/^forgotten {4}1 {2}nobody/m);
    const lines: string[] = [];
    await runWhy(office.records, 'acme/support#1', {}, (line) => lines.push(line));
    expect(lines.join('\n')).toContain('It stands at “forgotten”');
  }));

test('the command line tells a story and says with its exit that it knows none', () =>
  inOffice(async (office) => {
    await office.record('acme/support#7', 'rejection-accepted', 'declined');
    const known = await command(office, 'why', 'acme/support#7');
    expect(known).toMatchObject({ code: 0 });
    expect(known.said).toContain('The app declined, because it is the same fault as #3.');
    expect(await command(office, 'why', 'acme/support#8')).toMatchObject({ code: 1 });
    expect((await command(office, 'status')).said).toContain('declined    1  nobody');
    const nothing = {
      ...office,
      database: { ...office.database, databaseUrl: '', stateDir: join(office.database.stateDir, 'x') },
    };
    const none = await command(nothing, 'status');
    expect(none).toMatchObject({ code: 1 });
    expect(none.said).toMatch(/^There is nothing at \S+ yet\. Run this where the app runs/);
  }));
