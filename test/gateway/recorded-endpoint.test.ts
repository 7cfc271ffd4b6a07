import { expect, test } from 'vitest';
import { recordedEndpoint } from '../../src/adapters/gateway/recorded-endpoint.ts';
import { hashText } from '../../src/domain/hash.ts';

const recorded = (request: string, body: string, status = 200) => ({
  is: 'answer' as const,
  at: 0,
  path: '/v1/chat/completions',
  hash: hashText(request),
  status,
  body,
  whole: true,
});
const ask = async ({ fetch }: ReturnType<typeof recordedEndpoint>, body: string) => {
  const answer = await fetch('http://model', { method: 'POST', body });
  return [answer.status, answer.headers.get('content-type'), await answer.text()];
};

test('a request gets the answer that it was given, whenever it is made, and its kind', async () => {
  const endpoint = recordedEndpoint([recorded('a', '{"to":"a"}'), recorded('title', 'data: {"to":"title"}\n\n')]);
  expect(await ask(endpoint, 'title')).toEqual([200, 'text/event-stream', 'data: {"to":"title"}\n\n']);
  expect(await ask(endpoint, 'a')).toEqual([200, 'application/json', '{"to":"a"}']);
  expect([endpoint.otherwise(), endpoint.left()]).toEqual([null, 0]);
});

test('a request that nobody made gets the next answer that is left, and the first of them is told', async () => {
  const endpoint = recordedEndpoint([recorded('a', '1'), recorded('b at nine', '2'), recorded('c', '3')]);
  expect((await ask(endpoint, 'a'))[2]).toBe('1');
  expect((await ask(endpoint, 'b at ten'))[2]).toBe('2');
  expect(endpoint.otherwise()).toEqual({ request: 2, how: 'other' });
  expect((await ask(endpoint, 'c'))[2]).toBe('3');
  expect((await ask(endpoint, 'd'))[0]).toBe(400);
  expect(endpoint.otherwise()).toEqual({ request: 2, how: 'other' });
});

test('an answer that failed fails again; what was never answered is told as one too many', async () => {
  const endpoint = recordedEndpoint([recorded('a', 'the model is busy', 503)]);
  expect(await ask(endpoint, 'a')).toEqual([503, 'application/json', '{"error":{"message":"the model is busy"}}']);
  expect((await ask(endpoint, 'a'))[0]).toBe(400);
  expect(endpoint.otherwise()).toEqual({ request: 2, how: 'more' });
});
