import { setTimeout as sleep } from 'node:timers/promises';
import { type Case, compare, type Undisturbed } from './support/case.ts';
import { pick, type Random, randomBy } from './support/random.ts';
import { tell } from './support/tell.ts';
import type { World } from './support/world.ts';

const HOUR_MS = 3_600_000;
const JUMPS = [-HOUR_MS, 0, HOUR_MS];

async function jump(world: World, random: Random, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await sleep(200 + random() * 1500);
    const app = world.apps.find(({ alive }) => alive);
    await app?.ask({ do: 'move-clock', ms: pick(random, JUMPS) }).catch(() => {});
  }
}

/** A story during which the app's clock jumps by an hour, forwards and backwards. */
export function movingClock(of: Undisturbed, seed: number): Case {
  return {
    name: `clock: ${of.story.name} (${seed})`,
    run: async (spares) => {
      const random = randomBy(seed);
      const over = new AbortController();
      let jumping: Promise<void> | undefined;
      const told = await tell({
        story: of.story,
        spares,
        begin: async (world) => {
          await world.start({ clockMs: pick(random, JUMPS) });
          jumping = jump(world, random, over.signal);
        },
        end: async () => {
          over.abort();
          await jumping;
        },
      }).finally(() => over.abort());
      return compare(told, of);
    },
  };
}
