import { expect, test } from 'vitest';
import { propose } from '../support/propose.ts';
import { clear } from '../support/rejections.ts';
import { exampleFiles, inWorld, type Script, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const files = await exampleFiles();
const configuration = files[CONFIGURATION] ?? '';

/** What the dependencies are made by: each making leaves its trace outside of what is made, in words of its own. */
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

const layers = (world: World): number => world.logs.filter((line) => line.includes('dependencies were made')).length;

test('a rejection becomes a merged fix where every step needs dependencies, which are made once', () =>
  inWorld({ files: needing() }, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const { number: pull } = await world.onlyPull();
    expect((await world.checks((await world.pull(pull)).head.sha))['corrigible/gate']).toBe('success');
    await world.approve(pull);
    expect((await world.pull(pull)).merged).toBe(true);
    expect(layers(world)).toBe(1);
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
    expect(layers(world)).toBe(1);

    await world.comment(pull, `/accept-oracle ${sha}`, 'bob');
    expect((await world.checks(sha))['corrigible/gate']).toBe('success');
    await world.act(world.call('alice', 'PUT', `/pulls/${pull}/merge`, { sha }));

    const issue = await world.reject(clear);
    expect((await world.said(issue)).join('\n')).toContain(
      '`.github/corrigible.yml:1`: “prepare”: `sh get.sh` ended with exit code 1. Correct the command, or the files that it needs, on the default branch.',
    );
  }));
