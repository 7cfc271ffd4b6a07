import { setTimeout as sleep } from 'node:timers/promises';
import { type Case, compare, type Undisturbed } from './support/case.ts';
import { pick, type Random, randomBy, shuffle } from './support/random.ts';
import { tell } from './support/tell.ts';
import type { World } from './support/world.ts';

type Mischief = (webhooks: World['forge']['webhooks'], random: Random) => Promise<void>;

const some = (random: Random, most: number): number => 1 + Math.floor(random() * most);

/** One that fails eight times is asked for every half hour from then on, as it should: no story waits for that. */
const LOST = 4;

/** How often that one failed which failed most, of those that never arrived. */
function mostLost({ log }: World['forge']['webhooks']): number {
  const arrived = new Set(log.flatMap(({ guid, statusCode }) => (statusCode >= 200 && statusCode < 300 ? [guid] : [])));
  const failed = Map.groupBy(
    log.filter(({ guid }) => !arrived.has(guid)),
    ({ guid }) => guid,
  );
  return Math.max(0, ...[...failed.values()].map(({ length }) => length));
}

const mischiefs: Readonly<Record<string, Mischief>> = {
  duplicated: async (webhooks, random) => webhooks.duplicateNext(some(random, 5)),
  dropped: async (webhooks, random) => webhooks.dropNext(mostLost(webhooks) < LOST ? some(random, 3) : 0),
  delayed: async (webhooks, random) => webhooks.delay(Math.floor(random() * 300)),
  reordered: async (webhooks, random) => {
    webhooks.hold();
    await sleep(random() * 600);
    await webhooks.release((held) => [...shuffle(random, held)]);
  },
};

/** Plays tricks on the webhooks until the story is over. */
async function play(world: World, random: Random, over: AbortSignal): Promise<void> {
  const { webhooks } = world.forge;
  while (!over.aborted) {
    await mischiefs[pick(random, Object.keys(mischiefs))]?.(webhooks, random);
    await sleep(random() * 300);
  }
  webhooks.delay(0);
  webhooks.dropNext(0);
  await webhooks.release();
}

/** A story whose webhooks come twice, late, in another order, or not at all. */
export function trickingWebhooks(of: Undisturbed, seed: number): Case {
  return {
    name: `webhooks: ${of.story.name} (${seed})`,
    run: async (spares) => {
      const over = new AbortController();
      let playing: Promise<void> | undefined;
      const told = await tell({
        story: of.story,
        spares,
        begin: async (world) => {
          await world.start();
          playing = play(world, randomBy(seed), over.signal);
        },
        end: async () => {
          over.abort();
          await playing;
        },
      }).finally(() => over.abort());
      return compare(told, of);
    },
  };
}
