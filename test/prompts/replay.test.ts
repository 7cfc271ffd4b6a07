import { afterAll, beforeAll, expect, test } from 'vitest';
import { openaiModel } from '../../src/adapters/models/openai.ts';
import { makePlace, type Place } from '../agents/in-worktree.ts';
import { scriptedModel } from '../support/scripted-model.ts';
import { implement } from './implement.ts';
import { scoreOf } from './score.ts';
import { type Exchange, replyOf } from './serve.ts';
import { type CodingTranscript, loadTranscript, type TranslationTranscript } from './transcript.ts';
import { translate } from './translate.ts';

let place: Place & AsyncDisposable;
beforeAll(async () => {
  place = await makePlace(63_200);
});
afterAll(() => place[Symbol.asyncDispose]());

const translations = loadTranscript<TranslationTranscript>('translations');
const script = (exchanges: readonly Exchange[]) => exchanges.map(({ answer }) => replyOf(answer));
const bytes = (exchanges: readonly Exchange[]) => exchanges.map(({ request }) => request);
const steps = Object.fromEntries(translations.shared.changes.map((change) => [change.kind, change.step]));

test.each(translations.rejections.map((one) => [`${one.rejection.id} (${one.rejection.kind})`, one] as const))(
  '%s is asked about in the recorded bytes and scores as recorded',
  async (_, { rejection, shown, trace, exchanges, outputs, score }) => {
    await using server = await scriptedModel(script(exchanges));
    const model = openaiModel({ baseUrl: server.baseUrl, apiKey: 'none', model: 'reader', retries: 0 });
    const { shared } = translations;
    const draft = trace === null ? null : { ...shared, rejection: shown, trace };
    const translation = await translate(model, { rejection: shown, trace, changes: shared.changes }, draft);
    expect(server.requests.map((request) => request.raw)).toEqual(bytes(exchanges));
    expect(scoreOf(rejection, translation, trace, steps, () => outputs)).toEqual(score);
  },
);

test('every rejection is sorted and drafted as the example says, with cases that are red', () => {
  const wrong = translations.rejections.filter(({ score }) => Object.values(score).includes(false));
  expect(wrong.map(({ rejection, score }) => ({ id: rejection.id, score }))).toEqual([]);
  expect(translations.rejections).toHaveLength(8);
});

test('the coding task is given in the recorded bytes and passes what it passed', async () => {
  const { files, spec, paths, exchanges, score } = loadTranscript<CodingTranscript>('coding');
  await using server = await scriptedModel(script(exchanges));
  expect(await implement({ files, spec, paths }, server.baseUrl, place)).toEqual(score);
  expect(server.requests.map((request) => request.raw)).toEqual(bytes(exchanges));
  for (const part of [score.acceptance, score.holdOuts, score.suites]) {
    const [passed, of] = part.split(' of ');
    expect(passed).toBe(of);
  }
});
