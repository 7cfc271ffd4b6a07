import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Asked, runReplay } from '../../src/cli/replay.ts';
import type { Operator } from '../../src/domain/parse-operator.ts';
import { tinyAgent } from '../agents/headless-agent.ts';
import { spokenAgent } from '../agents/spoken-agent.ts';
import { clear } from '../support/rejections.ts';
import { type Script, type ScriptedModel, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, REPO, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const configuration = (await exampleFiles())[CONFIGURATION];

/** What `corrigible replay` prints and ends with, beside the app that recorded. */
type Replay = (run: string, asked?: Asked) => Promise<{ readonly exit: number; readonly said: readonly string[] }>;

async function recording(
  more: string,
  model: ScriptedModel | null,
  story: (world: World, replay: Replay) => Promise<void>,
  agents: Operator['agents'] = {},
): Promise<void> {
  let stateDir = '';
  const settings = model && { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  const script = {
    files: { [CONFIGURATION]: `${configuration}\n${more}` },
    ...(settings && { model: settings }),
    operator: { agents },
    tools: (of: string) => {
      stateDir = of;
      return {};
    },
  };
  await inWorld(script, async (world) => {
    const { connectionString } = world.app().store.pool.options;
    await story(world, async (run, asked = {}) => {
      const said: string[] = [];
      const file = join(stateDir, 'operator.yml');
      await writeFile(file, stringify({ agents }));
      const env = { STATE_DIR: stateDir, DATABASE_URL: connectionString, OPERATOR_FILE: file };
      const print = (line: string) => void said.push(line);
      return { exit: await runReplay(run, asked, { env, print, signal: new AbortController().signal }), said };
    });
  });
}

async function cleared(world: World): Promise<number> {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  await world.label(issue);
  return issue;
}

const weight = (to: number) => ({
  tool: 'edit',
  args: { path: 'config/fetch.json', old: '"KB-107": 5', new: `"KB-107": ${to}` },
});
const done = { tool: 'done', args: { summary: 'Raised the weight.' } };
const run = (command: string) => ({ tool: 'run', args: { command } });

test('a recorded round is made again without its model, to the same tree', async () => {
  const script: Script = [run('node src/step.ts fetch < /dev/null'), weight(9), done];
  await using model = await scriptedModel(script);
  await recording('agent: { kind: model }\n', model, async (world, replay) => {
    const issue = await cleared(world);
    await world.onlyPull();
    expect(await replay(`${REPO}#${issue}`)).toEqual({
      exit: 0,
      said: [
        `Making round 1 of ${REPO}#${issue} again: built-in, with 3 recorded answers in the place of scripted.`,
        expect.stringMatching(/^same tree [0-9a-f]{10}$/),
      ],
    });
    expect(model.requests).toHaveLength(3);

    expect(await replay(`${REPO}#${issue}`, { round: '3' })).toMatchObject({ exit: 1 });
    expect(await replay(`${REPO}#${issue}`, { round: 'x' })).toMatchObject({ exit: 2 });
    expect(await replay('7')).toEqual({ exit: 2, said: [expect.stringContaining('“7” names no round')] });
  });
});

test('a round that comes out otherwise is told with its first request and its first path', async () => {
  await using model = await scriptedModel([run('date +%s%N | tee config/made-at.txt'), weight(9), done]);
  await recording('agent: { kind: model }\nbudget: { rounds: 1 }\n', model, async (world, replay) => {
    const issue = await cleared(world);
    const { exit, said } = await replay(`${REPO}#${issue}`);
    expect(exit).toBe(1);
    expect(said.slice(1)).toEqual([
      expect.stringContaining('Request 2 is not the one that was recorded'),
      expect.stringMatching(/^Another tree: [0-9a-f]{10} was recorded, [0-9a-f]{10} came out\.$/),
      'The first file that differs is config/made-at.txt.',
    ]);
  });
});

test.each([
  ['a command', tinyAgent],
  ['one that is spoken to', spokenAgent],
])(
  'an agent that is installed beside the app is led through its round again by the same answers: %s',
  async (_, install) => {
    await using model = await scriptedModel([weight(9), done]);
    const folder = await mkdtemp(join(tmpdir(), 'corrigible-installed-'));
    await chmod(folder, 0o755);
    const agents = { own: install(folder) };
    const story = async (world: World, replay: Replay) => {
      const issue = await cleared(world);
      await world.onlyPull();
      expect(await replay(`${REPO}#${issue}`)).toEqual({
        exit: 0,
        said: [
          `Making round 1 of ${REPO}#${issue} again: own, with 2 recorded answers in the place of scripted.`,
          expect.stringMatching(/^same tree [0-9a-f]{10}$/),
        ],
      });
      expect(model.requests).toHaveLength(2);
    };
    try {
      await recording('agent: { kind: model, use: own }\n', model, story, agents);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

test('a recipe is made again from its spec', () =>
  recording('', null, async (world, replay) => {
    const issue = await cleared(world);
    await world.onlyPull();
    const { exit, said } = await replay(`${REPO}#${issue}`);
    expect([exit, said]).toEqual([
      0,
      [
        `Making round 1 of ${REPO}#${issue} again: the recipe of the rubric.`,
        expect.stringMatching(/^same tree [0-9a-f]{10}$/),
      ],
    ]);
  }));
