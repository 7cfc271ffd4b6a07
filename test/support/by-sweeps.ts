import { githubApp } from '../../src/adapters/github/app.ts';
import { openSweep, type SweepReport } from '../../src/adapters/github/sweep.ts';
import { openRepositories } from '../../src/adapters/postgres/repositories.ts';
import { openSweeps } from '../../src/adapters/postgres/sweeps.ts';
import { forSweeps } from '../../src/concern.ts';
import { LABELS } from '../../src/domain/labels.ts';
import { silent } from './silent-log.ts';
import type { World } from './world.ts';

/** From now on no webhook arrives. The function that is returned sweeps until nothing is left to wake, and waits. */
export async function deaf(world: World): Promise<() => Promise<SweepReport>> {
  const { forge } = world;
  forge.webhooks.dropNext(Number.POSITIVE_INFINITY);
  const { id, privateKey, webhookSecret } = forge.app;
  const github = await githubApp({ appId: id, privateKey, webhookSecret, apiUrl: forge.url, log: silent });
  const { pool, ledger, engine, mark } = world.app().store;
  const turns = openSweeps(pool);
  const sweep = openSweep({
    github,
    turns,
    repositories: openRepositories(pool),
    ledger: forSweeps(ledger, async () => (await github.me()).login),
    label: LABELS.rejection,
    mark,
    wake: async (wakings) => {
      for (const waking of wakings) await engine.wake(waking);
    },
    log: silent,
  });
  return async () => {
    let report: SweepReport;
    do {
      await turns.hurry();
      report = await sweep.once();
      await world.settled();
      // The app sweeps, too: what it has claimed in this moment, this pass did not see.
    } while (report.woken.length > 0 || report.repositories === 0);
    return report;
  };
}
