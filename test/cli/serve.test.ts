import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import { LOCKS } from '../../src/adapters/postgres/locks.ts';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';
import { freezable } from '../support/freezable-database.ts';
import { type FreshDatabase, freshDatabase } from '../support/shared-postgres.ts';

const { id, privateKey, webhookSecret } = makeAppIdentity(4711, 'corrigible');

const children = new Set<ChildProcess>();

interface Served {
  kill(signal: NodeJS.Signals): void;
  /** Resolves once it has said this. */
  said(words: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string; readonly at: number }>;
}

/** The command as a process of its own. */
function serving(role: string, { stateDir }: FreshDatabase, databaseUrl: string, more: object = {}): Served {
  const app = { APP_ID: String(id), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret, PORT: '0' };
  const nowhere = { GITHUB_API_URL: 'http://127.0.0.1:9', GITHUB_URL: 'http://127.0.0.1:9' };
  const child = spawn(resolve('bin/corrigible'), [role], {
    env: { PATH: process.env['PATH'], STATE_DIR: stateDir, DATABASE_URL: databaseUrl, ...app, ...nowhere, ...more },
  });
  children.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  return {
    kill: (signal) => void child.kill(signal),
    said: (words) => expect.poll(() => said, { timeout: 30_000 }).toContain(words),
    ended: new Promise((done) => child.once('close', (code) => done({ code, said, at: performance.now() }))),
  };
}

async function withDatabase(story: (database: FreshDatabase) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  try {
    await story(database);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
    await database.drop();
  }
}

test.each(['serve', 'web', 'worker'])('%s that waits for a migration says so, and ends when it is told to', (role) =>
  withDatabase(async (database) => {
    const holder = new pg.Client({ connectionString: database.databaseUrl });
    await holder.connect();
    await holder.query('select pg_advisory_lock($1)', [LOCKS.migration]);
    try {
      const served = serving(role, database, database.databaseUrl);
      await served.said('Another process brings the database up to date');
      const told = performance.now();
      served.kill('SIGTERM');
      const { code, said, at } = await served.ended;
      expect(code).toBe(0);
      expect(at - told).toBeLessThan(5000);
      expect(said.trim().split('\n')).toEqual([expect.stringContaining('brings the database up to date')]);
    } finally {
      await holder.end();
    }
  }),
);

test('with a database that stands still a process ends within its limit, and at once when it is told twice', () =>
  withDatabase(async (database) => {
    const way = await freezable(database.databaseUrl);
    try {
      const [patient, hurried] = [
        serving('serve', database, way.databaseUrl),
        serving('worker', database, way.databaseUrl),
      ];
      await Promise.all([patient, hurried].map((served) => served.said('listens at')));
      way.freeze();
      await sleep(100);
      const told = performance.now();
      for (const served of [patient, hurried]) served.kill('SIGTERM');
      await sleep(1000);
      hurried.kill('SIGTERM');
      const [first, second] = await Promise.all([patient.ended, hurried.ended]);
      expect(second.at - told).toBeLessThan(4000);
      expect(first.at - told).toBeGreaterThan(10_000);
      expect(first.at - told).toBeLessThan(25_000);
      for (const { code, said } of [first, second]) {
        expect(code).toBe(1);
        expect(said).toContain('Corrigible ended without having come to an end in order');
      }
    } finally {
      await way.close();
    }
  }));

test('told to stop, a process ends in order, though Ctrl-C comes to it twice at once', () =>
  withDatabase(async (database) => {
    const served = serving('worker', database, database.databaseUrl);
    await served.said('listens at');
    served.kill('SIGINT');
    await sleep(20);
    served.kill('SIGINT');
    expect((await served.ended).code).toBe(0);
  }));

test.each(['nope.invalid', '1.2.3.4', '2001:db8::1'])(
  'where it cannot listen, at %s, it says so and what to set',
  (HOST) =>
    withDatabase(async (database) => {
      const { code, said } = await serving('web', database, database.databaseUrl, { HOST }).ended;
      expect(code).toBe(1);
      expect(said.trim().split('\n')).toHaveLength(1);
      expect(said).toContain(`Corrigible cannot listen at ${HOST} (`);
      expect(said).toContain('Set HOST to an address of this machine');
    }),
);
