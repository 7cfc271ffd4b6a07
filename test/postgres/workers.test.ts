import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { handlers, inStore } from './support/in-store.ts';
import { until } from './support/until.ts';
import { inWorkers, type Told } from './support/workers.ts';

const REJECTIONS = 50;
const EVENTS = 20;
const keys = Array.from({ length: REJECTIONS }, (_, n) => `o/r${n % 5}#${n}`);
const repoOf = (rejection: string) => rejection.split('#')[0] ?? '';

/** The most turns that were open at once per what `by` says. A turn of a worker that was killed ends with the worker. */
function mostOpen(journal: readonly Told[], kind: string, by: (rejection: string) => string): number {
  const last = new Map(journal.map(({ worker, id }) => [worker, id]));
  const open = new Map<string, Map<string, Told>>();
  let most = 0;
  for (const told of journal) {
    const turns = open.get(by(told.rejection)) ?? new Map<string, Told>();
    const turn = `${told.rejection} ${told.token}`;
    if (told.kind === kind) open.set(by(told.rejection), turns.set(turn, told));
    if (told.kind === kind.replace('begin', 'end')) turns.delete(turn);
    most = Math.max(most, [...turns.values()].filter(({ worker }) => (last.get(worker) ?? 0) >= told.id).length);
  }
  return most;
}

test('(invariant 8) two workers, one of them killed again and again: one advance per rejection, nothing lost, in order', () =>
  inWorkers(async ({ store, worker, kill, happen, journal }) => {
    await worker();
    let victim = await worker();
    const kills = (async () => {
      for (let n = 0; n < 3; n += 1) {
        await sleep(400);
        await kill(victim);
        victim = await worker();
      }
    })();
    for (let event = 0; event < EVENTS; event += 1) {
      await Promise.all(keys.map(happen));
      await sleep(60);
    }
    await kills;
    await until(store.engine.idle);

    const told = await journal();
    expect(new Set(told.map((one) => one.worker)).size).toBeGreaterThan(2);
    expect(mostOpen(told, 'begin', (rejection) => rejection)).toBe(1);
    expect(mostOpen(told, 'begin-run', repoOf)).toBeLessThanOrEqual(2);
    for (const key of keys) {
      const saw = told
        .filter(({ kind, rejection }) => kind === 'end' && rejection === key)
        .map((one) => Number(one.saw));
      expect(saw).toEqual(saw.toSorted((a, b) => a - b));
      expect([key, saw.at(-1)]).toEqual([key, EVENTS]);
      const facts = await store.ledger.read(key);
      expect(facts.map(({ fact }) => fact.kind === 'status-posted' && fact.comment).toSorted()).toEqual([1, 2]);
    }
  }));

test('(invariant 8) a worker that was frozen is taken over from, and finds on waking that it may neither write nor record', () =>
  inWorkers(async ({ store, worker, happen, journal }) => {
    const holder = await worker('holder');
    await happen('o/held#1');
    await until(async () => (await journal()).some(({ kind }) => kind === 'holding'));
    const other = await worker();
    holder.kill('SIGSTOP');
    await until(async () => (await journal()).some(({ kind, worker: by }) => kind === 'end' && by === other.pid));
    await until(store.engine.idle);
    holder.kill('SIGCONT');
    await until(async () => (await journal()).some(({ kind }) => kind === 'went-on'));

    const told = await journal();
    expect(told.find(({ kind }) => kind === 'went-on')?.saw).toBe('Weather Fenced');
    const tokens = told.filter(({ kind }) => kind === 'begin' || kind === 'holding').map(({ token }) => token);
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    const facts = await store.ledger.read('o/held#1');
    expect(facts.map(({ fact }) => fact.kind === 'status-posted' && fact.comment)).toEqual([1, 2]);

    // It is a worker like any other again.
    other.kill('SIGKILL');
    await happen('o/other#1');
    await until(store.engine.idle);
    expect((await journal()).find(({ rejection }) => rejection === 'o/other#1')?.worker).toBe(holder.pid);
  }));

test('a run that is stopped from another process is stopped; the next one of the same rejection is not', () =>
  inStore(
    async ({ store, reopen }) => {
      const elsewhere = (await reopen()).engine;
      const ended: string[] = [];
      const begun: string[] = [];
      await store.engine.start(
        handlers({
          run: (_at, run, signal) =>
            new Promise((done) => {
              begun.push(run);
              if (run === 'second') setTimeout(done, 200);
              signal.addEventListener('abort', () => {
                ended.push(`${run} ${signal.reason}`);
                done();
              });
            }),
        }),
      );
      const at = { installation: 1, rejection: 'o/r#1' };
      await elsewhere.enqueueRun(at, 'first');
      await until(() => begun.length === 1);
      await elsewhere.cancelRun('o/r#1');
      await until(() => ended.length === 1);
      await elsewhere.enqueueRun(at, 'second');
      await until(store.engine.idle);
      expect([begun, ended]).toEqual([['first', 'second'], ['first stop-requested']]);
    },
    { heedMs: 20 },
  ));

test('a run that another worker has begun anew is aborted here, and neither wakes nor records anything', () =>
  inStore(
    async ({ store: { engine, pool, ledger } }) => {
      let why: unknown;
      let refused = '';
      let advances = 0;
      await engine.start(
        handlers({
          advance: async () => {
            advances += 1;
          },
          run: async ({ rejection }, _run, signal, fence) => {
            await pool.query(`update corrigible.fence set token = token + 1, executor = 'another' where lane = 'run'`);
            await new Promise((done) => signal.addEventListener('abort', done));
            why = signal.reason;
            const append = ledger.under(fence).append(rejection, 0, [{ kind: 'status-posted', comment: 1 }]);
            refused = await append.then(String, (error: Error) => error.name);
            throw new Error('given up');
          },
        }),
      );
      await engine.enqueueRun({ installation: 1, rejection: 'o/r#1' }, 'round');
      await until(() => refused !== '');
      await until(engine.idle);
      expect([why, refused, advances]).toEqual(['taken-over', 'Fenced', 0]);
    },
    { heedMs: 20 },
  ));

test('a worker that leaves hands back what it has at work, and another begins it at once', () =>
  inWorkers(async ({ worker, happen, journal }) => {
    const leaving = await worker('holder');
    await happen('o/held#1');
    await until(async () => (await journal()).some(({ kind }) => kind === 'holding'));
    await worker();
    leaving.send('stop');
    // Within its own process' time to die: long before its heartbeat would be missed by a clock of 20 s.
    await until(async () =>
      (await journal()).some(({ kind, rejection }) => kind === 'end' && rejection === 'o/held#1'),
    );
    const tokens = (await journal()).filter(({ rejection }) => rejection === 'o/held#1').map(({ token }) => token);
    expect(Math.max(...tokens)).toBeGreaterThan(tokens[0] ?? 0);
  }));
