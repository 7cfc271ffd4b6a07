import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { preparing } from '../../src/adapters/prepare/preparing.ts';
import type { Network } from '../../src/adapters/prepare/reach.ts';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { parseAllowedHost } from '../../src/domain/allowed-hosts.ts';
import { propose } from '../support/propose.ts';
import { clear } from '../support/rejections.ts';
import { scriptedModel } from '../support/scripted-model.ts';
import { silent } from '../support/silent-log.ts';
import { exampleFiles, inWorld, type Script, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const files = await exampleFiles();
const configuration = files[CONFIGURATION] ?? '';

/** What makes the dependencies, as long as it sees nothing but what is declared. */
const GET = `set -e
[ ! -e src ] && [ ! -e .github ]
mkdir -p node_modules/words
cp deps.json node_modules/words/words.json
echo 'export { default } from "./words.json" with { type: "json" };' > node_modules/words/index.mjs
echo '{ "name": "words", "exports": "./index.mjs" }' > node_modules/words/package.json
`;

const PREPARE = `prepare:
  run: sh get.sh
  inputs: [deps.json, get.sh]
  makes: [node_modules]
`;

/** The example, of which a file that every step loads needs a dependency. */
const needing = (more: Script['files'] = {}): NonNullable<Script['files']> => ({
  [CONFIGURATION]: `${configuration}\n${PREPARE}`,
  'get.sh': GET,
  'deps.json': '{ "plan": "plan" }\n',
  'src/step.ts': `import words from 'words';\nif (words.plan !== 'plan') throw new Error('another plan');\n${files['src/step.ts']}`,
  'src/replay.ts': `import words from 'words';\nif (words.plan !== 'plan') throw new Error('another plan');\n${files['src/replay.ts']}`,
  ...more,
});

const made = (world: World): number => world.logs.filter((line) => line.includes('dependencies were made')).length;

test('a rejection becomes a merged fix where every step needs dependencies, which are made once', () =>
  inWorld({ files: needing() }, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const { number: pull } = await world.onlyPull();
    expect((await world.checks((await world.pull(pull)).head.sha))['corrigible/gate']).toBe('success');
    await world.approve(pull);
    expect((await world.pull(pull)).merged).toBe(true);
    expect(made(world)).toBe(1);
  }));

test('a person’s change of dependencies is run with those of base, waits, and is what the next is run with', () =>
  inWorld({ files: needing() }, async (world) => {
    // Whatever a head brings along is not run: this would make every step fail, or green.
    const pull = await propose(world, 'get.sh', 'mkdir -p node_modules/words; exit 1\n');
    const { sha } = (await world.pull(pull)).head;
    const { check_runs: runs } = await world.call('bob', 'GET', `/commits/${sha}/check-runs?per_page=100`);
    const summaries = runs.map(
      ({ name, conclusion, output }: { name: string; conclusion: string; output: { summary: string } }) => [
        name,
        conclusion,
        output.summary,
      ],
    );
    const byName = new Map<string, readonly [string, string]>(
      summaries.map(([name, ...rest]: [string, string, string]) => [name, rest]),
    );
    expect(byName.get('corrigible/gate')?.[0]).toBe('action_required');
    expect(byName.get('corrigible/step/plan')?.[0]).toBe('success');
    const oracle = byName.get('corrigible/oracle');
    expect(oracle?.[1]).toContain(
      '`get.sh` decide which dependencies there are. Everything was run with those of the base branch',
    );
    expect(made(world)).toBe(1);

    await world.comment(pull, `/accept-oracle ${sha}`, 'bob');
    expect((await world.checks(sha))['corrigible/gate']).toBe('success');
    await world.act(world.call('alice', 'PUT', `/pulls/${pull}/merge`, { sha }));

    const issue = await world.reject(clear);
    expect((await world.said(issue)).join('\n')).toContain(
      '`.github/corrigible.yml:1`: “prepare”: `sh get.sh` ended with exit code 1. Correct the command, or the files that it needs, on the default branch.',
    );
  }));

test('an agent works with the dependencies, and what it changes of them is refused with the file named', async () => {
  const weight = { tool: 'edit', args: { path: 'config/fetch.json', old: '"KB-107": 5', new: '"KB-107": 9' } };
  const done = { tool: 'done', args: { summary: 'Weighed.' } };
  const command = 'cat node_modules/words/words.json; rm -r node_modules/words';
  const heard: string[] = [];
  await using model = await scriptedModel([
    { tool: 'run', args: { command } },
    {
      expect: ({ last }) => void heard.push(last),
      reply: { tool: 'write', args: { path: 'deps.json', content: '{ "plan": "plan", "more": true }' } },
    },
    weight,
    done,
    {
      expect: ({ last }) => void heard.push(last),
      reply: { json: { wrong: 'It changed deps.json.', instead: 'Leave deps.json alone.' } },
    },
    weight,
    done,
  ]);
  const script = {
    model: { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' },
    files: needing({ [CONFIGURATION]: `${configuration}\n${PREPARE}agent: { kind: model }\n` }),
  };
  await inWorld(script, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const pull = await world.onlyPull();
    expect(heard[0]).toContain('{ "plan": "plan" }');
    expect(heard[0]).toContain('Read-only file system');
    expect(heard[1]).toContain('it changes what it is judged by: deps.json.');
    const { changed_files: changed } = await world.call('bob', 'GET', `/pulls/${pull.number}`);
    expect(changed).toBe(2);
    expect(await world.file('deps.json', pull.head.ref)).toBe(needing()['deps.json']);
    expect(made(world)).toBe(1);
  });
});

test('hosts that do not answer put a rejection off, and it goes on by itself once they do', async () => {
  let away = 2;
  const server = createServer((_, answer) => answer.end('{ "plan": "plan" }\n'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const network: Network = {
    lookup: async () => {
      if (away-- > 0) throw new Error('EAI_AGAIN');
      return ['203.0.113.5'];
    },
    isPublic: () => true,
    connect: () => connect({ host: '127.0.0.1', port }),
  };
  const fetching = `set -e
node -e 'fetch("http://files.example.com/deps").then(async (answer) => { if (!answer.ok) throw new Error("no"); require("fs").writeFileSync("deps.json", await answer.text()); })'
${GET}`;
  const script = {
    files: needing({
      [CONFIGURATION]: `${configuration}\n${PREPARE}  network: true\n`,
      'get.sh': fetching,
      'deps.json': '{ "plan": "another" }\n',
    }),
    tools: (stateDir: string) => {
      const sandbox = bubblewrapSandbox({ stateDir });
      const hosts = [parseAllowedHost('files.example.com:80')].filter((host) => host !== null);
      return {
        preparing: preparing({ stateDir, sandbox, image: () => sandbox.image(), hosts, network, log: silent }),
      };
    },
  };
  try {
    await inWorld(script, async (world) => {
      const issue = await world.reject(clear);
      // Put off, nothing is under way: whoever waits for that alone would look too early.
      await expect
        .poll(async () => (await world.specComment(issue)).body, { timeout: 60_000 })
        .toContain('corrigible-spec');
      await world.settled();
      expect(away).toBeLessThan(0);
      expect((await world.said(issue)).join('\n')).not.toContain('mistakes');
    });
  } finally {
    server.close();
  }
});
