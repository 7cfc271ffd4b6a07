import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onSmallDisk } from './support/app-process.ts';
import { type Case, compare, type Undisturbed } from './support/case.ts';
import type { People } from './support/people.ts';
import type { Story } from './support/story.ts';
import { tell } from './support/tell.ts';
import { until } from './support/until.ts';
import type { World } from './support/world.ts';

/** Room for a database that was just made, and little more. */
const DISK_BYTES = 200 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024);

/** The state folder as the app sees it, through its own mounts. */
const inside = (world: World): string => join('/proc', String(world.living().pid), 'root', world.scene.stateDir);

/** Writes until nothing more fits. Returns how to take it away again. */
function fill(folder: string): () => void {
  const ballast = join(folder, 'ballast');
  mkdirSync(folder, { recursive: true });
  const file = openSync(ballast, 'w');
  try {
    for (;;) writeSync(file, CHUNK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
  return () => rmSync(ballast);
}

/** Comments of a size that has to be stored, until one webhook is answered with an error. */
async function untilRefused(world: World, people: People): Promise<void> {
  const [issue] = await people.call('alice', 'GET', '/issues');
  await until('a webhook that is refused', async () => {
    await people.comment(issue.number, 'x'.repeat(60_000), 'carol');
    await world.forge.webhooks.settled();
    const { statusCode } = world.forge.webhooks.log.at(-1) ?? { statusCode: 0 };
    return statusCode >= 500;
  });
}

/** The story goes on as it would have; what was said meanwhile by one who only fills the disk is taken away again. */
async function clearUp(people: People): Promise<void> {
  for (const issue of await people.call('alice', 'GET', '/issues?state=all'))
    for (const { id, body } of await people.call('alice', 'GET', `/issues/${issue.number}/comments?per_page=100`))
      if (body.startsWith('xxx')) await people.call('carol', 'DELETE', `/issues/comments/${id}`);
}

/** The disk is full in the middle of a story: webhooks are refused in words, nothing is lost, and it goes on. */
export function fillingDisk(of: Undisturbed): Case {
  return {
    name: `disk: ${of.story.name}`,
    run: async (spares) => {
      const scene: { world?: World } = {};
      const story: Story = {
        ...of.story,
        tell: async (people) => {
          const { world } = scene;
          if (world === undefined) throw new Error('the story began without its world');
          const filling = (async () => {
            await until('the first status', async () => {
              const [issue] = await people.call('alice', 'GET', '/issues');
              return issue !== undefined && (await people.status(issue.number)).includes('not answered yet');
            });
            const free = fill(inside(world));
            try {
              await untilRefused(world, people);
              const says = async () => /no space left|disk/i.test(world.output());
              await until('words in the log about the disk', says, { why: async () => world.output() });
            } finally {
              free();
              await clearUp(people);
            }
          })();
          await Promise.all([of.story.tell(people), filling]);
        },
      };
      const told = await tell({
        story,
        spares,
        database: 'small-disk',
        begin: async (world) => {
          scene.world = world;
          const process = await onSmallDisk(world.scene.stateDir, DISK_BYTES);
          await world.start({ process });
        },
      });
      return compare(told, of);
    },
  };
}
