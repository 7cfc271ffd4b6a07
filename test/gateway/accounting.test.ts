import { expect, test } from 'vitest';
import { openGateway } from '../../src/adapters/gateway/gateway.ts';
import { type ModelApi, modelApis, type NamedModel } from '../../src/domain/named-model.ts';
import {
  type Answer,
  endpoint,
  events,
  failureOf,
  gatewayTo,
  HELLO,
  json,
  PATHS,
  post,
  STREAMED,
  streaming,
  WHOLE,
} from './support/endpoint.ts';

const price = { input: 10, output: 50, cached: 1 };
const chat = PATHS['openai-chat'].whole;
const hello = HELLO['openai-chat'];
/** What is sent of it, without the model's name: a token for each byte. */
const length = JSON.stringify({ messages: hello['messages'] }).length;

/** Of the 100 tokens in and 20 out of every answer: 30 were cached and 10 are kept, where an API tells. */
const COST: Readonly<Record<ModelApi, number>> = {
  'openai-chat': (100 * 10 + 20 * 50) / 1e6,
  'openai-responses': (100 * 10 + 20 * 50) / 1e6,
  anthropic: (60 * 10 + 10 * 12.5 + 30 * 1 + 20 * 50) / 1e6,
  gemini: (100 * 10 + 20 * 50) / 1e6,
};

test.each(modelApis)('%s: what an answer cost is taken from what it says, whole or streamed', async (api) => {
  await using end = await endpoint((response, seen) => {
    const streamed = seen.body.stream === true || seen.path.includes('stream');
    (streamed ? events(STREAMED[api]) : json(WHOLE[api]))(response, seen);
  });
  const { gateway, entries } = gatewayTo(api, end.url, { model: { price } });
  expect(await (await gateway.handle(post(PATHS[api].whole, HELLO[api]))).json()).toEqual(WHOLE[api]);
  expect(gateway.spent()).toEqual({ tokens: 120, requests: 1, answered: 1, money: expect.closeTo(COST[api], 9) });
  const streamed = await gateway.handle(post(PATHS[api].streamed, streaming(api, HELLO[api])));
  expect(streamed.headers.get('content-type')).toContain('text/event-stream');
  expect(await streamed.text()).toContain('data: ');
  expect(gateway.spent()).toEqual({ tokens: 240, requests: 2, answered: 2, money: expect.closeTo(2 * COST[api], 9) });
  const told = entries.flatMap((entry) => (entry.is === 'answered' ? [entry] : []));
  expect(told.map(({ status, whole, tokens }) => ({ status, whole, tokens }))).toEqual([
    { status: 200, whole: true, tokens: 120 },
    { status: 200, whole: true, tokens: 120 },
  ]);
  await gateway.close();
});

test('cached tokens cost what cached tokens cost', async () => {
  const usage = {
    prompt_tokens: 100,
    prompt_tokens_details: { cached_tokens: 40 },
    completion_tokens: 0,
    total_tokens: 100,
  };
  await using end = await endpoint(json({ choices: [], usage }));
  const { gateway } = gatewayTo('openai-chat', end.url, { model: { price } });
  await gateway.handle(post(chat, hello));
  expect(gateway.spent().money).toBeCloseTo((60 * 10 + 40 * 1) / 1e6, 9);
  await gateway.close();
});

const [first, ...others] = STREAMED['openai-chat'];
const broken: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`data: ${JSON.stringify(first)}\n\n`, () => response.destroy());
};

test.each<[string, object, Answer]>([
  ['does not say what it cost', hello, json({ choices: [] })],
  ['says that it cost nothing', hello, json({ choices: [], usage: { total_tokens: 0 } })],
  ['says it in no number', hello, json({ choices: [], usage: { prompt_tokens: '1', completion_tokens: -5 } })],
  ['is a stream that does not say what it cost', { ...hello, stream: true }, events([first!, '[DONE]'])],
  ['is a stream that breaks off', { ...hello, stream: true }, broken],
  ['is no JSON', hello, (response) => void response.writeHead(200).end('<html>')],
  ['breaks off before it begins', hello, (response) => void response.destroy()],
])('an answer that %s counts as the most that it may have cost', async (_, body, answer) => {
  await using end = await endpoint(answer);
  const { gateway } = gatewayTo('openai-chat', end.url, { model: { price, most: 2_000 } });
  await (await gateway.handle(post(chat, body))).text().catch(() => '');
  expect(gateway.spent()).toMatchObject({
    tokens: length + 2_000,
    money: expect.closeTo((length * 10 + 2_000 * 50) / 1e6, 9),
  });
  await gateway.close();
});

