// Prints the figures of the loop beside their goals, the machine first. `--write` puts them into docs/benchmarks.md,
// `--repeat n` tells the story n times.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Scene } from '../src/cli/demo/people-acting.ts';
import { startTwo } from '../src/cli/demo/processes.ts';
import type { ForgeCall } from '../src/forge/forge.ts';
import { callsToMerge, createsContent } from './count-calls.ts';
import { limit } from './limit.ts';
import { machine } from './machine.ts';
import { labelToMerged, makeReady, memoryOf, REPO, seed } from './tell-story.ts';

interface Measured {
  readonly story: number;
  readonly limit: number;
  readonly memory: number;
}

const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, repeat: { type: 'string', default: '5' } },
});
const repeat = Math.max(1, Number(values.repeat) || 5);

/** One world of its own: the story, the memory afterwards, and the limit on the same forge. */
async function measure(calls: readonly ForgeCall[]): Promise<Measured> {
  const two = await startTwo({ seed });
  try {
    const scene = new Scene(two.access, REPO);
    const issue = await makeReady(scene);
    const story = await labelToMerged(scene, issue);
    await scene.until('thanks', async () => (await scene.issue('alice', issue)).state === 'closed');
    return { story, memory: await memoryOf(two), limit: await limit(two, scene, calls) };
  } finally {
    await two.stop();
  }
}

const median = (of: readonly number[]): number =>
  [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN;
const seconds = (of: readonly number[]): string =>
  `${Math.min(...of).toFixed(2)} s / ${median(of).toFixed(2)} s (n = ${of.length})`;

function tableOf(all: readonly Measured[], calls: readonly ForgeCall[]): readonly string[] {
  const stories = all.map(({ story }) => story);
  const limits = all.map((one) => one.limit);
  const creating = calls.filter(createsContent).length;
  return [
    '| figure | measured | goal |',
    '|---|---|---|',
    `| story (a): label → merged with a recipe, two processes, min / median | ${seconds(stories)} | ≤ 3 s |`,
    `| its limit: a straight script with the same calls and git, nothing judged, min / median | ${seconds(limits)} | – |`,
    `| story ÷ limit, medians | ${(median(stories) / median(limits)).toFixed(1)} | – |`,
    `| memory (PSS) of app, forge and Postgres, median | ${median(all.map(({ memory }) => memory)).toFixed(0)} MB | ≤ 300 MB |`,
    `| API calls label → merged, four steps | ${calls.length} | ≤ 30 |`,
    `| of them creating content | ${creating} | ≤ 12 |`,
  ];
}

/** A call with what differs between worlds left out. */
const lineOf = (call: ForgeCall, i: number): string =>
  `${String(i + 1).padStart(2)} ${createsContent(call) ? '+' : ' '} ${call.method} ${call.path.replace(/[0-9a-f]{40}/, '<sha>')} ${call.status}`;

const around = machine();
const calls = await callsToMerge();
const all: Measured[] = [];
for (let i = 0; i < repeat; i++) all.push(await measure(calls));
const report = [
  '# Benchmarks',
  '',
  `Made by \`npm run bench -- --write --repeat ${repeat}\` on:`,
  '',
  ...around.map((line) => `- ${line}`),
  '',
  ...tableOf(all, calls),
  '',
  'The calls, in order (`+`: creates content):',
  '',
  '```',
  ...calls.map(lineOf),
  '```',
  '',
].join('\n');
process.stdout.write(report);
if (values.write) await writeFile(join(import.meta.dirname, '../docs/benchmarks.md'), report);
