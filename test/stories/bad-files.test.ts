import { expect, test } from 'vitest';
import { FileRefused, Weather } from '../../src/ports.ts';
import { type SmallWorld, smallWorld } from '../invariants/support/small-world.ts';
import { clear } from '../support/rejections.ts';
import { exampleFiles, inWorld, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const configuration = (await exampleFiles())[CONFIGURATION] ?? '';
const told = async (world: World, issue: number) =>
  (await world.said(issue)).filter((text) => text.startsWith('I cannot work on this yet'));

test.each([
  ['too large', `${configuration}\n# ${'x'.repeat(6 * 1024 * 1024)}\n`],
  ['not UTF-8', Uint8Array.from([...Buffer.from(`${configuration}\n# caf`), 0xe9, 0x0a])],
])('a configuration that is %s is told once, and mended it is read', (_, bad) =>
  inWorld({ files: { [CONFIGURATION]: bad } }, async (world) => {
    const issue = await world.reject(clear);
    await world.comment(issue, 'Anybody here?');
    const [once, ...again] = await told(world, issue);
    expect(once).toContain(`\`${CONFIGURATION}:1\``);
    expect(again).toEqual([]);
    await world.push('main', CONFIGURATION, configuration);
    await world.comment(issue, '/retry');
    expect((await world.specComment(issue)).body).toContain('### Spec: ');
  }),
);

test('all files that cannot be read are told at once, and told anew after another mistake', () =>
  inWorld(
    {
      files: {
        '.github/rubrics/ours.md': Uint8Array.from([...Buffer.from('---\nid: caf'), 0xe9, 0x0a]),
        'evals/plan.yml': `cases: []\n# ${'x'.repeat(6 * 1024 * 1024)}\n`,
      },
    },
    async (world) => {
      const issue = await world.reject(clear);
      await world.push('main', CONFIGURATION, configuration.replace('replay:', 'replai:'));
      await world.comment(issue, '/retry');
      await world.push('main', CONFIGURATION, configuration);
      await world.comment(issue, '/retry');
      const [first, second, third, ...more] = await told(world, issue);
      expect(first).toMatchInlineSnapshot(`
        "I cannot work on this yet, because files that I am set up by have mistakes:

        - \`.github/rubrics/ours.md:1\`: The file is not UTF-8 text. Save it as UTF-8.
        - \`evals/plan.yml:1\`: The file is larger than I read. Keep it below 5 MB, or split it.

        Correct them on the default branch; then comment \`/retry\` here."
      `);
      expect(second).toContain('replai');
      expect(third).toBe(first);
      expect(more).toEqual([]);
    },
  ));

/** Commits a symbolic link as a person. */
async function pushLink(world: World, branch: string, path: string, target: string): Promise<string> {
  const { object } = await world.call('alice', 'GET', `/git/ref/heads/${branch}`);
  const link = { path, mode: '120000', type: 'blob', content: target };
  const { sha: tree } = await world.call('alice', 'POST', '/git/trees', { base_tree: object.sha, tree: [link] });
  const commit = { message: `Link ${path}`, tree, parents: [object.sha] };
  const { sha } = await world.call('alice', 'POST', '/git/commits', commit);
  await world.act(world.call('alice', 'PATCH', `/git/refs/heads/${branch}`, { sha }));
  return sha;
}

test('a link that leads out is told on base, and is a red check on a head', () =>
  inWorld({}, async (world) => {
    const bad = await pushLink(world, 'main', 'link', '/etc/hostname');
    const issue = await world.reject(clear);
    await world.comment(issue, 'Anybody here?');
    expect(await told(world, issue)).toMatchInlineSnapshot(`
      [
        "I cannot work on this yet, because files that I am set up by have mistakes:

      - \`link:1\`: The symbolic link leads out of the repository. Remove it, or let it point at a file inside.

      Correct them on the default branch; then comment \`/retry\` here.",
      ]
    `);
    const { sha } = await world.call('alice', 'GET', `/contents/link?ref=${bad}`);
    await world.act(world.call('alice', 'DELETE', '/contents/link', { message: 'No link', sha, branch: 'main' }));
    await world.comment(issue, '/retry');
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const pull = await world.onlyPull();
    const head = await pushLink(world, pull.head.ref, 'config/link', '../../etc/hostname');
    expect(await world.checks(head)).toMatchObject({
      'corrigible/gate': 'failure',
      'corrigible/integrity': 'failure',
    });
    await world.approve(pull.number);
    expect((await world.pull(pull.number)).merged).toBe(false);
    const { check_runs } = await world.call('alice', 'GET', `/commits/${head}/check-runs`);
    const integrity = check_runs.find((run: { name: string }) => run.name === 'corrigible/integrity');
    expect(integrity.output.summary).toContain('symbolic links are not allowed: `config/link`');
    expect(world.logs.join('')).not.toContain('work failed');
    expect(await told(world, issue)).toHaveLength(1);
  }));

/** Reading `path` fails; everything else is read as before. */
function failReading(world: SmallWorld, path: string, error: Error): void {
  const { repository } = world;
  const read = repository.read.bind(repository);
  repository.read = async (treeish, asked, maxBytes) => {
    if (asked === path) throw error;
    return read(treeish, asked, maxBytes);
  };
}

test('a crash after a mistake was told does not tell it twice, and the same mistake later is told again', async () => {
  let crashes = 0;
  let known = 0;
  const world: SmallWorld = smallWorld({
    files: { [CONFIGURATION]: 'version: 9\n' },
    // Killed after each new comment, before it is recorded.
    around: (name, call) => {
      const { length } = world.state.comments;
      if (name !== 'ledger.append' || length === known) return call();
      known = length;
      crashes += 1;
      return Promise.reject(new Weather('the process was killed'));
    },
  });
  const settle = () =>
    world.settle().catch((error: unknown) => {
      if (!(error instanceof Weather)) throw error;
    });
  for (const text of ['version: 9\n', 'steps: 1\n', 'version: 9\n']) {
    await world.push('main', { [CONFIGURATION]: text });
    for (let tries = 0; tries < 6; tries++) await settle();
  }
  const told = world.said().filter((text) => text.startsWith('I cannot work on this yet'));
  expect(told).toEqual([told[0], expect.not.stringContaining(told[0] ?? ''), told[0]]);
  expect(crashes).toBeGreaterThanOrEqual(3);
});

test('a file that cannot be shown to the drafter is left out, and weather is no such file', async () => {
  const world = smallWorld();
  failReading(world, 'rules/reply.json', new FileRefused('rules/reply.json', 'not-utf8', 'no text'));
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
  expect(world.seen.prompts.join('')).toContain('"vase": 7');
  expect(world.seen.prompts.join('')).not.toContain('"prefix"');

  const stormy = smallWorld();
  failReading(stormy, 'rules/reply.json', new Weather('the disk is away'));
  await expect(stormy.settle()).rejects.toThrow('the disk is away');
  expect(await stormy.stageName()).toBe('accepted');
});

test('an AGENTS.md that is too long for a brief is left out, and the log says so', async () => {
  const world = smallWorld({ files: { 'AGENTS.md': 'x'.repeat(70_000) } });
  const { repository } = world;
  const read = repository.read.bind(repository);
  repository.read = async (treeish, path, maxBytes = 5_000_000) => {
    const text = await read(treeish, path);
    if ((text?.length ?? 0) > maxBytes) throw new FileRefused(path, 'too-large', `${path} is too large`);
    return text;
  };
  await world.proposed();
  expect(await world.stageName()).toBe('proposed');
  expect(world.seen.briefs.map(({ instructions }) => instructions)).toEqual(['']);
  expect(world.seen.log.join('\n')).toContain('AGENTS.md is too large');
});
