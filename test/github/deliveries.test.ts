import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { type RedeliveryNote, redeliverFailed } from '../../src/adapters/github/deliveries.ts';
import type { HookDelivery } from '../../src/adapters/github/hook-deliveries.ts';
import { intake, type Received, WEBHOOK_PATH } from '../../src/adapters/github/intake.ts';
import { GithubRefused } from '../../src/adapters/github/refused.ts';
import { Weather } from '../../src/ports.ts';
import { inWorld, REPO } from './support.ts';

test('a webhook that got lost is asked for, and arrives under its old GUID', () =>
  inWorld(async ({ local, app, as }) => {
    const stored: Received[] = [];
    const deliver = async (delivery: Received) => {
      const known = stored.some(({ guid }) => guid === delivery.guid);
      if (!known) stored.push(delivery);
      return known ? ('known' as const) : ('new' as const);
    };
    const receive = intake({ verify: app.verify, deliver });
    const server = createServer((request, response) => void receive(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    try {
      local.setWebhookUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}${WEBHOOK_PATH}`);
      await local.webhooks.settled();
      const before = local.webhooks.log.length;
      stored.length = 0;
      local.webhooks.dropNext(1);
      await as('mallory', 'POST', `/repos/${REPO}/issues`, { title: 'Lost' });
      await local.webhooks.settled();
      await as('mallory', 'POST', `/repos/${REPO}/issues`, { title: 'Arrived' });
      await local.webhooks.settled();
      const [lost, arrived] = local.webhooks.log.slice(before).map(({ guid }) => guid);
      expect(stored.map(({ guid }) => guid)).toEqual([arrived]);
      const { asked, note } = await redeliverFailed(app, {}, { look: 2 });
      expect(asked).toEqual([lost]);
      await local.webhooks.settled();
      expect(stored.map(({ guid }) => guid)).toEqual([arrived, lost]);
      expect((await redeliverFailed(app, { ...note, cuts: 0 }, { look: 3 })).asked).toEqual([]);
    } finally {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  }));

/** Deliveries as GitHub lists them, newest first. */
function listing(tries: readonly [guid: string, ok: boolean, at?: string][]) {
  const asked: string[] = [];
  let read = 0;
  return {
    asked,
    read: () => read,
    async *hookDeliveries(): AsyncGenerator<HookDelivery> {
      for (const [index, [guid, ok, at]] of tries.entries()) {
        read++;
        yield { id: String(tries.length - index), guid, at: at ?? '2026-01-01T00:00:00Z', ok };
      }
    },
    redeliver: async (id: string) => void asked.push(id),
  };
}

test('only what was never answered well is asked for, its newest try, oldest first', async () => {
  const app = listing([
    ['b', false],
    ['a', false],
    ['c', true],
    ['a', false],
    ['c', false],
  ]);
  expect((await redeliverFailed(app)).asked).toEqual(['a', 'b']);
  expect(app.asked).toEqual(['4', '5']);
});

test('a sweep looks at so many, asks for so many, and last for what has failed too often', async () => {
  const poison = Array.from({ length: 8 }, () => ['poison', false] as [string, boolean]);
  const failed = Array.from({ length: 200 }, (_, at) => [`g${at}`, false] as [string, boolean]);
  const app = listing([...failed.slice(0, 50), ...poison, ...failed.slice(50)]);
  const { asked } = await redeliverFailed(app, {}, { look: 58, ask: 10 });
  expect(asked).toEqual(Array.from({ length: 10 }, (_, at) => `g${49 - at}`));
  expect(app.read()).toBe(58);
});

test('the next sweep looks only at what came since, asks for nothing twice, and counts on', async () => {
  const old = Array.from(
    { length: 300 },
    (_, at) => [`old${at}`, true, '2026-01-01T00:00:00Z'] as [string, boolean, string],
  );
  const first = [['lost', false, '2026-01-01T01:00:00Z'], ...old] as [string, boolean, string][];
  const one = await redeliverFailed(listing(first));
  expect(one.asked).toEqual(['lost']);
  const quiet = listing(first);
  expect((await redeliverFailed(quiet, one.note)).asked).toEqual([]);
  expect(quiet.read()).toBe(2);
  const again = listing([['lost', false, '2026-01-01T01:05:00Z'], ['new', false, '2026-01-01T01:04:00Z'], ...first]);
  const two = await redeliverFailed(again, one.note);
  expect(two.asked).toEqual(['new', 'lost']);
  const third = listing([['lost', false, '2026-01-01T01:09:00Z'], ['new', true, '2026-01-01T01:08:00Z'], ...first]);
  const last = await redeliverFailed({ ...third, hookDeliveries: () => later(third.hookDeliveries(), 1000) }, two.note);
  expect(last.asked).toEqual(['lost']);
  expect(last.note.failing).toMatchObject({ lost: { tries: 3 } });
  expect(Object.keys(last.note.failing ?? {})).toEqual(['lost']);
});

/** The same with higher ids, as later tries have. */
async function* later(deliveries: AsyncIterable<HookDelivery>, by: number): AsyncGenerator<HookDelivery> {
  for await (const one of deliveries) yield { ...one, id: String(Number(one.id) + by) };
}

test('more than one sweep looks at is not passed over: each of the next looks twice as far, until it meets the last end', async () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  const all = Array.from({ length: 30 }, (_, n) => [`g${n}`, false, at(60 - n)] as [string, boolean, string]);
  const asked: string[] = [];
  let note: RedeliveryNote = { until: at(31) };
  for (let pass = 0; pass < 3; pass++) {
    const swept = await redeliverFailed(listing(all), note, { look: 10 });
    asked.push(...swept.asked);
    note = swept.note;
  }
  expect(asked.toSorted()).toEqual(all.map(([guid]) => guid).toSorted());
  const settled = listing(all);
  await redeliverFailed(settled, note, { look: 10 });
  expect(settled.read()).toBe(4);
});

const MINUTE = 60_000;

/** A GitHub with a clock, that sends again what it is asked for; `takes` tells what is taken in. */
function living(takes: (guid: string, at: number) => boolean) {
  const tries: HookDelivery[] = [];
  const arrived = new Set<string>();
  const asked: string[] = [];
  let now = Date.UTC(2026, 0, 1);
  let note: RedeliveryNote = {};
  const send = (guid: string) => {
    const ok = takes(guid, now);
    if (ok) arrived.add(guid);
    tries.unshift({ id: String(tries.length + 1), guid, at: new Date(now).toISOString(), ok });
  };
  const app = {
    async *hookDeliveries() {
      yield* [...tries];
    },
    redeliver: async (id: string) => {
      const guid = tries.find((one) => one.id === id)?.guid ?? '';
      asked.push(guid);
      send(guid);
    },
  };
  const pass = async (minutes: number) => {
    for (const end = now + minutes * MINUTE; now < end; now += 5 * MINUTE)
      ({ note } = await redeliverFailed(app, JSON.parse(JSON.stringify(note)), { now }));
  };
  return { send, pass, asked, arrived };
}

test.each([1, 12, 60])(
  'after %i hours without an answer a webhook is still asked for, ever more rarely',
  async (hours) => {
    const end = Date.UTC(2026, 0, 1, hours);
    const github = living((_, at) => at >= end);
    github.send('lost');
    await github.pass(hours * 60);
    expect(github.asked.length).toBeLessThan(12 + hours / 4);
    await github.pass(6 * 60 + 10);
    expect([...github.arrived]).toEqual(['lost']);
  },
);

test('what failed while nothing was taken in is asked for as soon as something arrives', async () => {
  const end = Date.UTC(2026, 0, 2);
  const github = living((_, at) => at >= end);
  for (let n = 0; n < 30; n++) github.send(`lost${n}`);
  await github.pass(24 * 60 + 5);
  expect(github.arrived.size).toBe(0);
  github.send('another');
  await github.pass(10);
  expect(github.arrived.size).toBe(31);
});

test('webhooks that always fail keep no other from its turn, and are not asked for all the time', async () => {
  const github = living((guid) => !guid.startsWith('poison'));
  for (let n = 0; n < 80; n++) github.send(`poison${n}`);
  for (let hour = 0; hour < 24; hour++) {
    github.send(`fine${hour}`);
    await github.pass(60);
  }
  expect(github.asked.length).toBeLessThan(80 * 24);
  const down = living((guid, at) => !guid.startsWith('poison') && at !== Date.UTC(2026, 0, 1, 5));
  for (let n = 0; n < 80; n++) down.send(`poison${n}`);
  await down.pass(5 * 60);
  down.send('lost');
  expect(down.arrived.has('lost')).toBe(false);
  await down.pass(10);
  expect(down.arrived.has('lost')).toBe(true);
});

test('one that GitHub refuses to send again stands in no other’s way, and is not asked for again at once', async () => {
  const app = listing([
    ['c', false],
    ['b', false],
    ['a', false],
  ]);
  const redeliver = async (id: string) => {
    if (id === '1') throw new GithubRefused(422, 'POST', 'Too old');
    await app.redeliver(id);
  };
  const one = await redeliverFailed({ ...app, redeliver });
  expect(one).toMatchObject({ asked: ['b', 'c'], calls: 4 });
  expect((await redeliverFailed({ ...app, redeliver }, one.note)).calls).toBe(1);
});

test('what GitHub’s weather ends is told, with what was asked for until then', async () => {
  const app = listing([
    ['b', false],
    ['a', false],
  ]);
  const weather = new Weather('GitHub could not be reached.');
  const redeliver = async (id: string) => {
    if (id === '2') throw weather;
    await app.redeliver(id);
  };
  const one = await redeliverFailed({ ...app, redeliver });
  expect(one).toMatchObject({ asked: ['a'], trouble: weather });
  expect((await redeliverFailed(app, one.note)).asked).toEqual(['b']);
  expect(app.asked).toEqual(['1', '2']);
});

test('what is more than can ever be looked at or noted is passed over, told, and not looked at for ever', async () => {
  const many = (count: number): [string, boolean, string][] =>
    Array.from({ length: count }, (_, n) => [`g${n}`, false, new Date(Date.UTC(2026, 0, 1) - n * 1000).toISOString()]);
  const reads: number[] = [];
  const told: boolean[] = [];
  let note: RedeliveryNote = {};
  for (let pass = 0; pass < 6; pass++) {
    const app = listing(many(1000));
    const swept = await redeliverFailed(app, note, { look: 10, noted: 100 });
    reads.push(app.read());
    told.push(swept.passedOver);
    note = swept.note;
  }
  expect(reads).toEqual([10, 20, 40, 80, 80, 80].map((read, at) => (at < 4 ? read : expect.any(Number))));
  expect(told.slice(0, 4)).toEqual([false, false, false, true]);
  expect(note.cuts ?? 0).toBeLessThan(4);
  const flood = await redeliverFailed(listing(many(150)), {}, { noted: 100 });
  expect(Object.keys(flood.note.failing ?? {})).toHaveLength(100);
  expect(flood.passedOver).toBe(true);
});
