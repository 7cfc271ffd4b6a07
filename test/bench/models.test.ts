import { expect, test } from 'vitest';
import { fromModels } from '../../src/cli/bench/answers.ts';
import { openEndpoint } from '../../src/cli/bench/endpoint.ts';
import { readerRoles } from '../../src/domain/named-model.ts';
import { parseOperator } from '../../src/domain/parse-operator.ts';
import { scriptedModel } from '../support/scripted-model.ts';

const request = JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: 'x' }], max_tokens: 16_384 });
const modelAt = (url: string, key: string, model: string, more = '') =>
  `{ api: openai-chat, url: "${url}", key: ${key}, model: ${model}${more} }`;

test('each role is answered by the model that the operator has for it, and what is recorded names none', async () => {
  await using small = await scriptedModel([{ text: 'sorted' }]);
  await using large = await scriptedModel([{ text: 'drafted' }]);
  const file = `models:
  small: ${modelAt(small.baseUrl, 'A', 's-1', ', most: 2048')}
  large: ${modelAt(large.baseUrl, 'B', 'l-1')}
roles: { detect: small, draft: large }`;
  const parsed = parseOperator(file, { A: 'key-a', B: 'key-b' }, null);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  await using endpoint = await openEndpoint(fromModels(parsed.operator));
  const answers: unknown[] = [];
  for (const role of readerRoles) {
    const url = `${endpoint.baseUrl}/${role}/chat/completions`;
    const response = await fetch(url, { method: 'POST', body: request });
    const body = (await response.json()) as { choices?: readonly { message: { content: string } }[] };
    answers.push([role, response.status, body.choices?.[0]?.message.content ?? body]);
  }
  expect(answers).toEqual([
    ['detect', 200, 'sorted'],
    ['draft', 200, 'drafted'],
    ['ask', 400, { error: { message: 'no model is set for ask' } }],
  ]);
  const heard = [...small.requests, ...large.requests].map(({ authorization, body }) => [authorization, body]);
  expect(heard).toMatchObject([
    ['Bearer key-a', { model: 's-1', max_tokens: 2048 }],
    ['Bearer key-b', { model: 'l-1', max_tokens: 16_384 }],
  ]);
  expect(endpoint.exchanges.map(({ role, request: bytes }) => [role, bytes])).toEqual([
    ['detect', request],
    ['draft', request],
  ]);
});
