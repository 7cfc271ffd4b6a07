import { headTip } from './forks.ts';
import { findIssue, type World } from './world.ts';

/** After a kill the snapshot may be a push older than the repositories; what git says is the truth. */
export async function settleHeads(world: World): Promise<void> {
  for (const repository of world.state.repositories) {
    for (const pull of repository.pulls) {
      if (findIssue(repository, pull.number).state === 'closed') continue;
      const tip = await headTip(world, repository, pull);
      if (!tip || tip === pull.headSha) continue;
      pull.headSha = tip;
      world.changed();
    }
  }
}
