import { expect, test } from 'vitest';
import { texts } from '../../src/domain/prompts/texts.ts';
import { clear } from '../support/rejections.ts';
import { type Reply, type SeenRequest, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const configuration = `${(await exampleFiles())[CONFIGURATION]}\nagent: { kind: model, candidates: 3 }\n`;
const weight = (to: number): Reply => ({
  tool: 'edit',
  args: { path: 'config/fetch.json', old: '"KB-107": 5', new: `"KB-107": ${to}` },
});

/** One agent makes too little of it, one gives up, and the one that looks for the smallest change is right. */
function actor({ body, last }: SeenRequest): Reply {
  const task = body.messages[1]?.content ?? '';
  if (last !== task) return { tool: 'done', args: { summary: 'Weighed it.' } };
  if (task.includes(texts.reproduce.text.trim())) return { tool: 'cannot', args: { reason: 'I see no wrong value.' } };
  return weight(task.includes(texts.smallest.text.trim()) ? 9 : 6);
}

test('three agents at once, each in its sandbox: the one that is green is proposed', async () => {
  await using model = await scriptedModel(actor);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  await inWorld({ model: settings, files: { [CONFIGURATION]: configuration } }, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const pull = await world.onlyPull();
    expect(await world.file('config/fetch.json', pull.head.ref)).toContain('"KB-107": 9');
    expect(pull.body).toContain('Of 3 candidates one passed every check');
    expect(await world.checks(pull.head.sha)).toMatchObject({ 'corrigible/gate': 'success' });
  });
}, 300_000);
