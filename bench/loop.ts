import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Scene } from '../src/cli/demo/people-acting.ts';
import type { Access } from '../src/cli/forge.ts';
import type { ForgeCall } from '../src/forge/forge.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import { type Child, freePort, startApp, startCommand } from './support/child.ts';
import { callsToMerge } from './support/count-calls.ts';
import { median, row } from './support/figures.ts';
import { inPlace, type Place } from './support/place.ts';
import { between, type Span, tellSpans } from './support/spans.ts';
import { straightScript } from './support/straight-script.ts';
import { labelToPullRequest, makeReady, REPO, seed } from './support/tell-story.ts';

interface Told {
  readonly loop: number;
  readonly limit: number;
  /** What the app did meanwhile. */
  readonly spans: readonly Span[];
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
  return { access, app: ending(await startApp(env)) };
}

/** One world: the story and the straight script, on the same forge. */
const tell = (instant: string, calls: readonly ForgeCall[], first: boolean): Promise<Told> =>
  inPlace(async (place) => {
    const { access, app } = await startTwo(place, instant);
    const scene = new Scene(access, REPO);
    const issue = await makeReady(scene);
    const rest = () => scene.until('rest', () => app.ask<boolean>('idle'));
    await rest();
    await app.ask('watch');
    const began = performance.timeOrigin + performance.now();
    const loop = await labelToPullRequest(scene, issue);
    const spans = between(await app.ask<Span[]>('spans'), began, began + loop * 1000);
    await rest();
    const ran = await app.ask<number>('ran');
    if (ran > 0 && !first) throw new Error(`the suites were not instant: steps were run ${ran} times`);
    return { loop, spans, limit: await straightScript(access, scene, calls, join(place.folder, 'limit')) };
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
        because: `of ${median(told.map(({ loop }) => loop)).toFixed(2)} s: ${tellSpans(told.map(({ spans }) => spans))}. The script has one fetch, two trees and one push; base is asked for four times and two trees are laid out, so that what is judged is what is merged`,
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
