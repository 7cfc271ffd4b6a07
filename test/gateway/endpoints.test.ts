import { mkdir, mkdtempDisposable, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type ModelApi, modelApis } from '../../src/domain/named-model.ts';
import {
  type Answer,
  endpoint,
  events,
  failureOf,
  gatewayTo,
  HELLO,
  json,
  KEY,
  PATHS,
  post,
  STREAMED,
  streaming,
  WHOLE,
} from './support/endpoint.ts';

const chat = PATHS['openai-chat'].whole;
const hello = HELLO['openai-chat'];
const hangs: Answer = () => {};

test.each([401, 402, 403])('a key that is refused (%i) ends the run for good, in words', async (status) => {
  await using end = await endpoint(json({ error: { message: `Incorrect API key provided: ${KEY}` } }, status));
  const { gateway } = gatewayTo('openai-chat', end.url);
  const told = await failureOf(gateway, post(chat, hello));
  expect(told).toEqual({
    status: 400,
    message: expect.stringContaining(`refused the key or the account of the model strong with status ${status}`),
  });
  expect(gateway.cut.reason).toMatchObject({ code: 'model-refused', message: told.message });
  expect(await failureOf(gateway, post(chat, hello))).toEqual(told);
  expect(end.seen).toHaveLength(1);
  expect(gateway.spent()).toMatchObject({ tokens: 0, requests: 1, answered: 0 });
  await gateway.close();
});

test('an account that is empty ends the run, though it is told like a busy server', async () => {
  await using end = await endpoint(json({ error: { code: 'insufficient_quota', message: 'x' } }, 429));
  const { gateway } = gatewayTo('openai-chat', end.url);
  expect((await failureOf(gateway, post(chat, hello))).status).toBe(400);
  expect(gateway.cut.aborted).toBe(true);
  await gateway.close();
});

test.each([429, 500, 503, 529])(
  'a server that is busy or broken (%i) is told as it is, with the time to wait',
  async (status) => {
    await using end = await endpoint(json({ error: { message: `internal ${KEY}` } }, status, { 'retry-after': '7' }));
    const { gateway } = gatewayTo('anthropic', end.url);
    const response = await gateway.handle(post('/v1/messages', HELLO.anthropic));
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '7']);
    expect(await response.text()).not.toContain(KEY);
    expect(gateway.cut.aborted).toBe(false);
    expect(gateway.spent()).toMatchObject({ tokens: 0, requests: 1, answered: 0 });
    await gateway.close();
  },
);

test('what a server says is wrong with a request reaches the agent, without anything that looks like a key', async () => {
  const message = `prompt is too long: 210000 tokens; key ${KEY}, also sk-proj-***abcd`;
  await using end = await endpoint(json({ type: 'error', error: { type: 'invalid_request_error', message } }, 400));
  const { gateway } = gatewayTo('anthropic', end.url);
  const told = await failureOf(gateway, post('/v1/messages', HELLO.anthropic));
  expect(told.status).toBe(400);
  expect(told.message).toContain('prompt is too long: 210000 tokens; key [key], also [key]');
  await gateway.close();
});

test('a redirect is never followed, and ends the run', async () => {
  await using other = await endpoint(json(WHOLE['openai-chat']));
  await using end = await endpoint((response) => void response.writeHead(307, { location: other.url }).end());
  const { gateway } = gatewayTo('openai-chat', end.url);
  const told = await failureOf(gateway, post(chat, hello));
  expect(told).toEqual({
    status: 400,
    message: expect.stringContaining('to another address, which is never followed'),
  });
  expect(other.seen).toEqual([]);
  await gateway.close();
});

test('an endpoint that nobody listens at costs nothing, and may be tried again', async () => {
  const end = await endpoint(hangs);
  await end[Symbol.asyncDispose]();
  const { gateway } = gatewayTo('openai-chat', end.url);
  expect(await failureOf(gateway, post(chat, hello))).toEqual({
    status: 502,
    message: 'The endpoint of the model strong could not be reached.',
  });
  expect(gateway.spent()).toEqual({ tokens: 0, requests: 1, answered: 0 });
  await gateway.close();
});

test('an endpoint that is silent is left, before its answer and within it', async () => {
  const begins: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {}\n\n');
  };
  for (const answer of [hangs, begins]) {
    await using end = await endpoint(answer);
    const { gateway } = gatewayTo('openai-chat', end.url, { patience: { silenceMs: 50, answerMs: 60_000 } });
    const response = await gateway.handle(post(chat, { ...hello, stream: true }));
    const said = await response.text().catch(() => null);
    expect(response.status === 504 || said === null).toBe(true);
    expect(gateway.spent().tokens).toBeGreaterThan(4_000);
    await gateway.close();
  }
});

