import { afterAll, beforeAll, expect, test } from 'vitest';
import { scriptedModel } from '../support/scripted-model.ts';
import { rejectionsIn } from './example.ts';
import { implement } from './implement.ts';
import { type Product, startProduct } from './product.ts';
import { scoreOf } from './score.ts';
import { type Exchange, replyOf } from './serve.ts';
import { loadTranscript } from './transcript.ts';
import { translate } from './translate.ts';

const { material, rejections, coding } = loadTranscript();
const script = (exchanges: readonly Exchange[]) => exchanges.map(({ answer }) => replyOf(answer));
const bytes = (exchanges: readonly Exchange[]) => exchanges.map(({ request }) => request);
const specOf = (id: string | undefined) => rejections.find(({ rejection }) => rejection.id === id)?.spec ?? null;

let product: Product;
beforeAll(async () => {
  product = await startProduct(material);
});
afterAll(() => product[Symbol.asyncDispose]());

test.each(rejections.map((one) => [`${one.rejection.id} (${one.rejection.kind})`, one] as const))(
  '%s is asked about in the recorded bytes and scores as recorded',
  async (_, { rejection, exchanges, spec, score }) => {
    await using server = await scriptedModel(script(exchanges));
    const ports = await product.speakingTo(server.baseUrl);
    const translation = await translate(ports, product.base, rejection);
    expect(server.requests.map((request) => request.raw)).toEqual(bytes(exchanges));
    expect(await scoreOf(ports, product.base, rejection, translation, specOf)).toEqual({ spec, score });
  },
);

test('every rejection is sorted and drafted as the example says, with cases that are red', () => {
  const wrong = rejections.filter(({ score }) => Object.values(score).includes(false));
  expect(wrong.map(({ rejection, score }) => ({ id: rejection.id, score }))).toEqual([]);
  expect(rejections.map(({ rejection }) => rejection)).toEqual(rejectionsIn(material.files));
  expect(rejections).toHaveLength(8);
});

test('the coding task is given in the recorded bytes and passes what it passed', async () => {
  const spec = specOf(coding?.of);
  if (coding === null || spec === null) throw new Error('the transcript has no coding task');
  await using server = await scriptedModel(script(coding.exchanges));
  expect(await implement(await product.speakingTo(server.baseUrl), product.base, spec)).toEqual(coding.score);
  expect(server.requests.map((request) => request.raw)).toEqual(bytes(coding.exchanges));
  const { acceptance, holdOuts, guards, suites } = coding.score;
  for (const part of [acceptance, holdOuts, guards, suites]) {
    const [passed, of] = part.split(' of ');
    expect(passed).toBe(of);
  }
});
