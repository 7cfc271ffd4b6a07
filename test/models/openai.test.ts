import { expect, test } from 'vitest';
import { openaiChat } from '../../src/adapters/models/chat.ts';
import { openaiModel } from '../../src/adapters/models/openai.ts';
import { ModelRefused } from '../../src/domain/chat.ts';
import { Weather } from '../../src/ports.ts';
import { type Reply, type Script, scriptedModel } from '../support/scripted-model.ts';

const KEY = 'sk-canary-5f2e';
const settings = (baseUrl: string) => ({ baseUrl, apiKey: KEY, model: 'm-1', retries: 0 });
const ask = { system: 'Be brief.', prompt: 'Say hello.' };

async function failure(reply: Reply, more: object = {}): Promise<Error> {
  await using server = await scriptedModel([reply]);
  const answer = openaiModel({ ...settings(server.baseUrl), ...more }).complete(ask);
  return await answer.then(
    (value) => expect.fail(`it answered ${JSON.stringify(value)}`),
    (error: Error) => error,
  );
}

test('an answer arrives whole, with the tokens that the server counted', async () => {
  await using server = await scriptedModel([{ expect: /Say hello/, reply: { text: 'Hello. '.repeat(2000) } }]);
  const reply = await openaiModel(settings(server.baseUrl)).complete(ask);
  expect(reply).toEqual({ text: 'Hello. '.repeat(2000), tokens: 120 });
  expect(server.requests[0]?.authorization).toBe(`Bearer ${KEY}`);
});

test('equal requests give equal bytes, and the bytes hold only what was given', async () => {
  const hello: Script = () => ({ text: 'Hello.' });
  await using server = await scriptedModel(hello);
  for (let i = 0; i < 2; i++)
    await openaiModel({ ...settings(server.baseUrl), maxTokens: 99 }).complete({ ...ask, temperature: 0, seed: 7 });
  expect(server.requests[1]?.raw).toBe(server.requests[0]?.raw);
  expect(server.requests[0]?.raw).toMatchInlineSnapshot(
    `"{"model":"m-1","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Say hello."}],"temperature":0,"seed":7,"max_tokens":99,"stream":true,"stream_options":{"include_usage":true}}"`,
  );
});

test('a server that does not count is counted upwards', async () => {
  await using server = await scriptedModel([{ text: 'x'.repeat(4000), usage: false }]);
  const { tokens } = await openaiModel(settings(server.baseUrl)).complete(ask);
  expect(tokens).toBeGreaterThan(2000);
});

test.each<[string, Reply]>([
  ['cut', 'cut'],
  ['empty', { text: ' \n' }],
  ['over its length', { text: 'half', finish: 'length' }],
  ['a server error', { status: 503 }],
  ['a limit', { status: 429 }],
  ['endless', { text: 'x'.repeat(2_100_000) }],
])('an answer that is %s is weather', async (_, reply) => {
  expect(await failure(reply)).toBeInstanceOf(Weather);
});

test('weather says when the server wants to be asked again', async () => {
  expect(await failure({ status: 429, headers: { 'retry-after': '17' } })).toMatchObject({ retryAfterMs: 17_000 });
});

test('an answer that never comes is weather once the patience is over', async () => {
  const error = await failure('hang', { timeoutMs: 50 });
  expect(error).toBeInstanceOf(Weather);
});

test('nobody listening is weather', async () => {
  const model = openaiModel(settings('http://127.0.0.1:9/v1'));
  await expect(model.complete(ask)).rejects.toBeInstanceOf(Weather);
});

test.each([400, 401, 403, 404, 422])('status %i is a refusal, not weather', async (status) => {
  const error = await failure({ status, body: { error: { message: `bad key ${KEY}`, code: 'model_not_found' } } });
  expect(error).toBeInstanceOf(ModelRefused);
  expect(error.message).toContain('(model_not_found)');
});

test('an empty account is a refusal though its status is that of a limit', async () => {
  expect(await failure({ status: 429, body: { error: { code: 'insufficient_quota' } } })).toBeInstanceOf(ModelRefused);
});

test('an answer that the content filter withheld is a refusal', async () => {
  expect(await failure({ text: 'half', finish: 'content_filter' })).toBeInstanceOf(ModelRefused);
});

test.each([401, 429, 500])('no error of status %i repeats what the server wrote', async (status) => {
  const error = await failure({ status, body: { error: { message: `Incorrect key: ${KEY}`, code: KEY, type: KEY } } });
  expect(`${error.stack}${JSON.stringify(error)}${String(error.cause)}`).not.toContain(KEY);
});

test('a redirect is not followed: the prompt goes to no other address', async () => {
  await using thief = await scriptedModel(() => ({ text: 'mine' }));
  const error = await failure({ status: 307, headers: { location: `${thief.baseUrl}/chat/completions` } });
  expect(error).toBeInstanceOf(Error);
  expect(thief.requests).toEqual([]);
});

test('an abort is thrown as the reason it was given, never as an answer', async () => {
  const stop = new AbortController();
  await using server = await scriptedModel(() => {
    stop.abort(new Error('the kill switch'));
    return 'hang';
  });
  const answer = openaiModel(settings(server.baseUrl)).complete({ ...ask, signal: stop.signal });
  await expect(answer).rejects.toThrow('the kill switch');
});

test('calls of tools arrive whole, each with an id of its own', async () => {
  await using server = await scriptedModel([
    {
      tools: [
        { tool: 'read', args: { path: 'a' } },
        { tool: 'read', args: '{"broken' },
      ],
    },
  ]);
  const turn = await openaiChat(settings(server.baseUrl)).next({ messages: [{ role: 'user', text: 'go' }] });
  expect(turn.calls).toEqual([
    { id: 'call_0', name: 'read', arguments: '{"path":"a"}' },
    { id: 'call_1', name: 'read', arguments: '{"broken' },
  ]);
});

test('an address that is none and a missing key are refused before anything is sent', () => {
  expect(() => openaiModel({ ...settings('file:///etc'), retries: 0 })).toThrow(ModelRefused);
  expect(() => openaiModel({ ...settings('http://127.0.0.1:9'), apiKey: '' })).toThrow(ModelRefused);
});
