import { type ChildProcess, fork } from 'node:child_process';
import { openStore, type Store } from '../../../src/adapters/postgres/open.ts';
import { freshDatabase } from '../../support/shared-postgres.ts';
import { silent } from '../../support/silent-log.ts';

const SCRIPT = new URL('./worker-process.ts', import.meta.url);

export interface Told {
  readonly id: number;
  readonly worker: number;
  readonly kind: string;
  readonly rejection: string;
  readonly token: number;
  readonly saw: string;
}

export interface WorkersWorld {
  /** A store of the same database that only takes work in, as a web process would. */
  readonly store: Store;
  worker(role?: 'holder' | 'worker'): Promise<ChildProcess>;
  kill(worker: ChildProcess): Promise<void>;
  /** Something happened to the rejection, and it is woken. */
  happen(rejection: string): Promise<void>;
  journal(): Promise<readonly Told[]>;
}

const gone = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((done) => child.once('exit', () => done()));

/** A story of several workers in processes of their own on one database. Leaves none of them behind. */
export async function inWorkers(story: (world: WorkersWorld) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  const store = await openStore({ ...database, log: silent });
  const children: ChildProcess[] = [];
  await store.pool.query(`
    create table world (rejection text primary key, n integer not null);
    create table journal (id serial primary key, worker integer, kind text, rejection text, token integer, saw text)`);
  const world: WorkersWorld = {
    store,
    worker: async (role = 'worker') => {
      const argv = [database.stateDir, database.databaseUrl, role];
      const child = fork(SCRIPT, argv, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      children.push(child);
      await new Promise<void>((done, fail) => {
        child.once('message', () => done());
        child.once('exit', () => fail(new Error('the worker ended before it was ready')));
      });
      return child;
    },
    kill: async (child) => {
      child.kill('SIGKILL');
      await gone(child);
    },
    happen: async (rejection) => {
      const text = 'insert into world values ($1, 1) on conflict (rejection) do update set n = world.n + 1';
      await store.pool.query(text, [rejection]);
      await store.engine.wake({ installation: 1, rejection });
    },
    journal: async () => (await store.pool.query<Told>('select * from journal order by id')).rows,
  };
  try {
    await story(world);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map(gone));
    await store.close();
    await database.drop();
  }
}
