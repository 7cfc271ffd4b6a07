import { expect, test } from 'vitest';
import { standingOf } from '../../src/domain/standing.ts';
import { deaf } from '../support/by-sweeps.ts';
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

/** An attempt whose agent waits for its model. */
async function whileWorking(
  script: Script,
  story: (of: Working) => Promise<void>,
  options: { split?: boolean } = {},
): Promise<void> {
  await using model = await scriptedModel(script);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  await inWorld({ model: settings, files: { [CONFIGURATION]: byModel }, ...options }, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue, 'fix-clear', 'alice', false);
    await expect.poll(() => model.requests.length, { timeout: 60_000 }).toBe(1);
    await story({ world, model, issue });
  });
}

const factsOf = async (world: World, issue: number) => world.app().store.ledger.read(`${REPO}#${issue}`);
const stageOf = async (world: World, issue: number) => standingOf(await factsOf(world, issue)).stage.name;
const answersOf = async (world: World, issue: number) =>
  (await world.said(issue)).filter((text) => text.startsWith('I did not do that'));

test('a writer’s /stop ends a round in the middle, and /retry goes on from there', () =>
  whileWorking(['hang', fix, done], async ({ world, issue, model }) => {
    await world.comment(issue, '/stop', 'bob');
    expect(await world.status(issue)).toMatch(/\*\*Stopped\*\* by bob\. .* comments `\/retry`/);
    // Stopped already: said once.
    await world.comment(issue, '/stop', 'alice');
    expect(await answersOf(world, issue)).toEqual([expect.stringContaining('stopped already. Comment `/retry`')]);
    // Whoever may not write does not begin it again.
    await world.comment(issue, '/retry', 'rita');
    expect(await answersOf(world, issue)).toHaveLength(2);
    expect(model.requests).toHaveLength(1);
    await world.restart();
    await world.settled();
    expect(await stageOf(world, issue)).toBe('halted');
    await world.comment(issue, '/retry', 'bob');
    const pull = await world.onlyPull();
    expect(await world.file('config/fetch.json', pull.head.ref)).toContain('"KB-107": 9');
    const rounds = (await factsOf(world, issue)).filter(({ fact }) => fact.kind === 'round-started');
    expect(rounds.map(({ fact }) => fact)).toMatchObject([{ round: 1 }, { round: 1 }]);
  }));

test('a /stop that one process takes in ends the round of another', () =>
  whileWorking(
    ['hang'],
    async ({ world, issue }) => {
      await world.comment(issue, '/stop', 'bob');
      expect(await stageOf(world, issue)).toBe('halted');
      // The label off ends it for good.
      await world.unlabel(issue);
      expect(await world.status(issue)).toContain('because the label was taken off');
      expect(await world.pulls()).toEqual([]);
    },
    { split: true },
  ));

test('invariant 9: a /stop of somebody who may not write is refused once, and the work goes on', () =>
  whileWorking(['hang'], async ({ world, issue }) => {
    await world.call('rita', 'POST', `/issues/${issue}/comments`, { body: '/stop' });
    await expect.poll(() => answersOf(world, issue), { timeout: 30_000 }).toHaveLength(1);
    expect(await answersOf(world, issue)).toEqual(['I did not do that, because rita has no write permission here.']);
    expect(await stageOf(world, issue)).toBe('cleared');
    expect((await world.app().store.engine.figures()).runsRunning).toBe(1);
    await world.comment(issue, '/stop');
    expect(await answersOf(world, issue)).toHaveLength(1);
  }));

test('a /stop where nothing is made is answered once, and changes nothing', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.comment(issue, '/stop now, please', 'bob');
    await world.comment(issue, 'You could /stop it.', 'bob');
    expect(await answersOf(world, issue)).toEqual([expect.stringContaining('there is nothing to stop')]);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const { number } = await world.onlyPull();
    await world.comment(number, '/stop', 'carol');
    expect((await world.said(number)).at(-1)).toContain('set the label `corrigible-hold`');
    await world.approve(number);
    expect((await world.pull(number)).merged).toBe(true);
  }));

test('a /stop whose webhook is lost is found by the sweep', () =>
  whileWorking(['hang'], async ({ world, issue }) => {
    const sweep = await deaf(world);
    await world.call('bob', 'POST', `/issues/${issue}/comments`, { body: '/stop' });
    await sweep();
    expect(await stageOf(world, issue)).toBe('halted');
  }));

test('a /stop on the pull request ends the round of a review, and the review goes back to people', () =>
  inWorldWithReview(async ({ world, issue, model, pull }) => {
    await world.review(pull, { comments: ['Use 10.'], wait: false });
    await expect.poll(() => model.requests.length, { timeout: 60_000 }).toBe(2);
    await world.comment(pull, '/stop', 'carol');
    expect((await world.said(pull)).at(-1)).toMatch(/because carol stopped it/);
    expect(await world.status(issue)).toContain('bob asked for changes, and I made none, because carol stopped it');
    expect(await stageOf(world, issue)).toBe('proposed');
  }));

async function inWorldWithReview(story: (of: Working & { readonly pull: number }) => Promise<void>): Promise<void> {
  await using model = await scriptedModel([{ json: { remarks: [{ n: 1, is: 'how' }] } }, 'hang']);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  await inWorld({ model: settings }, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    await story({ world, model, issue, pull: (await world.onlyPull()).number });
  });
}
