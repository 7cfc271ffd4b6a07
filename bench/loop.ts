import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Scene } from '../src/cli/demo/people-acting.ts';
import type { Access } from '../src/cli/forge.ts';
import type { ForgeCall } from '../src/forge/forge.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import { type Child, freePort, startCommand, startScript } from './support/child.ts';
import { callsToMerge } from './support/count-calls.ts';
import { row } from './support/figures.ts';
import { inPlace, type Place } from './support/place.ts';
import { straightScript } from './support/straight-script.ts';
import { labelToPullRequest, makeReady, REPO, seed } from './support/tell-story.ts';

const APP = new URL('./processes/app.ts', import.meta.url);

interface Told {
  readonly loop: number;
  readonly limit: number;
}

/** The forge and the app as two processes in a folder of their own; the app's suites answer from `instant`. */
async function startTwo({ folder, ending }: Place, instant: string): Promise<{ access: Access; app: Child }> {
  const seedFile = join(folder, 'seed.json');
  await writeFile(seedFile, JSON.stringify(seed));
  const port = await freePort();
  const state = join(folder, 'forge');
  const webhook = `http://127.0.0.1:${port}/api/github/webhooks`;
  const args = ['--port', '0', '--state', state, '--seed', seedFile, '--webhook', webhook];
  ending(await startCommand('forge', {}, args));
  const access = JSON.parse(await readFile(join(state, 'access.json'), 'utf8')) as Access;
  const env = {
    APP_ID: String(access.app.id),
    PRIVATE_KEY: access.app.privateKey,
    WEBHOOK_SECRET: access.app.webhookSecret,
    GITHUB_API_URL: access.url,
    GITHUB_URL: access.url,
    PORT: String(port),
    STATE_DIR: join(folder, 'app'),
    LOG_LEVEL: 'warn',
    INSTANT: instant,
  };
  return { access, app: ending(await startScript(APP, env, ['--max-semi-space-size=1', '--optimize-for-size'])) };
}

/** One world: the story and the straight script, on the same forge. */
const tell = (instant: string, calls: readonly ForgeCall[], first: boolean): Promise<Told> =>
  inPlace(async (place) => {
    const { access, app } = await startTwo(place, instant);
    const scene = new Scene(access, REPO);
    const issue = await makeReady(scene);
    const rest = () => scene.until('rest', () => app.ask<boolean>('idle'));
    await rest();
    const loop = await labelToPullRequest(scene, issue);
    await rest();
    const ran = await app.ask<number>('ran');
    if (ran > 0 && !first) throw new Error(`the suites were not instant: steps were run ${ran} times`);
    return { loop, limit: await straightScript(access, scene, calls, join(place.folder, 'limit')) };
  });

async function measure({ rounds }: Size, { folder }: Place): Promise<Measured> {
  const all = await callsToMerge();
  const calls = all.slice(
    0,
    all.findIndex(({ method, path }) => method === 'POST' && path.endsWith('/pulls')),
  );
  const instant = join(folder, 'instant.json');
  await tell(instant, calls, true);
  const told: Told[] = [];
  for (let round = 0; round < rounds; round++) told.push(await tell(instant, calls, false));
  return {
    rows: [
      row({
        figure: 'label `fix-clear` → pull request',
        unit: 's',
        measured: told.map(({ loop }) => loop),
        beside: { name: 'straight script', measured: told.map(({ limit }) => limit) },
        goal: { of: 'ratio', atMost: 2 },
        because:
          'git, not waiting: four `ls-remote` where the script needs one fetch, three trees written, two trees laid out and two compared for the judging',
      }),
    ],
    notes: [
      `The straight script makes the same ${calls.length} calls, one fetch, two commits, one push and the pull request, one after`,
      'another. The agent is a recipe; the suites answer what they gave in a first story that is not counted: what is left',
      'is ours. People look every 25 ms.',
    ],
  };
}

export const loop: Benchmark = {
  name: 'loop',
  title: 'the loop itself',
  about: 'Label to pull request with an instant agent and instant suites, beside a straight script on the same forge.',
  run: (size) => inPlace((place) => measure(size, place)),
};
