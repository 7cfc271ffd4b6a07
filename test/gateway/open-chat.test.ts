import { mkdtempDisposable, open, readdir, readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { openGateway } from '../../src/adapters/gateway/gateway.ts';
import type { NamedModel } from '../../src/domain/named-model.ts';
import type { GatewayEntry } from '../../src/ports.ts';
import { scriptedModel } from '../support/scripted-model.ts';

const KEY = 'sk-canary-0123456789';
const plenty = { tokens: 1_000_000, requests: 100 };

const modelAt = (url: string, more: Partial<NamedModel> = {}): NamedModel => ({
  name: 'default',
  api: 'openai-chat',
  url,
  key: KEY,
  model: 'big-one',
  most: 4_000,
  ...more,
});

const ask = (body: unknown, path = '/v1/chat/completions') =>
  new Request(`http://gateway${path}`, { method: 'POST', body: JSON.stringify(body) });

const hello = { messages: [{ role: 'user', content: 'Hello' }] };

test('an answer comes through the door, streamed and whole, and is counted', async () => {
  await using model = await scriptedModel([{ text: 'Streamed.' }, { text: 'Whole.' }]);
  const entries: GatewayEntry[] = [];
  const gateway = openGateway({
    model: modelAt(model.baseUrl),
    budget: plenty,
    signal: new AbortController().signal,
    onEntry: (entry) => entries.push(entry),
  });
  const client = new OpenAI({
    baseURL: 'http://gateway/v1',
    apiKey: 'none',
    fetch: (url, init) => gateway.handle(new Request(url, init)),
  });
  let text = '';
  for await (const chunk of await client.chat.completions.create({
    model: 'another',
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
  }))
    text += chunk.choices[0]?.delta.content ?? '';
  expect(text).toBe('Streamed.');
  const whole = await client.chat.completions.create({ model: 'x', messages: [{ role: 'user', content: 'Again' }] });
  expect(whole.choices[0]?.message.content).toBe('Whole.');
  expect(gateway.spent()).toEqual({ tokens: 240, requests: 2, answered: 2 });
  expect(model.requests.map(({ authorization, body }) => [authorization, body.model])).toEqual([
    [`Bearer ${KEY}`, 'big-one'],
    [`Bearer ${KEY}`, 'big-one'],
  ]);
  expect(JSON.parse(model.requests[0]!.raw)).toMatchObject({
    stream_options: { include_usage: true },
    max_tokens: 4000,
  });
  expect(entries.map(({ is }) => is)).toEqual(['asked', 'answered', 'asked', 'answered']);
  expect(JSON.stringify(entries)).not.toContain(KEY);
  await gateway.close();
});

test('the socket serves the same, can be reached but not found, and is gone at the end', async () => {
  await using model = await scriptedModel([{ text: 'Through the socket.' }]);
  await using temporary = await mkdtempDisposable(join(tmpdir(), 'gateway-'));
  const root = temporary.path;
  const dir = join(root, 'with', 'a-name-that-no-address-of-a-socket-would-hold'.repeat(3));
  const gateway = openGateway({ model: modelAt(model.baseUrl), budget: plenty, signal: new AbortController().signal });
  const path = await gateway.listen(dir);
  await using folder = await open(dirname(path));
  const socketPath = `/proc/self/fd/${folder.fd}/${basename(path)}`;
  const answer = await new Promise<string>((done, fail) => {
    const body = JSON.stringify(hello);
    const asking = request({ socketPath, path: '/v1/chat/completions', method: 'POST' }, (response) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => done(text));
    });
    asking.on('error', fail);
    asking.end(body);
  });
  expect(JSON.parse(answer).choices[0].message.content).toBe('Through the socket.');
  // Every user of the machine may read this list.
  expect(await readFile('/proc/net/unix', 'utf8')).not.toContain(basename(dirname(path)));
  const ways = [dir, dirname(dirname(path)), dirname(path), path];
  const modes = await Promise.all(ways.map(async (way) => (await stat(way)).mode & 0o777));
  expect(modes).toEqual([0o711, 0o711, 0o711, 0o600]);
  await gateway.close();
  expect(await readdir(dirname(dirname(path)))).toEqual([]);
});

test('two requests at once cannot spend the same twice', async () => {
  await using model = await scriptedModel([{ text: 'One.' }, { text: 'Two.' }]);
  const gateway = openGateway({
    model: modelAt(model.baseUrl),
    budget: { tokens: 4_100, requests: 10 },
    signal: new AbortController().signal,
  });
  const answers = await Promise.all([gateway.handle(ask(hello)), gateway.handle(ask(hello))]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(JSON.parse(model.requests[0]!.raw).max_tokens).toBe(4_000);
  // The second waited for what the first had put aside, and got what was left.
  expect(JSON.parse(model.requests[1]!.raw).max_tokens).toBeLessThan(4_000);
  await gateway.close();
});

test('a budget that is used up ends in a failure that nobody tries again', async () => {
  await using model = await scriptedModel([{ text: 'One.' }]);
  const gateway = openGateway({
    model: modelAt(model.baseUrl),
    budget: { tokens: 1_200, requests: 10 },
    signal: new AbortController().signal,
  });
  expect((await gateway.handle(ask(hello))).status).toBe(200);
  expect(gateway.cut.aborted).toBe(false);
  const refused = await gateway.handle(ask(hello));
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining('used up') } });
  expect(gateway.cut.reason).toMatchObject({ code: 'budget' });
  expect((await gateway.handle(ask(hello))).status).toBe(400);
  expect(gateway.spent()).toEqual({ tokens: 120, requests: 1, answered: 1 });
  await gateway.close();
});
