import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tinyAgent } from '../agents/headless-agent.ts';
import { noRuntime } from '../sandbox/support.ts';
import { merged, proposed } from '../support/proposed.ts';
import { scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const example = (await exampleFiles())[CONFIGURATION];

// The first process of a sandbox is bubblewrap's own, or the shell of a container.
const where = { tool: 'run', args: { command: 'echo "first: $(cat /proc/1/comm)"' } };
const fix = { tool: 'edit', args: { path: 'config/fetch.json', old: '"KB-107": 5', new: '"KB-107": 9' } };
const done = { tool: 'done', args: { summary: 'Raised the weight.' } };

describe.skipIf(noRuntime !== null)(`with SANDBOX=container${noRuntime === null ? '' : ` (${noRuntime})`}`, () => {
  test.each([
    ['the built-in agent', 'built-in'],
    ['an agent of the operator’s, over its socket', 'tiny'],
  ])('a rejection is fixed by %s, judged and merged', async (_, use) => {
    await using model = await scriptedModel([where, fix, done]);
    const folder = await mkdtemp(join(tmpdir(), 'corrigible-installed-'));
    await chmod(folder, 0o755);
    const script = {
      model: { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' },
      operator: { agents: { tiny: tinyAgent(folder) } },
      files: { [CONFIGURATION]: `${example}\nagent: { kind: model, use: ${use} }\nbudget: { rounds: 1 }\n` },
      sandbox: { kind: 'container', runtime: 'runc' } as const,
    };
    try {
      await inWorld(script, async (world) => {
        const { pull } = await proposed(world);
        expect(model.requests.some(({ last }) => last.includes('first: sh'))).toBe(true);
        await world.approve(pull, 'bob');
        expect(await merged(world, pull)).toBe(true);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
