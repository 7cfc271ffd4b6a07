import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { redeliverFailed } from '../../src/adapters/github/deliveries.ts';
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
      expect(await redeliverFailed(app, { look: 2 })).toEqual([lost]);
      await local.webhooks.settled();
      expect(stored.map(({ guid }) => guid)).toEqual([arrived, lost]);
      expect(await redeliverFailed(app, { look: 3 })).toEqual([]);
    } finally {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  }));

/** Deliveries as GitHub lists them, newest first. */
function listing(tries: readonly [guid: string, ok: boolean][]) {
  const asked: string[] = [];
  let read = 0;
  return {
    asked,
    read: () => read,
    async *hookDeliveries(): AsyncGenerator<HookDelivery> {
      for (const [index, [guid, ok]] of tries.entries()) {
        read++;
        yield { id: String(tries.length - index), guid, at: '2026-01-01T00:00:00Z', ok };
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
  expect(await redeliverFailed(app)).toEqual(['a', 'b']);
  expect(app.asked).toEqual(['4', '5']);
});

test('a sweep looks at so many, asks for so many, and gives up after so many tries', async () => {
  const poison = Array.from({ length: 8 }, () => ['poison', false] as [string, boolean]);
  const failed = Array.from({ length: 200 }, (_, at) => [`g${at}`, false] as [string, boolean]);
  const app = listing([...failed.slice(0, 50), ...poison, ...failed.slice(50)]);
  const asked = await redeliverFailed(app, { look: 58, ask: 10 });
  expect(asked).toEqual(Array.from({ length: 10 }, (_, at) => `g${49 - at}`));
  expect(app.read()).toBe(58);
});