test('an answer without end is left', async () => {
  const line = `data: ${'x'.repeat(1_000_000)}\n\n`;
  const endless: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const more = () => {
      while (!response.destroyed && response.write(line));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  await using end = await endpoint(endless);
  const { gateway, entries } = gatewayTo('openai-chat', end.url);
  const response = await gateway.handle(post(chat, { ...hello, stream: true }));
  await expect(response.text()).rejects.toThrow();
  expect(entries.at(-1)).toMatchObject({ is: 'answered', whole: false });
  expect((entries.at(-1) as { body: string }).body.length).toBeLessThanOrEqual(2_000_000);
  await gateway.close();
});

test.each(modelApis)('%s: a server that repeats the key does not tell it, whole or streamed', async (api: ModelApi) => {
  const echo: Answer = (response, seen) => {
    const streamed = seen.body.stream === true || seen.path.includes('stream');
    const said = { echo: seen.headers, usage: null };
    (streamed ? events([said, ...STREAMED[api]]) : json({ ...(WHOLE[api] as object), ...said }))(response, seen);
  };
  await using end = await endpoint(echo);
  const { gateway, entries } = gatewayTo(api, end.url);
  const whole = await gateway.handle(post(PATHS[api].whole, HELLO[api]));
  const streamed = await gateway.handle(post(PATHS[api].streamed, streaming(api, HELLO[api])));
  const heard = [await whole.text(), await streamed.text(), [...whole.headers], entries];
  expect(JSON.stringify(heard)).toContain('[key]');
  expect(JSON.stringify(heard)).not.toContain(KEY);
  await gateway.close();
});

test('nothing of the agent but what was let through reaches the endpoint, and nothing but the answer comes back', async () => {
  await using end = await endpoint(
    json(WHOLE['openai-chat'], 200, { 'set-cookie': 'a=b', 'openai-organization': 'acme', 'x-request-id': 'r' }),
  );
  const { gateway } = gatewayTo('openai-chat', end.url);
  const headers = {
    authorization: 'Bearer of-the-agent',
    cookie: 'c=d',
    'openai-organization': 'other',
    'x-forwarded-for': '1.2.3.4',
  };
  const response = await gateway.handle(post(`${chat}?api-version=x&key=y`, hello, headers));
  expect([...response.headers]).toEqual([['content-type', 'application/json']]);
  const [seen] = end.seen;
  expect(seen?.path).toBe('/chat/completions');
  expect(seen?.headers).toMatchObject({ authorization: `Bearer ${KEY}` });
  for (const name of ['cookie', 'openai-organization', 'x-forwarded-for'])
    expect(seen?.headers).not.toHaveProperty(name);
  await gateway.close();
});

test('what is asked about the model alone is answered here', async () => {
  await using end = await endpoint(hangs);
  const { gateway: anthropic } = gatewayTo('anthropic', end.url);
  const { gateway: gemini } = gatewayTo('gemini', end.url);
  const get = (path: string, method = 'GET') => new Request(`http://gateway${path}`, { method });
  expect((await anthropic.handle(get('/', 'HEAD'))).status).toBe(200);
  expect(await (await anthropic.handle(get('/v1/models'))).json()).toMatchObject({ data: [{ id: 'big-one' }] });
  expect(await (await gemini.handle(get('/v1beta/models'))).json()).toMatchObject({
    models: [{ name: 'models/big-one' }],
  });
  const counted = await anthropic.handle(post('/v1/messages/count_tokens', HELLO.anthropic));
  expect(await counted.json()).toEqual({ input_tokens: expect.any(Number) });
  const total = await gemini.handle(post('/v1beta/models/any:countTokens', HELLO.gemini));
  expect(await total.json()).toEqual({ totalTokens: expect.any(Number) });
  expect(end.seen).toEqual([]);
  expect(anthropic.spent()).toMatchObject({ tokens: 0, requests: 0 });
  await Promise.all([anthropic.close(), gemini.close()]);
});

test('bodies that are no requests are refused in words', async () => {
  await using end = await endpoint(hangs);
  const { gateway } = gatewayTo('openai-chat', end.url);
  const of = (body: string, headers = {}) => failureOf(gateway, post(chat, body, headers));
  expect(await of('{')).toEqual({ status: 400, message: 'The body of the request is not JSON.' });
  expect(await of('null')).toMatchObject({ status: 400 });
  expect(await of('[]')).toMatchObject({ status: 400 });
  expect(await of('{"messages":[]}')).toMatchObject({ status: 400 });
  expect(await of('{"messages":[{"role":"nobody","content":"x"}]}')).toEqual({
    status: 400,
    message: 'messages.0.role: “nobody” is not let through.',
  });
  expect(await of('{}', { 'content-encoding': 'zstd' })).toMatchObject({ status: 415 });
  expect(await of(JSON.stringify({ x: 'x'.repeat(20_000_001) }))).toMatchObject({ status: 413 });
  expect(end.seen).toEqual([]);
  await gateway.close();
});

test('an agent that sends much in vain is read no more after a while, refused or answered by the app itself', async () => {
  await using end = await endpoint(hangs);
  const { gateway } = gatewayTo('anthropic', end.url);
  const much = JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(19_000_000) }] });
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) {
    const [path, body] = n % 2 === 0 ? ['/v1/messages/count_tokens', much] : ['/v1/messages', `[${much}]`];
    statuses.push((await gateway.handle(post(path, body))).status);
  }
  expect(statuses).toEqual([200, 400, 200, 400, 200, 400, 200, 400, 200, 400, 200, 403]);
  const after = await failureOf(gateway, post('/v1/messages', '{}'));
  expect(after).toEqual({ status: 403, message: 'Requests of over 200 MB went to no model. Nothing more is read.' });
  expect(end.seen).toEqual([]);
  await gateway.close();
});