test('an answer that nobody waits for any more counts as the most that it may have cost', async () => {
  await using end = await endpoint((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`data: ${JSON.stringify(first)}\n\n`);
  });
  const { gateway } = gatewayTo('openai-chat', end.url, { model: { most: 2_000 } });
  const response = await gateway.handle(post(chat, { ...hello, stream: true }));
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  expect(gateway.spent().tokens).toBeGreaterThan(2_000);
  await gateway.close();
});

test('one that left after the end of the answer counts as the answer says', async () => {
  await using end = await endpoint((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const one of [first, ...others])
      response.write(`data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`);
  });
  const { gateway } = gatewayTo('openai-chat', end.url);
  const reader = (await gateway.handle(post(chat, { ...hello, stream: true }))).body!.getReader();
  const decoder = new TextDecoder();
  for (let text = ''; !text.includes('[DONE]'); ) text += decoder.decode((await reader.read()).value);
  await reader.cancel();
  expect(gateway.spent().tokens).toBe(120);
  await gateway.close();
});

test('an answer is no longer than the tokens and the money that are left', async () => {
  await using end = await endpoint(json(WHOLE['openai-chat']));
  const by = async (budget: object) => {
    const { gateway } = gatewayTo('openai-chat', end.url, { model: { price, most: 10_000 }, budget });
    await gateway.handle(post(chat, hello));
    await gateway.close();
    return end.seen.at(-1)?.body.max_tokens;
  };
  expect(await by({})).toBe(10_000);
  expect(await by({ tokens: 3_000 })).toBe(3_000 - length);
  expect(await by({ money: 0.1 })).toBe(Math.floor((0.1e6 - length * 10) / 50));
});

test.each([
  ['tokens', { tokens: 1_000 }],
  ['money', { money: 0.01 }],
  ['requests', { requests: 0 }],
])('a run without %s ends before anything is sent', async (_, budget) => {
  await using end = await endpoint(json(WHOLE['openai-chat']));
  const { gateway, entries } = gatewayTo('openai-chat', end.url, { model: { price }, budget });
  const { status, message } = await failureOf(gateway, post(chat, hello));
  expect(status).toBe(400);
  expect(message).toContain('used up');
  expect(gateway.cut.reason).toMatchObject({ code: 'budget', message });
  // Whoever goes on asking is answered at once, and noted for a while.
  for (let i = 0; i < 150; i++) expect(await failureOf(gateway, post(chat, hello))).toEqual({ status, message });
  expect(entries).toEqual(Array(100).fill({ is: 'refused', path: chat, status, because: message }));
  expect(end.seen).toEqual([]);
  await gateway.close();
});

test('a budget in money needs a price', () => {
  const model: NamedModel = { name: 'strong', api: 'gemini', url: 'http://x', key: 'k', model: 'm', most: 4_000 };
  const run = { model, budget: { tokens: 1, requests: 1, money: 1 }, signal: new AbortController().signal };
  expect(() => openGateway(run)).toThrow('There is a budget in money, but the model “strong” has no price');
});

test('who waits for what another has put aside is answered at the end when nothing comes back', async () => {
  await using end = await endpoint(json({ choices: [] }));
  const { gateway, entries } = gatewayTo('openai-chat', end.url, { budget: { tokens: 4_500 } });
  const answers = await Promise.all([1, 2, 3].map(() => gateway.handle(post(chat, hello))));
  expect(answers.map(({ status }) => status)).toEqual([200, 400, 400]);
  expect(end.seen).toHaveLength(1);
  expect(gateway.spent().tokens).toBeLessThanOrEqual(4_500);
  // Told before it is sent, and what is told of its end.
  expect(entries.slice(0, 2)).toMatchObject([
    { is: 'asked', most: { tokens: length + 4_000 } },
    { is: 'answered', tokens: length + 4_000 },
  ]);
  await gateway.close();
});

