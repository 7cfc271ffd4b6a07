import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpoint, failureOf, gatewayTo, json, post } from './support/endpoint.ts';

interface Message {
  readonly role: string;
  readonly content: string | readonly { readonly type: string; readonly text?: string }[];
}

/** As the dearest endpoint counts: a run of blanks is a token, everything else one for each of its bytes. */
const tokensOf = (text: string): number => Buffer.byteLength(text.replace(/ +/g, ' '));
const tokensIn = ({ content }: Message): number =>
  typeof content === 'string'
    ? tokensOf(content)
    : content.reduce((sum, part) => sum + (part.type === 'text' ? tokensOf(part.text ?? '') : 49_000), 0);

/** An endpoint that gives answers as long as it may, and counts all of it. */
const spender = () =>
  endpoint((response, seen) => {
    const messages: readonly Message[] = seen.body.messages;
    const prompt_tokens = messages.reduce((sum, one) => sum + tokensIn(one), 0);
    const completion_tokens = seen.body.max_tokens;
    const usage = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
    json({ choices: [], usage })(response, seen);
  });

const chat = '/v1/chat/completions';
const says = (content: Message['content'], role = 'user'): Message => ({ role, content });
const image = (data: string) => ({ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } });
const sparse = says(' '.repeat(100_000));
const dense = says('~'.repeat(110_000));

const text = fc.oneof(
  fc.nat(30_000).map((length) => ' '.repeat(length)),
  fc.nat(30_000).map((length) => '~'.repeat(length)),
  fc.string({ unit: 'binary', maxLength: 500 }),
);
const part = fc.oneof(
  text.map((one) => ({ type: 'text', text: one })),
  fc.constantFrom('QQ==', 'A'.repeat(40_000)).map(image),
);
const message = fc.oneof(text, fc.array(part, { minLength: 1, maxLength: 3 })).map((content) => says(content));
/** A run asks several things, of which most begin as one before. */
const asked = fc.array(fc.record({ kept: fc.nat(6), more: fc.array(message, { minLength: 1, maxLength: 2 }) }), {
  minLength: 2,
  maxLength: 6,
});

test('whatever a run asks, it spends no more than its budget', async () => {
  await using end = await spender();
  await fc.assert(
    fc.asyncProperty(asked, fc.integer({ min: 5_000, max: 250_000 }), async (requests, tokens) => {
      const { gateway } = gatewayTo('openai-chat', end.url, { budget: { tokens } });
      let messages: readonly Message[] = [];
      for (const { kept, more } of requests) {
        messages = [...messages.slice(0, kept), ...more];
        await gateway.handle(post(chat, { messages }));
      }
      expect(gateway.spent().tokens).toBeLessThanOrEqual(tokens);
      await gateway.close();
    }),
    { numRuns: 100 },
  );
});

test.each([
  ['another text', [dense]],
  ['a longer text', [says(`${' '.repeat(100_000)}${'~'.repeat(50_000)}`), says('~'.repeat(50_000))]],
  ['the same in another order', [dense, sparse]],
])('what one text came to says nothing of %s', async (_, messages) => {
  await using end = await spender();
  const { gateway } = gatewayTo('openai-chat', end.url, { budget: { tokens: 110_000 } });
  expect((await gateway.handle(post(chat, { messages: [sparse] }))).status).toBe(200);
  const { message } = await failureOf(gateway, post(chat, { messages }));
  expect(message).toContain('used up');
  expect(end.seen).toHaveLength(1);
  await gateway.close();
});

test('an image is put aside for by what it may cost, however small it is', async () => {
  await using end = await spender();
  const { gateway } = gatewayTo('openai-chat', end.url, { budget: { tokens: 50_000 } });
  const { message } = await failureOf(gateway, post(chat, { messages: [says([image('QQ==')])] }));
  expect(message).toContain('used up');
  expect(end.seen).toEqual([]);
  await gateway.close();
});

test('an image that was counted once is known, wherever its conversation goes', async () => {
  await using end = await spender();
  const { gateway } = gatewayTo('openai-chat', end.url, { model: { most: 1_000 }, budget: { tokens: 115_000 } });
  const messages = [says([image('QQ==')])];
  expect((await gateway.handle(post(chat, { messages }))).status).toBe(200);
  expect((await gateway.handle(post(chat, { messages: [...messages, says('Go on.')] }))).status).toBe(200);
  expect(gateway.spent().tokens).toBe(2 * 50_000 + 6);
  await gateway.close();
});

test('a PDF goes no further, and its place is told', async () => {
  await using end = await endpoint(json({ usage: { input_tokens: 10, output_tokens: 10 } }));
  const { gateway } = gatewayTo('anthropic', end.url);
  const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } };
  const result = { type: 'tool_result', tool_use_id: 't', content: [pdf] };
  const messages = [{ role: 'user', content: [pdf, result] }];
  expect((await gateway.handle(post('/v1/messages', { max_tokens: 2_000, messages }))).status).toBe(200);
  const told = { type: 'text', text: expect.stringContaining('A PDF was here') };
  expect(end.seen[0]?.body.messages).toEqual([
    { role: 'user', content: [told, { type: 'tool_result', tool_use_id: 't', content: [told] }] },
  ]);
  await gateway.close();
});

test('where a conversation is cached is no part of what was said', async () => {
  await using end = await endpoint(json({ usage: { input_tokens: 10_000, output_tokens: 10 } }));
  const { gateway } = gatewayTo('anthropic', end.url, { budget: { tokens: 50_000 } });
  const cached = { cache_control: { type: 'ephemeral' } };
  const ask = (...content: object[]) =>
    gateway.handle(
      post('/v1/messages', {
        max_tokens: 2_000,
        messages: content.map((one) => ({ role: 'user', content: [one] })),
      }),
    );
  const long = { type: 'text', text: ' '.repeat(40_000) };
  expect((await ask({ ...long, ...cached })).status).toBe(200);
  expect((await ask(long, { type: 'text', text: 'Go on.', ...cached })).status).toBe(200);
  // What only looks like it is counted for as long as it is.
  const hidden = Object.fromEntries([['cache_control', '~'.repeat(30_000)]]);
  const call = { type: 'tool_use', id: 'c', name: 'x', input: {} };
  expect((await ask(call)).status).toBe(200);
  expect((await ask({ ...call, input: hidden })).status).toBe(400);
  await gateway.close();
});

test('what a provider says by itself about tools is put aside for', async () => {
  await using end = await endpoint(json({}));
  const bash = { type: 'bash_20250124', name: 'bash' };
  const own = { name: 'x', input_schema: { type: 'object' } };
  const cost = async (tools: object[]) => {
    const { gateway } = gatewayTo('anthropic', end.url);
    const body = { max_tokens: 1_000, messages: [{ role: 'user', content: 'x' }], ...(tools.length > 0 && { tools }) };
    await gateway.handle(post('/v1/messages', body));
    await gateway.close();
    return gateway.spent().tokens - JSON.stringify(tools).length;
  };
  const none = await cost([]);
  expect((await cost([own])) - none).toBeGreaterThanOrEqual(1_000);
  expect((await cost([bash, own])) - none).toBeGreaterThanOrEqual(2_000);
});
