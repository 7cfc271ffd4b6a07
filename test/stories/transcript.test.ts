import { expect, test } from 'vitest';
import { lateSpec } from '../support/rejections.ts';
import { scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, REPO } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';

const spec = { ...lateSpec, guards: [] };

const rejection = {
  title: 'Wrong answer: customer waits for a lamp and gets the standard mail',
  form: {
    Ticket: 'T-0002',
    'What came out':
      'She asked where her lamp is and got “a colleague will read your message”. Her address is canary@firma-canary.de.',
    'What should have come out': 'It is about a delivery that is late, so the delivery answers.',
  },
};

test('what a model was asked and answered is kept sealed beside the draft, without what was redacted', async () => {
  await using model = await scriptedModel([
    { json: { is: 'act' } },
    { json: { change: spec.change } },
    { text: 'no JSON at all' },
    { json: spec },
  ]);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  const files = { [CONFIGURATION]: `${(await exampleFiles())[CONFIGURATION]}\ntranslation: { drafts: 1 }\n` };
  await inWorld({ model: settings, files }, async (world) => {
    const issue = await world.reject(rejection);
    const { ledger, blobs, pool } = world.app().store;
    const key = `${REPO}#${issue}`;
    const draft = (await ledger.read(key)).map(({ fact }) => fact).find(({ kind }) => kind === 'draft-posted');
    const name = draft?.kind === 'draft-posted' ? (draft.transcript ?? '') : '';
    const text = Buffer.from((await blobs.get(key, name)) ?? []).toString();
    const exchanges: readonly { model: string; system: string; prompt: string; answer: string }[] = JSON.parse(text);
    expect(exchanges.map(({ model, answer }) => [model, answer])).toEqual([
      ['scripted', JSON.stringify({ is: 'act' })],
      ['scripted', JSON.stringify({ change: spec.change })],
      ['scripted', 'no JSON at all'],
      ['scripted', JSON.stringify(spec)],
    ]);
    expect(exchanges[2]?.prompt).toContain('where her lamp is');
    expect(text).not.toContain('firma-canary');
    const { rows } = await pool.query<{ kept: boolean }>('select kept from corrigible.blob');
    // What was said, and each answer by itself.
    expect(rows).toEqual(Array(5).fill({ kept: true }));
  });
});