test('twenty requests at once never have more put aside than there is', async () => {
  const gate = Promise.withResolvers<void>();
  let now = 0;
  let most = 0;
  await using end = await endpoint(async (response, seen) => {
    const aside = seen.body.max_tokens + length;
    now += aside;
    most = Math.max(most, now);
    await gate.promise;
    now -= aside;
    json(WHOLE['openai-chat'])(response, seen);
  });
  const { gateway } = gatewayTo('openai-chat', end.url, { budget: { tokens: 10_000 } });
  const asked = Array.from({ length: 20 }, () => gateway.handle(post(chat, hello)));
  // Two of full length, and one with what is left.
  await expect.poll(() => end.seen.length).toBeGreaterThanOrEqual(3);
  gate.resolve();
  const answers = await Promise.all(asked);
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(most).toBeLessThanOrEqual(10_000);
  expect(gateway.spent().tokens).toBe(20 * 120);
  await gateway.close();
});

test('a tokenizer that makes more of a byte is known from its first answer on', async () => {
  const bytes = JSON.stringify(hello).length;
  const usage = { prompt_tokens: bytes * 3, completion_tokens: 1, total_tokens: bytes * 3 + 1 };
  const answers = [json({ choices: [], usage }), json({ choices: [] })];
  await using end = await endpoint((response, seen) => answers.shift()?.(response, seen));
  const { gateway, entries } = gatewayTo('openai-chat', end.url);
  for (let i = 0; i < 2; i++) await gateway.handle(post(chat, hello));
  expect(entries.at(-1)).toMatchObject({ is: 'answered', tokens: bytes * 3 + 4_000 });
  await gateway.close();
});

test('of a conversation that is sent again, only what is new is guessed', async () => {
  const long = { messages: [{ role: 'user', content: 'word '.repeat(20_000) }] };
  const more = { role: 'user', content: 'x'.repeat(1_000) };
  const longer = { messages: [...long.messages, more] };
  const usage = { prompt_tokens: 20_010, completion_tokens: 1, total_tokens: 20_011 };
  const answers = [json({ choices: [], usage }), json({ choices: [] })];
  await using end = await endpoint((response, seen) => answers.shift()?.(response, seen));
  const { gateway, entries } = gatewayTo('openai-chat', end.url);
  await gateway.handle(post(chat, long));
  await gateway.handle(post(chat, longer));
  const tokens = Math.ceil(20_010 * 1.25) + JSON.stringify(more).length + 4_000;
  expect(entries.at(-1)).toMatchObject({ is: 'answered', tokens });
  await gateway.close();
});

test('an image is put aside for as what it may cost, not as text', async () => {
  await using end = await endpoint(json({ choices: [] }));
  const data = 'A'.repeat(1_000_000);
  const body = {
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }] }],
  };
  const { gateway } = gatewayTo('openai-chat', end.url);
  await gateway.handle(post(chat, body));
  expect(gateway.spent().tokens).toBeGreaterThan(54_000);
  expect(gateway.spent().tokens).toBeLessThan(54_100);
  await gateway.close();
});

test('thoughts are within the answer that may be given', async () => {
  await using end = await endpoint(json(WHOLE.anthropic));
  const thinking = { type: 'enabled', budget_tokens: 31_999 };
  const ask = { ...HELLO.anthropic, max_tokens: 32_000, thinking };
  for (const most of [8_000, 1_024]) {
    const { gateway } = gatewayTo('anthropic', end.url, { model: { most } });
    await gateway.handle(post('/v1/messages', ask));
    await gateway.close();
  }
  expect(end.seen.map(({ body }) => [body.max_tokens, body.thinking])).toEqual([
    [8_000, { type: 'enabled', budget_tokens: 7_999 }],
    [1_024, undefined],
  ]);
});
