import { expect, test } from 'vitest';
import { runForget } from '../../src/cli/forget.ts';
import { clear } from '../support/rejections.ts';
import { type Script, type ScriptedModel, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, REPO, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const byModel = `${(await exampleFiles())[CONFIGURATION]}\nagent: { kind: model }\n`;
const PUBLIC = 'https://pages.example';

/** A world whose agent is a model that says these lines, and whose pages have an address. */
async function withAgent(
  script: Script,
  story: (world: World, model: ScriptedModel, stateDir: string) => Promise<void>,
  more: { readonly split?: boolean } = {},
): Promise<void> {
  await using model = await scriptedModel(script);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  const files = { [CONFIGURATION]: byModel };
  let stateDir = '';
  const tools = (of: string) => {
    stateDir = of;
    return {};
  };
  await inWorld({ model: settings, files, publicUrl: PUBLIC, tools, ...more }, (world) =>
    story(world, model, stateDir),
  );
}

/** A rejection that a maintainer has cleared; `wait`: until nothing is left to do. */
async function cleared(world: World, wait = true): Promise<number> {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  await world.label(issue, 'fix-clear', 'alice', wait);
  return issue;
}

/** Where a text links to a transcript, below the app's own address. */
function linkIn(world: World, text: string): string {
  const [, path = ''] = /\(https:\/\/pages\.example(\/transcripts\/[^)]+)\)/.exec(text) ?? [];
  expect(path, text).not.toBe('');
  return world.web().url + path;
}

async function read(address: string): Promise<{ status: number; text: string; since: string | null }> {
  const answer = await fetch(address);
  const text = await answer.text();
  return { status: answer.status, text, since: /<main[^>]* data-since="([^"]+)"/.exec(text)?.[1] ?? null };
}

const fix = { tool: 'edit', args: { path: 'config/fetch.json', old: '"KB-107": 5', new: '"KB-107": 9' } };
const done = { tool: 'done', args: { summary: 'Raised the weight.' } };
const token = `ghp_${'a1B2'.repeat(9)}`;
const leaky = {
  tool: 'run',
  args: { command: `echo 'ask kim@firma-canary.de with ${token}'; echo '<script>1</script>'` },
};

test('a pull request links to what the agent was told, did and changed, without what is personal or secret', () =>
  withAgent([{ tool: 'read', args: { path: 'config/fetch.json' } }, leaky, fix, done], async (world, _, stateDir) => {
    const issue = await cleared(world);
    const { body } = await world.onlyPull();
    expect(body).toContain('[How the agent got there, step by step](https://pages.example/transcripts/');
    expect(body).toContain('kept for 30 days; for those who may read this repository');
    const address = linkIn(world, body);
    const { status, text, since } = await read(address);
    expect([status, since]).toEqual([200, null]);
    for (const words of [
      'The agent made a change',
      'built-in, with the model scripted',
      '480 model tokens in 4 answers',
      'It was told what to do',
      'Reads config/fetch.json',
      'Runs a command',
      'Changes config/fetch.json',
      'Raised the weight.',
      '1 line added, 1 removed',
      'ask [email-1] with [secret-1]',
      '&lt;script&gt;1&lt;/script&gt;',
    ])
      expect(text).toContain(words);
    expect(text).not.toMatch(/firma-canary|ghp_|<script>/);
    const stored = await world.app().store.pool.query<{ sealed: Buffer }>('select sealed from corrigible.transcript');
    expect(stored.rows.length).toBeGreaterThan(0);
    for (const { sealed } of stored.rows) expect(sealed.toString('latin1')).not.toMatch(/KB-107|firma-canary|ghp_/);

    const key = `${REPO}#${issue}`;
    const { connectionString } = world.app().store.pool.options;
    const env = { STATE_DIR: stateDir, DATABASE_URL: connectionString };
    for (const forged of [address.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), `${address}/1.1-00000000`])
      expect(await read(forged)).toMatchObject({ status: 404, text: expect.stringContaining('There is no page here') });
    expect(await runForget(env, key, { also: [], by: 'the operator' }, () => {})).toBe(true);
    expect(await read(address)).toMatchObject({ status: 404, text: expect.stringContaining('There is no page here') });
  }));

test('while the agent works its page grows, in whatever process it is read, and says when it was stopped', () =>
  withAgent(
    [{ tool: 'read', args: { path: 'config/fetch.json' } }, 'hang'],
    async (world) => {
      const issue = await cleared(world, false);
      const status = await expect
        .poll(() => world.status(issue), { timeout: 30_000 })
        .toContain('[Watch the agent at work](')
        .then(() => world.status(issue));
      const address = linkIn(world, status);
      await expect
        .poll(async () => (await read(address)).text, { timeout: 30_000 })
        .toContain('Reads config/fetch.json');
      const now = await read(address);
      expect(now.text).toContain('The agent is at work');
      expect(now.text).toContain('<noscript><meta http-equiv="refresh" content="5"></noscript>');
      const again = async () => (await fetch(`${address}/since/${(await read(address)).since}`)).status;
      await expect.poll(again, { timeout: 30_000 }).toBe(204);
      await world.unlabel(issue);
      const after = await read(`${address}/since/${now.since}`);
      expect(after).toMatchObject({ status: 200, since: null, text: expect.stringContaining('The agent was stopped') });
      expect(linkIn(world, await world.status(issue))).toBe(address);
    },
    { split: true },
  ));
