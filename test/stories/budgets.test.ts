import { expect, test } from 'vitest';
import { clear, late } from '../support/rejections.ts';
import { type Reply, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const configured = async (budget: string): Promise<string> =>
  `${(await exampleFiles())[CONFIGURATION]}\nagent: { kind: model }\nbudget: ${budget}\n`;
const weight = (to: number): Reply => ({
  tool: 'edit',
  args: { path: 'config/fetch.json', old: '"KB-107": 5', new: `"KB-107": ${to}` },
});
const done: Reply = { tool: 'done', args: { summary: 'Weighed it.' } };

/** A rejection whose spec is cleared, in a repository with this budget. Each answer of the model counts for 120 tokens. */
async function cleared(
  script: readonly Reply[],
  budget: string,
  story: (world: World, issue: number) => Promise<void>,
) {
  await using model = await scriptedModel(script);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  await inWorld({ model: settings, files: { [CONFIGURATION]: await configured(budget) } }, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    await story(world, issue);
  });
}

test(
  'a rejection whose budget is too small for a request ends in words, in one comment, however often it is cleared',
  () =>
    cleared([], '{ rejection: { tokens: 1000 } }', async (world, issue) => {
      const said = (await world.said(issue)).length;
      expect(await world.status(issue)).toMatch(/the budget of this rejection .*too little of 1000 model tokens/);
      await world.unlabel(issue);
      await world.label(issue);
      expect(await world.status(issue)).toMatch(/the budget of this rejection .*too little of 1000 model tokens/);
      expect(await world.said(issue)).toHaveLength(said);
      expect(await world.pulls()).toEqual([]);
    }),
  240_000,
);

/** Of a single draft, the one that sorts is asked first. */
const one = 'translation: { drafts: 1 }\n';

test('what a model reads goes through the door that counts: too little is left for a question, which nobody is asked', async () => {
  await using model = await scriptedModel([{ json: { is: 'decline', reason: 'not-a-defect' } }]);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  const files = { [CONFIGURATION]: `${await configured('{ day: { tokens: 1000 } }')}${one}` };
  await inWorld({ model: settings, files }, async (world) => {
    const issue = await world.reject(late);
    expect(model.requests).toEqual([]);
    expect(await world.status(issue)).toMatch(/Delayed, because .*leaves too little of 1000 model tokens/);
    await world.push('main', CONFIGURATION, `${await configured('{ day: { tokens: 500000 } }')}${one}`);
    await world.settled();
    expect(await world.status(issue)).toContain('120 model tokens');
    expect(await world.status(issue)).not.toContain('Delayed');
    expect(model.requests).toMatchObject([{ body: { max_tokens: 16_384 } }]);
  });
}, 240_000);

test(
  'a day that leaves too little puts the round off, over a restart, and a higher limit lets it go on',
  () =>
    cleared([weight(9), done], '{ day: { tokens: 1000 } }', async (world, issue) => {
      expect(await world.status(issue)).toMatch(
        /Delayed, because what this repository may cost on one day \(UTC\) is used up/,
      );
      expect(await world.status(issue)).toMatch(/I go on after \d{4}-\d\d-\d\d 00:00 UTC\./);
      await world.restart();
      await world.settled();
      expect(await world.pulls()).toEqual([]);
      await world.push('main', CONFIGURATION, await configured('{ day: { tokens: 500000 } }'));
      // What was cut off is made again after a moment, which is an alarm, for which nobody's act waits.
      await expect.poll(() => world.pulls(), { timeout: 60_000 }).toHaveLength(1);
      await world.settled();
      expect(await world.status(issue)).not.toContain('Delayed');
    }),
  240_000,
);
