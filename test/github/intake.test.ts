import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { githubApp } from '../../src/adapters/github/app.ts';
import { intake, type Received, WEBHOOK_PATH } from '../../src/adapters/github/intake.ts';
import { silent } from '../support/silent-log.ts';
import { examples, mutations } from './examples.ts';

const SECRET = 'a-secret-of-22-letters';
const GUID = '72d3162e-cc78-11e3-81ab-4c9367dc0958';
const MAX = 100_000;

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const app = await githubApp({ appId: 1, privateKey, webhookSecret: SECRET, log: silent });

interface Door {
  readonly url: string;
  readonly stored: Received[];
  /** The store throws this from now on. */
  fail(error: Error): void;
}

/** The intake in a server of its own; a store that knows GUIDs, as the real one does. */
async function atTheDoor(work: (door: Door) => Promise<void>): Promise<void> {
  const stored: Received[] = [];
  let failure: Error | undefined;
  const deliver = async (delivery: Received) => {
    if (failure !== undefined) throw failure;
    const known = stored.some(({ guid }) => guid === delivery.guid);
    if (!known) stored.push(delivery);
    return known ? ('known' as const) : ('new' as const);
  };
  const receive = intake({ verify: app.verify, deliver, maxBytes: MAX });
  const faults: unknown[] = [];
  const server = createServer((request, response) => {
    receive(request, response).then(
      (taken) => taken || response.writeHead(404).end(),
      (error) => faults.push(error),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const fail = (error: Error) => {
      failure = error;
    };
    await work({ url, stored, fail });
    expect(faults).toEqual([]);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

const sign = (body: string, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

async function post(
  { url }: Door,
  body: string,
  headers: Record<string, string | null> = {},
): Promise<{ status: number; text: string }> {
  const usual = {
    'content-type': 'application/json',
    'x-github-event': 'issues',
    'x-github-delivery': GUID,
    'x-hub-signature-256': sign(body),
  };
  const all = Object.entries({ ...usual, ...headers }).filter(([, value]) => value !== null) as [string, string][];
  const response = await fetch(url + WEBHOOK_PATH, { method: 'POST', body, headers: all });
  return { status: response.status, text: await response.text() };
}

const body = JSON.stringify({
  action: 'opened',
  installation: { id: 5 },
  repository: { full_name: 'o/r' },
  issue: { number: 7, body: 'private words – ü' },
});

test('a signed webhook is stored byte for byte, then accepted', () =>
  atTheDoor(async (door) => {
    expect(await post(door, body)).toEqual({ status: 202, text: 'Accepted.\n' });
    expect(door.stored).toMatchObject([
      { guid: GUID, event: 'issues', action: 'opened', installation: 5, repo: 'o/r' },
    ]);
    expect(Buffer.from(door.stored[0]!.payload).toString()).toBe(body);
  }));

test('the same delivery again is known, and stored once', () =>
  atTheDoor(async (door) => {
    await post(door, body);
    expect((await post(door, body, { 'x-github-delivery': GUID.toUpperCase() })).status).toBe(200);
    expect(door.stored).toHaveLength(1);
  }));

test.each([
  ['another secret', sign(body, 'development')],
  ['another body', sign(`${body} `)],
  ['a short one', sign(body).slice(0, 40)],
  ['SHA-1', `sha1=${createHmac('sha1', SECRET).update(body).digest('hex')}`],
  ['no hex', `sha256=${'z'.repeat(64)}`],
])('a signature by %s is 401, and nothing is stored', (_, signature) =>
  atTheDoor(async (door) => {
    const answer = await post(door, body, { 'x-hub-signature-256': signature });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('private words');
    expect(door.stored).toEqual([]);
  }),
);

test.each([
  [400, { 'x-github-event': null }],
  [400, { 'x-github-event': 'Issues; drop' }],
  [400, { 'x-github-delivery': null }],
  [400, { 'x-github-delivery': '1234' }],
  [401, { 'x-hub-signature-256': null }],
  [401, { 'x-hub-signature-256': '' }],
  [401, { 'x-hub-signature-256': 'sha256=' }],
  [401, { 'x-hub-signature-256': null, 'x-github-event': null }],
  [415, { 'content-type': 'application/x-www-form-urlencoded' }],
  [415, { 'content-type': 'text/plain' }],
  [415, { 'content-encoding': 'gzip' }],
])('%i for headers %o', (status, headers) =>
  atTheDoor(async (door) => {
    expect((await post(door, body, headers)).status).toBe(status);
    expect(door.stored).toEqual([]);
  }),
);

test.each(['{"half', '[]', '7', 'null', '"text"', ' '])('signed but no JSON object: %s', (odd) =>
  atTheDoor(async (door) => {
    expect((await post(door, odd)).status).toBe(400);
    expect(door.stored).toEqual([]);
  }),
);

test('an empty body is refused, not a fault', () =>
  atTheDoor(async (door) => {
    expect((await post(door, '')).status).toBe(401);
  }));

test('a store that fails is a 503 without its reason', () =>
  atTheDoor(async (door) => {
    door.fail(new Error('password authentication failed for user "corrigible"'));
    const { status, text } = await post(door, body);
    expect({ status, text }).toEqual({
      status: 503,
      text: 'The delivery could not be stored. It will be asked for again.\n',
    });
  }));

test('a body that says it is too large is refused unread', () =>
  atTheDoor(async (door) => {
    const status = await new Promise((resolve) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': MAX + 1,
        'x-github-event': 'issues',
        'x-github-delivery': GUID,
        'x-hub-signature-256': sign(body),
      };
      const sent = httpRequest(door.url + WEBHOOK_PATH, { method: 'POST', headers }, ({ statusCode }) =>
        resolve(statusCode),
      );
      sent.on('error', () => {});
      sent.flushHeaders();
    });
    expect(status).toBe(413);
  }));

test('a body that does not say how large it is is cut off at the limit, and the connection with it', () =>
  atTheDoor(async (door) => {
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => {});
    const head = [
      `POST ${WEBHOOK_PATH} HTTP/1.1`,
      'host: x',
      'content-type: application/json',
      'x-github-event: issues',
      `x-github-delivery: ${GUID}`,
      `x-hub-signature-256: ${sign(body)}`,
      'transfer-encoding: chunked',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    for (let sent = 0; sent <= MAX; sent += 0x4000) socket.write(`4000\r\n${'x'.repeat(0x4000)}\r\n`);
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
    expect(door.stored).toEqual([]);
  }));

test('a sender that goes away leaves nothing behind', () =>
  atTheDoor(async (door) => {
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
    const lines = `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-github-event: issues`;
    const more = `x-github-delivery: ${GUID}\r\nx-hub-signature-256: ${sign(body)}\r\ncontent-length: 5000`;
    await new Promise((written) => socket.write(`${lines}\r\n${more}\r\n\r\n{"half`, written));
    socket.destroy();
    expect((await post(door, body)).status).toBe(202);
    expect(door.stored).toHaveLength(1);
  }));

test('other addresses are somebody else’s, and other methods are told so', () =>
  atTheDoor(async ({ url }) => {
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}${WEBHOOK_PATH}/x`, { method: 'POST' })).status).toBe(404);
    const get = await fetch(`${url}${WEBHOOK_PATH}?x=1`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  }));

test('none of GitHub’s examples, nor what is like them, is ever a 5xx', () =>
  atTheDoor(async (door) => {
    const all = [...examples, ...mutations(20_260_202, 2)];
    const statuses = new Map<number, number>();
    const send = async (from: number) => {
      for (let index = from; index < all.length; index += 8) {
        const { event, payload } = all[index]!;
        const sent = JSON.stringify(payload);
        const { status } = await post(door, sent, { 'x-github-event': event, 'x-github-delivery': randomUUID() });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, from) => send(from)));
    expect([...statuses]).toEqual([[202, all.length]]);
  }));
