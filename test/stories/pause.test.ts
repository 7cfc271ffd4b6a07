import { expect, test } from 'vitest';
import { pause, resume } from '../../src/adapters/postgres/pause.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { clear } from '../support/rejections.ts';
import { type Script, type ScriptedModel, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, REPO, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const byModel = `${(await exampleFiles())[CONFIGURATION]}\nagent: { kind: model }\n`;
const fix = { tool: 'edit', args: { path: 'config/fetch.json', old: '"KB-107": 5', new: '"KB-107": 9' } };
const done = { tool: 'done', args: { summary: 'Changed the weight.' } };

interface Working {
  readonly world: World;
  readonly model: ScriptedModel;
  readonly issue: number;
}

/** An attempt whose agent waits for its model, which answers when it is asked again. */
async function whileWorking(
  story: (of: Working) => Promise<void>,
  script: Script = ['hang', fix, done],
): Promise<void> {
  await using model = await scriptedModel(script);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  await inWorld({ model: settings, files: { [CONFIGURATION]: byModel } }, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue, 'fix-clear', 'alice', false);
    await expect.poll(() => model.requests.length, { timeout: 60_000 }).toBe(1);
    await story({ world, model, issue });
  });
}

/** What the app changed on GitHub so far. */
const writesIn = (world: World) =>
  world.forge.calls.filter(
    ({ by, method, path }) => by === 'corrigible[bot]' && method !== 'GET' && path !== '/graphql',
  );
const asked = async (world: World, path: string) => (await fetch(`${world.app().url}${path}`)).text();
const lostIn = async (world: World, issue: number) =>
  (await world.app().store.ledger.read(`${REPO}#${issue}`)).filter(({ fact }) => fact.kind === 'run-lost');
const nothingRuns = (world: World) =>
  expect.poll(() => world.app().store.engine.figures(), { timeout: 60_000 }).toMatchObject({ runsRunning: 0 });
const proposed = (world: World) => expect.poll(() => world.pulls(), { timeout: 60_000 }).toHaveLength(1);

test('invariant 10: a pause of everything ends what runs and writes nothing, over a restart; resumed, all of it goes on', () =>
  whileWorking(async ({ world, model, issue }) => {
    const { pool, engine } = world.app().store;
    const before = writesIn(world).length;
    const said = { by: 'alice', because: 'An incident.' };
    expect(await pause(pool, said)).toMatchObject({ already: false });
    await nothingRuns(world);
    expect(await pause(pool, { by: 'bob', because: '' })).toMatchObject({ already: true, paused: said });
    // Told and taken in, but not answered: a new rejection, and a command.
    await world.call('bob', 'POST', `/issues/${issue}/comments`, { body: '/stop' });
    const other = { title: clear.title, body: 'This is bad.', labels: ['rejection'] };
    const { number } = await world.call('alice', 'POST', '/issues', other);
    await world.forge.webhooks.settled();
    await expect.poll(() => engine.figures(), { timeout: 30_000 }).toMatchObject({ undrained: 0, owed: 2, paused: 1 });
    await world.restart();
    expect(await asked(world, '/readyz')).toContain('paused by alice: An incident.');
    expect(await asked(world, '/metrics')).toContain('corrigible_paused 1');
    expect(writesIn(world)).toHaveLength(before);
    expect(model.requests).toHaveLength(1);
    expect(await resume(world.app().store.pool)).toBe(true);
    await expect.poll(() => world.said(number), { timeout: 30_000 }).not.toEqual([]);
    await expect.poll(() => world.status(issue), { timeout: 30_000 }).toContain('**Stopped** by bob.');
    expect(await asked(world, '/readyz')).toContain('ready');
    await world.comment(issue, '/retry', 'alice');
    await proposed(world);
  }));

test('invariant 10: a run that a pause ended is made again after it, and that it was lost is told as what it was', () =>
  whileWorking(async ({ world, model, issue }) => {
    const { pool } = world.app().store;
    await pause(pool, { by: 'alice', because: '' });
    await nothingRuns(world);
    expect(await lostIn(world, issue)).toMatchObject([{ fact: { because: 'It was paused while it was worked on.' } }]);
    await resume(pool);
    await proposed(world);
    expect(model.requests).toHaveLength(3);
  }));

test('invariant 10: the switch of one repository ends what runs there, and off again it is made again', () =>
  whileWorking(async ({ world, model, issue }) => {
    const before = writesIn(world).length;
    await world.push('main', CONFIGURATION, `${byModel}\npaused: true\n`);
    expect((await world.app().store.engine.figures()).runsRunning).toBe(0);
    expect(standingOf(await world.app().store.ledger.read(`${REPO}#${issue}`)).stage).toMatchObject({
      name: 'cleared',
      queued: null,
    });
    expect(writesIn(world)).toHaveLength(before);
    expect(model.requests).toHaveLength(1);
    await world.push('main', CONFIGURATION, byModel);
    await proposed(world);
  }));

test('pausing lasts as long as it has to, and what is not paused is not resumed', () =>
  inWorld({}, async (world) => {
    const { pool } = world.app().store;
    expect(await resume(pool)).toBe(false);
    await pause(pool, { by: 'alice', because: '' });
    const issue = world.call('alice', 'POST', '/issues', { title: 'x', body: 'This is bad.', labels: ['rejection'] });
    const { number } = await issue;
    await world.restart();
    const figures = () => world.app().store.engine.figures();
    await expect.poll(figures, { timeout: 30_000 }).toMatchObject({ undrained: 0, owed: 1 });
    expect(await world.said(number)).toEqual([]);
    await resume(world.app().store.pool);
    await expect.poll(() => world.said(number), { timeout: 30_000 }).not.toEqual([]);
  }));
