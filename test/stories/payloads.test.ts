import { createHmac, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { examples, mutations } from '../github/examples.ts';
import { clear } from '../support/rejections.ts';
import { inWorld, type World, yes } from '../support/world.ts';

const AT_ONCE = 16;
/** Of the mutated payloads one in so many is sent: all of them are sent to the door alone in `test/github`. */
const ONE_IN = 7;

async function post(world: World, event: string, payload: unknown): Promise<number> {
  const body = JSON.stringify(payload);
  const signature = createHmac('sha256', world.forge.app.webhookSecret).update(body).digest('hex');
  const response = await fetch(`${world.app().url}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${signature}`,
    },
  });
  await response.arrayBuffer();
  return response.status;
}

/** How often each status was the answer. */
async function postAll(world: World, payloads: Iterable<{ event: string; payload: unknown }>) {
  const statuses: Record<number, number> = {};
  const waiting = [...payloads];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const status = await post(world, next.event, next.payload);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return statuses;
}

test('whatever GitHub may send is taken, nothing is left unhandled, and the app goes on working', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    await inWorld({}, async (world) => {
      const greeting = world.forge.webhooks.log.find(({ event }) => event === 'installation');
      const { installation } = greeting!.payload;
      // As they were published, and as if they came from the installation that the app has, about its repository.
      const ours = examples.map(({ event, payload }) => ({
        event,
        payload: { ...payload, installation, repository: { full_name: 'acme/support' } },
      }));
      const mutated = [...mutations(7, 1)].filter((_, i) => i % ONE_IN === 0);
      const sent = [...examples, ...ours, ...mutated];
      const statuses = await postAll(world, sent);
      expect(statuses).toEqual({ 202: sent.length });
      await world.settled();

      const issue = await world.reject(clear);
      await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
      await world.label(issue);
      const pull = await world.onlyPull();
      await world.approve(pull.number);
      expect((await world.pull(pull.number)).merged).toBe(true);
    });
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(unhandled).toEqual([]);
});
