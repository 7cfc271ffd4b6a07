import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { leaksIn, recordSockets } from '../support/outgoing.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const MAIL = 'lorena@fuente.example';

test.each<[string, string, string]>([
  ['as it is', MAIL, `to ${MAIL}.`],
  ['in other case', MAIL, 'to Lorena@FUENTE.example.'],
  ['in an address', MAIL, '/search?q=lorena%40fuente.example'],
  ['in a form', 'Nora Quill', 'q=Nora+Quill&a'],
  ['in JSON', 'a "b" é', JSON.stringify({ text: 'a "b" é' })],
  ['in JSON in JSON', 'a "b" é', JSON.stringify({ text: JSON.stringify('a "b" é') })],
  ['in ASCII JSON', 'Zoë Quill', '{"by":"Zo\\u00eb Quill"}'],
  ['in HTML', "O'Hara & Co", 'by O&#39;Hara &amp; Co'],
  ['in base64, anywhere', MAIL, `{"content":"${base64(`x\nfrom ${MAIL} on`)}"}`],
  ['in base64 over lines', MAIL, base64(`${'x'.repeat(50)} ${MAIL} on`).replace(/(.{60})/g, '$1\\n')],
  ['in base64 of JSON', 'a "b" é', base64(JSON.stringify('a "b" é'))],
  ['in base64 with something before it', 'Nora', `key${base64('Nora')}`],
  ['spaced otherwise', 'Nora Quill', 'Nora\n  Quill'],
  ['a number without spaces', '+34 600 000 112', 'tel:34600000112'],
  ['a number with hyphens', '4111 1111 1111 1111', '4111-1111-1111-1111'],
])('invariant 11: what leaks is found: %s', (_, value, text) => {
  expect(leaksIn([{ to: 'client of 1', text }], [value, 'nothing of it'])).toEqual([
    expect.stringContaining(`“${value}” to client of 1`),
  ]);
});

test.each([
  ['Ann', 'the annual plan of Anna, d41dannc3'],
  ['4111 1111 1111 1111', '94111111111111111'],
  ['12 Elm Street', '112 Elm Street'],
])('invariant 11: what only looks like it is no leak: %s', (value, text) => {
  expect(leaksIn([{ to: 'log', text }], [value])).toEqual([]);
});

test('invariant 11: each byte is recorded at the socket, of clients and of one’s own servers', async () => {
  using sockets = recordSockets();
  const server = createServer((_, response) => {
    response.write('half an ans');
    setImmediate(() => response.end('wer for Nora'));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const body = JSON.stringify({ text: `${'x'.repeat(100_000)} ${MAIL}` });
  const answer = await fetch(`http://127.0.0.1:${port}/Quill`, { method: 'POST', body });
  expect(await answer.text()).toBe('half an answer for Nora');
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  expect(leaksIn(sockets.sentBy([]), ['Quill', MAIL, 'an answer for Nora'])).toEqual([
    expect.stringContaining(`“Quill” to client of ${port}`),
    expect.stringContaining(`“${MAIL}” to client of ${port}`),
  ]);
  expect(leaksIn(sockets.sentBy([port]), [MAIL, 'Quill', 'an answer for Nora'])).toEqual([
    expect.stringContaining(`“an answer for Nora” to server at ${port}`),
  ]);
});