test('values that are nested without end are refused in words, wherever they stand, and cost nothing', async () => {
  await using end = await endpoint(hangs);
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const tools = `"tools":[{"name":"x","input_schema":${deep}}]`;
  const content = `[{"type":"tool_use","id":"t","name":"x","input":${deep}}]`;
  for (const body of [
    `{"max_tokens":9,"messages":[{"role":"user","content":"x"}],${tools}}`,
    `{"max_tokens":9,"messages":[{"role":"assistant","content":${content}}]}`,
  ]) {
    const { gateway } = gatewayTo('anthropic', end.url);
    const told = await failureOf(gateway, post('/v1/messages', body));
    expect(told).toEqual({ status: 400, message: 'The values of the request are nested too deeply.' });
    expect(gateway.spent().tokens).toBe(0);
    await gateway.close();
  }
  expect(end.seen).toEqual([]);
});

test('a run that is over answers nothing any more, and what was under way counts', async () => {
  await using end = await endpoint(hangs);
  const over = new AbortController();
  const { gateway, entries } = gatewayTo('openai-chat', end.url, { signal: over.signal });
  const asked = gateway.handle(post(chat, hello));
  await expect.poll(() => end.seen.length).toBe(1);
  over.abort();
  expect((await asked).status).toBe(400);
  expect((await failureOf(gateway, post(chat, hello))).message).toBe('This run is over.');
  await gateway.close();
  expect(gateway.spent().tokens).toBeGreaterThan(4_000);
  expect(entries.filter(({ is }) => is === 'answered')).toHaveLength(1);
  expect(end.seen).toHaveLength(1);
});

test('an agent that leaves in the middle frees the endpoint, and what dead processes left behind goes', async () => {
  const gone = Promise.withResolvers<void>();
  await using end = await endpoint((response) => {
    response.on('close', () => gone.resolve());
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {}\n\n');
  });
  await using temporary = await mkdtempDisposable(join(tmpdir(), 'gw-'));
  const dir = temporary.path;
  await mkdir(join(dir, '999999999-1'));
  await writeFile(join(dir, '999999999-1', 'model.sock'), '');
  const { gateway } = gatewayTo('openai-chat', end.url);
  const socketPath = await gateway.listen(dir);
  expect(await readdir(dir)).toEqual([dirname(dirname(socketPath)).slice(dir.length + 1)]);
  const asking = request({ socketPath, path: chat, method: 'POST' }, (response) =>
    response.once('data', () => asking.destroy()),
  );
  asking.on('error', () => {});
  asking.end(JSON.stringify({ ...hello, stream: true }));
  await gone.promise;
  await expect.poll(() => gateway.spent().tokens).toBeGreaterThan(4_000);
  await gateway.close();
});
