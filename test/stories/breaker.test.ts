import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tinyAgent } from '../agents/headless-agent.ts';
import { spokenAgent } from '../agents/spoken-agent.ts';
import { clear } from '../support/rejections.ts';
import { type Reply, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const configuration = (await exampleFiles())[CONFIGURATION];

/** Makes the fix, and in passing breaks a case of the same step that had passed. */
const breaks: readonly Reply[] = [
  { tool: 'edit', args: { path: 'config/fetch.json', old: '"KB-107": 5', new: '"KB-107": 9' } },
  { tool: 'edit', args: { path: 'config/fetch.json', old: '"KB-105": 4', new: '"KB-105": 0' } },
  { tool: 'done', args: { summary: 'Everything is fixed.' } },
];

test.each(['built-in', 'tiny', 'spoken'])(
  'what a breaker (%s) breaks beside its fix is named, and nothing is proposed',
  async (use) => {
    const state = await mkdtemp(join(tmpdir(), 'breaker-'));
    await chmod(state, 0o711);
    await using model = await scriptedModel(breaks);
    const script = {
      model: { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' },
      operator: { agents: { tiny: tinyAgent(state), spoken: spokenAgent(state) } },
      files: { [CONFIGURATION]: `${configuration}\nagent: { kind: model, use: ${use} }\nbudget: { rounds: 1 }\n` },
    };
    try {
      await inWorld(script, async (world) => {
        const issue = await world.reject(clear);
        await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
        await world.label(issue);
        expect(await world.status(issue)).toMatch(/no attempt passed the checks\. .*how to pay comes second/);
        expect(await world.pulls()).toEqual([]);
      });
    } finally {
      await rm(state, { recursive: true, force: true });
    }
  },
);
