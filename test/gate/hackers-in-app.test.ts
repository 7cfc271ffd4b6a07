import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { type Reply, type ScriptedModel, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, type World, yes } from '../support/world.ts';
import { agentCheats } from './support/cheats-in-app.ts';

const CONFIGURATION = '.github/corrigible.yml';
const done: Reply = { tool: 'done', args: { summary: 'All cases pass, the hidden ones too.' } };

let world: World;
let issue: number;
let model: ScriptedModel;
let lines: Reply[] = [];
const over = Promise.withResolvers<void>();
let running: Promise<void>;

/** One world for all: its agent may touch nearly everything, and has one round for each setting of the label. */
beforeAll(async () => {
  model = await scriptedModel(() => lines.shift() ?? done);
  const configuration = ((await exampleFiles())[CONFIGURATION] ?? '').replace(
    'paths: [config/fetch.json]',
    'paths: [config/**, src/**]',
  );
  const ready = Promise.withResolvers<void>();
  const script = {
    model: { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' },
    files: { [CONFIGURATION]: `${configuration}\nagent: { kind: model }\nbudget: { rounds: 1 }\n` },
  };
  running = inWorld(script, async (opened) => {
    world = opened;
    issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    ready.resolve();
    await over.promise;
  });
  await Promise.race([ready.promise, running]);
});
afterAll(async () => {
  over.resolve();
  await running;
  await model[Symbol.asyncDispose]();
});

afterEach(() => world.unlabel(issue));

test.each(agentCheats.map((cheat) => [cheat.way, cheat.check, cheat] as const))(
  'an agent that %s is stopped by “%s”',
  async (_, check, { does, finding, says }) => {
    lines = [...does, done];
    await world.label(issue);
    expect(lines).toEqual([]);
    const status = await world.status(issue);
    const [, told = ''] = /no attempt passed the checks\. The last one: (.*)/.exec(status) ?? [];
    // Nothing of a candidate without integrity is run, so that its findings stand alone.
    const named = check === 'integrity' ? finding : `${check}: ${finding}`;
    expect(told.slice(0, named.length + 2)).toBe(`${named}: `);
    expect(told).toContain(says);
    expect(told.match(/(?:^|; )(?:spec|step [a-z]+): /g) ?? []).toHaveLength(check === 'integrity' ? 0 : 1);
    expect(await world.pulls()).toEqual([]);
  },
);
