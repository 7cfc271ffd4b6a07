import type { Case } from './support/case.ts';
import { processesOf } from './support/processes.ts';
import type { Story } from './support/story.ts';
import { until } from './support/until.ts';
import { openWorld } from './support/world.ts';

/** Twice what is promised: a busy machine is late. */
const PATIENCE_MS = 20_000;

/** The app and its workers die in the middle of their work and nobody comes back: their Postgres ends by itself. */
export function leavingPostgresAlone(story: Story): Case {
  return {
    name: `nobody comes back: ${story.name}`,
    run: async (spares) => {
      const world = await openWorld({ story, spares, database: 'embedded' });
      try {
        await world.start();
        await Promise.all([0, 1].map(() => world.start({ role: 'worker' })));
        await world.people.install();
        const issue = await world.people.reject({ text: 'The lamp costs 9.' });
        await world.people.untilStatus(issue, 'not answered yet');
        for (const app of world.apps) app.signal('SIGKILL');
        const died = performance.now();
        const left = () => processesOf(world.scene.stateDir).map(({ pid, command }) => `${pid} ${command}`);
        if (left().every((line) => !line.includes('postgres'))) return ['no Postgres was left alone'];
        await until('the end of Postgres', async () => left().length === 0, {
          patienceMs: PATIENCE_MS,
          why: async () => left().join('\n'),
        });
        console.log(`  Postgres, left alone, had ended after ${((performance.now() - died) / 1000).toFixed(1)} s`);
        return [];
      } finally {
        await world.clear();
      }
    },
  };
}
