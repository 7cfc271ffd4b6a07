import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readCases } from '../../src/cli/bench/read-cases.ts';
import { goldModel } from '../bench/gold-model.ts';
import { scriptedModel } from '../support/scripted-model.ts';
import { inWorld, yes } from '../support/world.ts';

const { cases } = await readCases(resolve('bench/translation'));
/** Personal data of every kind, in four languages; two of them are drafted by a recipe, the others put to a model. */
const rich = ['shipped-cancel-en', 'not-received-fr', 'cents-de', 'gift-card-es', 'tell-iban-de', 'broken-bowl-de'];
const merged = 'shipped-cancel-en';

test('invariant 11: nothing personal of a rejection or its ticket is in any byte that leaves, up to the merge of a fix', async () => {
  const chosen = cases.filter(({ id }) => rich.includes(id));
  expect(chosen).toHaveLength(rich.length);
  const answers = goldModel(cases);
  await using model = await scriptedModel(async ({ raw }) => {
    const answer = await answers(raw, 'draft');
    return 'text' in answer ? { text: answer.text } : { status: answer.status };
  });
  const tickets = chosen.flatMap(({ ticket, stored }) =>
    stored === undefined ? [] : [[`tickets/${ticket}.json`, JSON.stringify(stored)] as const],
  );
  const script = {
    recorded: true,
    files: Object.fromEntries(tickets),
    model: { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' },
  };
  await inWorld(script, async (world) => {
    for (const { id, rejection } of chosen) {
      const { title, form, body } = rejection;
      const issue = await world.reject({ title, ...(form && { form }), ...(body !== undefined && { body }) });
      if (id !== merged) continue;
      await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
      await world.label(issue);
      const pull = await world.onlyPull();
      await world.approve(pull.number);
      expect((await world.pull(pull.number)).merged).toBe(true);
    }
    expect(model.requests.length).toBeGreaterThan(6);
    expect(await world.leaks(chosen.flatMap(({ personal }) => personal))).toEqual([]);
  });
}, 600_000);
