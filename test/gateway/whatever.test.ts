import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ModelApi, modelApis } from '../../src/domain/named-model.ts';
import { endpoint, failureOf, gatewayTo, HELLO, json, PATHS, post, WHOLE } from './support/endpoint.ts';

/** Every key that each API may be sent at the top. */
const KNOWN: Readonly<Record<ModelApi, readonly string[]>> = {
  'openai-chat':
    'model messages tools tool_choice parallel_tool_calls temperature top_p frequency_penalty presence_penalty stop seed response_format reasoning_effort verbosity prompt_cache_key max_tokens stream stream_options'.split(
      ' ',
    ),
  'openai-responses':
    'model instructions input tools tool_choice parallel_tool_calls reasoning text include temperature top_p truncation prompt_cache_key max_output_tokens stream store'.split(
      ' ',
    ),
  anthropic:
    'model messages system max_tokens tools tool_choice thinking output_config output_format stop_sequences temperature top_p top_k stream cache_control'.split(
      ' ',
    ),
  gemini: 'contents systemInstruction tools toolConfig safetySettings generationConfig'.split(' '),
};
const everyKey = [...new Set(Object.values(KNOWN).flat())];
const words = [
  'type',
  'role',
  'content',
  'url',
  'image_url',
  'source',
  'file_id',
  'fileData',
  '$ref',
  'web_search',
  'user',
];
const value = fc.jsonValue({ maxDepth: 4 });
const odd = fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string()), value, { maxKeys: 4 });
/** Requests of which some parts are right and some are anything. */
const members = fc.dictionary(
  fc.oneof(fc.constantFrom(...everyKey, 'background', 'store', 'n', 'container', 'cachedContent'), fc.string()),
  fc.oneof(value, odd, fc.array(odd, { maxLength: 3 })),
  { maxKeys: 5 },
);

test.each(modelApis)('%s: whatever an agent sends is answered, and nothing unknown goes on', async (api) => {
  await using end = await endpoint(json(WHOLE[api]));
  await fc.assert(
    fc.asyncProperty(members, async (more) => {
      const { gateway, entries } = gatewayTo(api, end.url);
      const before = end.seen.length;
      const response = await gateway.handle(post(PATHS[api].whole, { ...HELLO[api], ...more }));
      expect([200, 400]).toContain(response.status);
      expect(end.seen.length - before).toBe(response.status === 200 ? 1 : 0);
      expect(entries.map(({ is }) => is)).toEqual(response.status === 200 ? ['asked', 'answered'] : ['refused']);
      const { body } = end.seen.at(-1) ?? { body: {} };
      expect(Object.keys(body ?? {}).filter((key) => !KNOWN[api].includes(key))).toEqual([]);
      if (api !== 'gemini' && response.status === 200) expect(body.model).toBe('big-one');
      if (api === 'openai-responses' && response.status === 200) expect(body.store).toBe(false);
      expect(gateway.spent().tokens).toBe(response.status === 200 ? 120 : 0);
      await gateway.close();
    }),
    { numRuns: 150 },
  );
});

/** Where each API takes a list. */
const LISTS: Readonly<Record<ModelApi, string>> = {
  'openai-chat': 'messages',
  'openai-responses': 'input',
  anthropic: 'messages',
  gemini: 'contents',
};

test.each(modelApis)('%s: millions of things that are not let through are refused at once', async (api) => {
  await using end = await endpoint(json(WHOLE[api]));
  const { gateway } = gatewayTo(api, end.url);
  const ask = async (values: number) => {
    const list = `[${'0,'.repeat(values - 1)}0]`;
    const given = JSON.stringify({ ...HELLO[api], [LISTS[api]]: 'LIST' }).replace('"LIST"', list);
    return failureOf(gateway, post(PATHS[api].whole, given));
  };
  expect(await ask(9_000_000)).toMatchObject({ status: 413, message: expect.stringContaining('values') });
  expect(await ask(100_000)).toMatchObject({
    status: 400,
    message: expect.stringMatching(/^(?:messages|input|contents)\b/),
  });
  const key = 'k'.repeat(1_000_000);
  const { message } = await failureOf(
    gateway,
    post(PATHS[api].whole, { ...HELLO[api], tools: [{ [key]: 1 }], [key]: 1 }),
  );
  expect(message.length).toBeLessThan(1_000);
  expect(end.seen).toEqual([]);
  await gateway.close();
});

test.each(modelApis)('%s: whatever text an agent sends is answered', async (api) => {
  await using end = await endpoint(json(WHOLE[api]));
  const { gateway } = gatewayTo(api, end.url);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.constant('')), async (text) => {
      expect((await gateway.handle(post(PATHS[api].whole, text))).status).toBe(400);
    }),
    { numRuns: 100 },
  );
  expect(end.seen).toEqual([]);
  await gateway.close();
});

test('an agent that sends much at once fills no memory: what is too much together is refused until some of it is answered', async () => {
  const gate = Promise.withResolvers<void>();
  await using end = await endpoint((response, seen) => {
    void gate.promise.then(() => json(WHOLE['openai-chat'])(response, seen));
  });
  const { gateway } = gatewayTo('openai-chat', end.url, { budget: { tokens: 1e9 } });
  const large = () =>
    gateway.handle(post(PATHS['openai-chat'].whole, { messages: [{ role: 'user', content: 'x'.repeat(15_000_000) }] }));
  const first = [large(), large()];
  await expect.poll(() => end.seen.length, { timeout: 30_000 }).toBe(2);
  const more = await Promise.all(Array.from({ length: 8 }, large));
  expect(new Set(more.map(({ status }) => status))).toEqual(new Set([429]));
  gate.resolve();
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await large()).status).toBe(200);
  await gateway.close();
});
