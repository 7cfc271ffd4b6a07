import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../src/app.ts';
import { Scene } from '../src/cli/demo/people-acting.ts';
import type { Access } from '../src/cli/forge.ts';
import { type ForgeCall, startForge } from '../src/forge/forge.ts';
import { labelToMerged, makeReady, REPO, seed } from './tell-story.ts';

/** Whether GitHub counts the call as creating content. A token is none. */
export const createsContent = ({ method, path }: ForgeCall): boolean =>
  method !== 'GET' && !path.endsWith('/access_tokens');

/**
 * The calls of the app from the label to the merge, in order, counted by a forge in this process, since one in another
 * process tells nobody what it was asked.
 */
export async function callsToMerge(): Promise<readonly ForgeCall[]> {
  const root = await mkdtemp(join(tmpdir(), 'corrigible-bench-'));
  await chmod(root, 0o711);
  const forge = await startForge({ root: join(root, 'forge') });
  const { id: appId, privateKey, webhookSecret } = forge.app;
  const address = { apiUrl: forge.url, webUrl: forge.url, host: '127.0.0.1', port: 0 };
  const local = { stateDir: join(root, 'app'), databaseUrl: undefined, logLevel: 'silent' as const, model: null };
  const app = await startApp({ appId, privateKey, webhookSecret, ...address, ...local }, { onLog: () => {} });
  try {
    forge.setWebhookUrl(`${app.url}/api/github/webhooks`);
    const tokens = Object.fromEntries(seed.users.map((login) => [login, forge.addUser(login).token]));
    for (const [name, options] of Object.entries(seed.repositories)) await forge.addRepository(name, options);
    const scene = new Scene({ url: forge.url, tokens } as unknown as Access, REPO);
    const issue = await makeReady(scene);
    const idle = () => scene.until('rest', () => app.idle());
    await idle();
    const before = forge.calls.length;
    await labelToMerged(scene, issue);
    // A call is noted when it is answered, and the merge is seen before that.
    await idle();
    const mine = forge.calls.slice(before).filter(({ by }) => by !== null && !(by in tokens));
    const merged = mine.findIndex(({ method, path }) => method === 'PUT' && path.endsWith('/merge'));
    return mine.slice(0, merged + 1);
  } finally {
    await app.stop();
    await forge.close();
    await rm(root, { recursive: true, force: true });
  }
}
