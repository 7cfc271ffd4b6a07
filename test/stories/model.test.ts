import { expect, test } from 'vitest';
import { clear, late, lateSpec } from '../support/rejections.ts';
import { drafts, type Script, type ScriptedModel, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const byModel = `${(await exampleFiles())[CONFIGURATION]}\nagent: { kind: model }\n`;

/** A world whose model says these lines, one after another, over HTTP. */
async function withModel(
  script: Script,
  files: Record<string, string>,
  story: (world: World, model: ScriptedModel) => Promise<void>,
): Promise<void> {
  await using model = await scriptedModel(script);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  await inWorld({ model: settings, files }, (world) => story(world, model));
}

const edit = (from: string, to: string) => ({
  tool: 'edit',
  args: { path: 'config/intents.json', old: from, new: to },
});
const done = { tool: 'done', args: { summary: 'Added the words.' } };
const fix = edit('"delivery",\n        "parcel"', '"delivery",\n        "turned up",\n        "parcel"');

/** No rubric's signs show in it, so that one is chosen by what stands above them; then it is drafted. */
const drafted = [{ json: { change: lateSpec.change } }, ...drafts(lateSpec)];

test('what no recipe understands is drafted and fixed by a model, and proven like any other', () =>
  withModel([...drafted, { tool: 'read', args: { path: 'config/intents.json' } }, fix, done], {}, async (world) => {
    const issue = await world.reject(late);
    const { body } = await world.specComment(issue);
    expect(body).toContain('**Drafted by:** a model, by the rubric `extend-other-into-sub-intent`');
    expect(body).toContain('opening hours stay other');
    expect(body).toContain(
      '**Confidence:** 3 of 3 drafts agree on step, kind of change and what has to come out (480 model tokens)',
    );
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const pull = await world.onlyPull();
    expect(await world.checks(pull.head.sha)).toMatchObject({ 'corrigible/gate': 'success' });
    await world.approve(pull.number);
    expect((await world.pull(pull.number)).merged).toBe(true);
    expect(await world.status(issue)).toMatch(/Spent: [\d.]+ s, \d+ model tokens\./);
  }));

test('the model that the configuration names implements, through a door that counts its tokens and its price', async () => {
  await using reader = await scriptedModel(drafted);
  await using strong = await scriptedModel([fix, done]);
  const named = {
    name: 'strong',
    api: 'openai-chat' as const,
    url: strong.baseUrl,
    key: 'sk-canary-of-the-strong-model',
    model: 'large',
    most: 5_000,
    price: { input: 1_000, output: 10_000 },
  };
  const script = {
    model: { baseUrl: reader.baseUrl, apiKey: 'test-key-of-the-model', model: 'small' },
    operator: { models: { strong: named } },
    files: { [CONFIGURATION]: byModel.replace('kind: model', 'kind: model, model: strong') },
  };
  await inWorld(script, async (world) => {
    const issue = await world.reject(late);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const pull = await world.onlyPull();
    expect(await world.checks(pull.head.sha)).toMatchObject({ 'corrigible/gate': 'success' });
    // Two answers of 100 tokens in and 20 out each, and four of the model that reads, which has no price.
    expect(await world.status(issue)).toContain('720 model tokens, at a price of 0.6000.');
    expect(strong.requests.map(({ authorization, body }) => [authorization, body.model])).toEqual(
      Array(2).fill(['Bearer sk-canary-of-the-strong-model', 'large']),
    );
    expect(JSON.parse(strong.requests[0]?.raw ?? '{}')).toMatchObject({ max_tokens: 5_000 });
    expect(world.logs.join('')).not.toContain('sk-canary');
  });
});

test('an attempt that is red is tried again on the evidence and on what was learnt of it, with a fresh context', () =>
  withModel(
    [
      { tool: 'edit', args: { path: 'config/fetch.json', old: '"KB-107": 5', new: '"KB-107": 6' } },
      done,
      {
        expect: ({ body, last }) => {
          expect(body.messages[0]?.content).toMatch(/^You look back at a change/);
          expect(body.tools).toBeUndefined();
          expect(last).toMatch(/\| \+.*"KB-107": 6/);
        },
        reply: { json: { wrong: 'The weight still loses.', instead: 'Weigh it more than the others.' } },
      },
      {
        expect: ({ body, last }) => {
          expect(body.messages).toHaveLength(2);
          expect(last).toMatch(/KB-107 first/);
          expect(last).toContain(
            '| The weight still loses.\nWhat to do differently:\n| Weigh it more than the others.',
          );
        },
        reply: { tool: 'edit', args: { path: 'config/fetch.json', old: '"KB-107": 5', new: '"KB-107": 9' } },
      },
      done,
    ],
    { [CONFIGURATION]: byModel },
    async (world) => {
      const issue = await world.reject(clear);
      await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
      await world.label(issue);
      const pull = await world.onlyPull();
      expect(await world.file('config/fetch.json', pull.head.ref)).toContain('"KB-107": 9');
      expect(await world.file('config/fetch.json')).toContain('"KB-107": 5');
    },
  ));

test('an agent that says it cannot ends the attempt in its words; set again, the label starts another', () =>
  withModel(
    [
      { tool: 'cannot', args: { reason: 'The weights [contradict](https://evil.example) each other, @alice.' } },
      { tool: 'edit', args: { path: 'config/fetch.json', old: '"KB-107": 5', new: '"KB-107": 9' } },
      done,
    ],
    { [CONFIGURATION]: byModel },
    async (world) => {
      const issue = await world.reject(clear);
      await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
      await world.label(issue);
      const status = await world.status(issue);
      expect(status).toContain('The last attempt ended, because the agent says it cannot do this:');
      expect(status).not.toContain('https://evil.example');
      expect(status).not.toContain('@alice');
      await world.unlabel(issue);
      await world.label(issue);
      expect(await world.pulls()).toHaveLength(1);
    },
  ));

test('taking the label off while the agent works stops it, in words', () =>
  withModel(['hang'], { [CONFIGURATION]: byModel }, async (world, model) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue, 'fix-clear', 'alice', false);
    await expect.poll(() => model.requests.length, { timeout: 30_000 }).toBe(1);
    expect(await world.status(issue)).toContain('Attempt 1 is being made and judged.');
    await world.unlabel(issue);
    expect(await world.status(issue)).toContain(
      'The last attempt ended, because the label was taken off, so the work was stopped.',
    );
    expect(await world.pulls()).toEqual([]);
  }));

/** For one question, and for the only time that it is asked again. */
const unusable = [{ text: 'Sure! Here you go.' }, { text: '{"is":"maybe"}' }];

test('a model that gives nothing usable twice, whatever it is asked, leaves the rejection to people', () =>
  withModel([...unusable, ...unusable], {}, async (world) => {
    const issue = await world.reject({
      ...late,
      form: { ...late.form, 'What should have come out': 'Something else.' },
    });
    expect((await world.said(issue)).join('\n')).toContain('I need two answers before I can turn this into a fix');
    await expect(world.specComment(issue)).rejects.toThrow('no spec');
  }));

test.each([
  ['use: codex', 'There is no agent “codex”; there are “built-in”.'],
  ['model: strong', 'There is no model “strong”; there are “default”.'],
])('what the operator has not set up (%s) ends the attempt in words that list what there is', (wanted, words) =>
  withModel([], { [CONFIGURATION]: byModel.replace('kind: model', `kind: model, ${wanted}`) }, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    expect(await world.status(issue)).toContain(words);
    expect(await world.pulls()).toEqual([]);
  }),
);
