import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { permit } from '../support/permit.ts';
import { makeRoom } from './support.ts';

const TOKEN = 'ghs_ThisTokenMustNotBeSeenAnywhere0123456789';
const BASIC = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');

async function serve(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    access: { url: `http://127.0.0.1:${port}/acme/support.git`, token: TOKEN },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The arguments of every process of this machine. */
const commandLines = (): string =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        return '';
      }
    })
    .join('\n');

test('the token goes to the server and nowhere else: no argument, no file, no message', async () => {
  using room = await makeRoom();
  const commit = await room.publish({ a: '1\n' });
  const seen: { authorization: string | undefined; lines: string }[] = [];
  await using server = await serve((request, response) => {
    seen.push({ authorization: request.headers.authorization, lines: commandLines() });
    response.writeHead(503, TOKEN, { 'content-type': 'text/plain' }).end(`${TOKEN} ${BASIC}`);
  });
  const failures = [
    await room.repository.fetch(server.access).catch((error: unknown) => error),
    await room.repository.push(permit, server.access, commit, 'fix', null).catch((error: unknown) => error),
  ];
  expect(seen.length).toBeGreaterThanOrEqual(2);
  for (const { authorization, lines } of seen) {
    expect(authorization).toBe(`Basic ${BASIC}`);
    expect(lines).toContain('/acme/support.git');
    expect(lines).not.toMatch(new RegExp(`${TOKEN}|${BASIC}`));
  }
  for (const failure of failures) {
    expect(failure).toMatchObject({ name: 'Weather' });
    const told = `${(failure as Error).message} ${(failure as Error).stack} ${String((failure as Error).cause)}`;
    expect(told).not.toMatch(new RegExp(`${TOKEN}|${BASIC}`));
  }
  // grep exits 1 when it finds nothing.
  expect(() => execFileSync('grep', ['-raE', `${TOKEN}|${BASIC}`, room.stateDir])).toThrow();
});

test('a token that the server sends back is not told on', async () => {
  using room = await makeRoom();
  await using server = await serve((_, response) => {
    const line = `ERR ${TOKEN} and ${BASIC}`;
    const length = (line.length + 4).toString(16).padStart(4, '0');
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
    response.end(`001e# service=git-upload-pack\n0000${length}${line}`);
  });
  await expect(room.repository.fetch(server.access)).rejects.toMatchObject({
    name: 'Weather',
    message: 'Git did not get through: fatal: remote error: [token] and [token]',
  });
});

test.each([
  [503, 'The server of the repository answered git with status 503.'],
  [401, 'The server of the repository did not accept the token.'],
  [404, 'Git did not get through: fatal: repository'],
])('status %i is weather', async (status, words) => {
  using room = await makeRoom();
  await using server = await serve((_, response) => response.writeHead(status).end());
  const failure = await room.repository.fetch(server.access).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'Weather' });
  expect((failure as Error).message.slice(0, words.length)).toBe(words);
});

test('a redirect takes the token nowhere', async () => {
  using room = await makeRoom();
  const reached: string[] = [];
  await using elsewhere = await serve((request, response) => {
    reached.push(request.url ?? '');
    response.writeHead(404).end();
  });
  await using server = await serve((request, response) =>
    response.writeHead(302, { location: new URL(request.url ?? '/', elsewhere.access.url).href }).end(),
  );
  await expect(room.repository.fetch(server.access)).rejects.toMatchObject({ name: 'Weather' });
  expect(reached).toEqual([]);
});

test('a server that is not there is weather', async () => {
  using room = await makeRoom();
  const { access } = await serve(() => {}).then(async (server) => {
    await server[Symbol.asyncDispose]();
    return server;
  });
  await expect(room.repository.fetch(access)).rejects.toMatchObject({
    name: 'Weather',
    message: 'Git could not reach the server of the repository.',
  });
});

test('git speaks no other protocol and takes no password in an address', async () => {
  using room = await makeRoom();
  for (const url of [
    'ext::sh -c id',
    'ssh://git@example.com/a/b',
    'http://user:pass@127.0.0.1:1/a/b',
    '--upload-pack=id',
  ])
    await expect((async () => room.repository.fetch({ url, token: null }))(), url).rejects.toThrow();
});

test('a push needs the branch to be where it was expected', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const base = await room.publish({ a: '1\n' });
  const commit = async (text: string) =>
    repository.commit(await repository.withFiles(await repository.treeOf(base), { a: text }), [base], text);
  const [first, second, third] = [await commit('2\n'), await commit('3\n'), await commit('4\n')];
  expect(await repository.push(permit, origin.access, first, 'corrigible/7-1', null)).toBe(true);
  expect(await repository.push(permit, origin.access, first, 'corrigible/7-1', null), 'once more').toBe(true);
  expect(await repository.push(permit, origin.access, second, 'corrigible/7-1', null)).toBe(false);
  expect(await repository.push(permit, origin.access, second, 'corrigible/7-1', third)).toBe(false);
  expect(origin.git(['rev-parse', 'refs/heads/corrigible/7-1'])).toBe(first);
  expect(await repository.push(permit, origin.access, second, 'corrigible/7-1', first)).toBe(true);
  expect(origin.git(['rev-parse', 'refs/heads/corrigible/7-1'])).toBe(second);
  expect(await repository.push(permit, origin.access, third, 'never-there', first)).toBe(false);
});

test('a push that does not end while the permit lasts is cut, and says what to look at', async () => {
  using room = await makeRoom();
  const commit = await room.publish({ a: '1\n' });
  await using server = await serve(() => {});
  const short = { ...permit, left: () => 700.5 };
  const begun = performance.now();
  await expect(room.repository.push(short, server.access, commit, 'fix', null)).rejects.toMatchObject({
    name: 'Weather',
    message: expect.stringContaining('The push was cut: it did not end within 0.7 seconds'),
  });
  expect(performance.now() - begun).toBeLessThan(3000);
  // Nor does a helper of git's go on with it.
  expect(commandLines()).not.toContain(server.access.url);
});

test('a push that the server refuses is no weather', async () => {
  using room = await makeRoom();
  const commit = await room.publish({ a: '1\n' });
  room.origin.git(['config', 'receive.hideRefs', 'refs/heads/protected']);
  expect(await room.repository.push(permit, room.origin.access, commit, 'protected', null)).toBe(false);
});
