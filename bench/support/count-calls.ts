import type { ForgeCall } from '../../src/forge/forge.ts';
import { labelToMerged, makeReady } from './tell-story.ts';
import { inWorld } from './world.ts';

/** Whether GitHub counts the call as creating content. A token is none. */
export const createsContent = ({ method, path }: ForgeCall): boolean =>
  method !== 'GET' && !path.endsWith('/access_tokens');

/**
 * The calls of the app from the label to the merge, in order, counted by a forge in this process, since one in another
 * process tells nobody what it was asked.
 */
export const callsToMerge = (): Promise<readonly ForgeCall[]> =>
  inWorld(async ({ forge, scene, tokens, rest }) => {
    const issue = await makeReady(scene);
    await rest();
    const before = forge.calls.length;
    await labelToMerged(scene, issue);
    // A call is noted when it is answered, and the merge is seen before that.
    await rest();
    const mine = forge.calls.slice(before).filter(({ by }) => by !== null && !(by in tokens));
    const merged = mine.findIndex(({ method, path }) => method === 'PUT' && path.endsWith('/merge'));
    return mine.slice(0, merged + 1);
  });
