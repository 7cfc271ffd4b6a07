import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { type RedeliveryNote, redeliverFailed } from '../../src/adapters/github/deliveries.ts';
import type { HookDelivery } from '../../src/adapters/github/hook-deliveries.ts';
import { intake, type Received, WEBHOOK_PATH } from '../../src/adapters/github/intake.ts';
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

test('a sweep looks at so many, asks for so many, and gives up after so many tries', async () => {
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
  const two = await redeliverFailed(again, one.note, { tries: 3 });
  expect(two.asked).toEqual(['new', 'lost']);
  const third = listing([['lost', false, '2026-01-01T01:09:00Z'], ['new', true, '2026-01-01T01:08:00Z'], ...first]);
  const last = await redeliverFailed(
    { ...third, hookDeliveries: () => later(third.hookDeliveries(), 1000) },
    two.note,
    { tries: 3 },
  );
  expect(last.asked).toEqual([]);
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
