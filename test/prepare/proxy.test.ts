import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { type HostProxy, openProxy, type ProxyLimits } from '../../src/adapters/prepare/proxy.ts';
import { isPublicAddress } from '../../src/adapters/prepare/public-address.ts';
import { isAllowedHost, parseAllowedHost } from '../../src/domain/allowed-hosts.ts';

const hostsOf = (texts: readonly string[]) => texts.map((one) => parseAllowedHost(one)).filter((one) => one !== null);

interface Around {
  readonly allowed: readonly string[];
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly limits?: Partial<ProxyLimits>;
  /** Takes every address of this machine for a public one, except these. */
  readonly closed?: readonly string[];
}

/** A proxy whose internet is one server of this machine, whatever the address and the port. */
async function through(
  around: Around,
  server: Server | ReturnType<typeof createTcp>,
  story: (proxy: HostProxy, socket: string, connected: readonly string[]) => Promise<void>,
) {
  // Longer than the path of a socket may be.
  const folder = join(await mkdtemp(join(tmpdir(), 'proxy-')), 'x'.repeat(120));
  await mkdir(folder);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const connected: string[] = [];
  const socket = join(folder, 's');
  const proxy = await openProxy({
    socket,
    hosts: hostsOf(around.allowed),
    ...(around.limits && { limits: around.limits }),
    network: {
      lookup: async (host) => {
        const found = around.names?.[host] ?? ['203.0.113.7'];
        if (found.length === 0) throw new Error('ENOTFOUND');
        return found;
      },
      isPublic: (address) => !(around.closed ?? []).includes(address),
      connect: (address, wanted) => {
        connected.push(`${address}:${wanted}`);
        return connect({ host: '127.0.0.1', port: address === '192.0.2.1' ? 1 : port });
      },
    },
  });
  try {
    await story(proxy, socket, connected);
  } finally {
    await proxy.close();
    expect(await readdir(folder)).toEqual([]);
    server.close();
    await rm(join(folder, '..'), { recursive: true });
  }
}

/** A client's own way to the socket: by its folder, as long as the path is. */
const socketPath = async (socket: string) => {
  const folder = await open(join(socket, '..'));
  return { path: `/proc/self/fd/${folder.fd}/s`, close: () => folder.close() };
};

async function ask(socket: string, path: string, method = 'GET', body = ''): Promise<string> {
  const at = await socketPath(socket);
  try {
    const asked = request({ socketPath: at.path, path, method, agent: false, headers: { 'proxy-authorization': 'x' } });
    asked.end(body);
    const [answer] = await once(asked, 'response');
    return `${answer.statusCode} ${await text(answer)}`;
  } finally {
    await at.close();
  }
}

/** A tunnel, or the status with which it was refused. */
async function tunnel(socket: string, target: string): Promise<Socket | number> {
  const at = await socketPath(socket);
  try {
    const asked = request({ socketPath: at.path, path: target, method: 'CONNECT', agent: false }).end();
    const [answer, stream] = (await once(asked, 'connect')) as [{ statusCode: number }, Socket];
    if (answer.statusCode === 200) return stream;
    stream.destroy();
    return answer.statusCode;
  } finally {
    await at.close();
  }
}

const echoing = () => createTcp((socket) => socket.on('error', () => {}).pipe(socket));
const telling = () =>
  createServer(async (asked, answer) => {
    const body = await text(asked);
    answer
      .setHeader('proxy-note', 'x')
      .end(
        `${asked.method} ${asked.url} ${asked.headers.host} ${asked.headers['proxy-authorization'] ?? 'none'} ${body}`,
      );
  });

test('a tunnel leads to a host that is allowed, at the address that was looked at, whole at its end', () =>
  through(
    { allowed: ['registry.example.com'], names: { 'registry.example.com': ['192.0.2.1', '203.0.113.9'] } },
    echoing(),
    async (proxy, socket, connected) => {
      const stream = await tunnel(socket, 'Registry.Example.com.:443');
      if (typeof stream === 'number') throw new Error(String(stream));
      const sent = 'x'.repeat(3_000_000);
      stream.end(sent);
      expect(await text(stream)).toBe(sent);
      expect(connected).toEqual(['192.0.2.1:443', '203.0.113.9:443']);
      expect([...proxy.refused, ...proxy.unreachable]).toEqual([]);
    },
  ));

test.each([
  ['a host that is not listed', 'evil.example.org:443'],
  ['the same host at another port', 'registry.example.com:22'],
  ['the same host at the port of plain HTTP', 'registry.example.com:80'],
  ['a host that only ends alike', 'evil-registry.example.com:443'],
  ['a host below a listed one', 'a.registry.example.com:443'],
  ['what a star stands for, without it', 'pkg.example.com:443'],
  ['an address', '93.184.215.14:443'],
  ['the address at which clouds tell secrets', '169.254.169.254:80'],
  ['an address as one number', '2130706433:443'],
  ['an address of six parts', '[::1]:443'],
  ['this machine', 'localhost:443'],
  ['a name that is none', 'x..pkg.example.com:443'],
  ['a name with a line break', 'a%0d%0a.pkg.example.com:443'],
])('no tunnel leads to %s', (_, target) =>
  through({ allowed: ['registry.example.com', '*.pkg.example.com'] }, echoing(), async (proxy, socket, connected) => {
    expect(await tunnel(socket, target)).toBe(403);
    expect(connected).toEqual([]);
    expect([...proxy.refused]).toEqual([target]);
  }),
);

test('a name leads nowhere as soon as one of its addresses is of this machine or its network', () =>
  through(
    { allowed: ['*.example.com'], names: { 'a.example.com': ['203.0.113.9', '10.0.0.1'] }, closed: ['10.0.0.1'] },
    echoing(),
    async (proxy, socket, connected) => {
      expect(await tunnel(socket, 'a.example.com:443')).toBe(403);
      expect(connected).toEqual([]);
      expect([...proxy.refused]).toEqual(['a.example.com:443']);
    },
  ));

test('a host that is allowed and does not answer is told apart', () =>
  through(
    { allowed: ['*.example.com'], names: { 'gone.example.com': [], 'deaf.example.com': ['192.0.2.1'] } },
    echoing(),
    async (proxy, socket) => {
      expect(await tunnel(socket, 'gone.example.com:443')).toBe(502);
      expect(await tunnel(socket, 'deaf.example.com:443')).toBe(502);
      expect([...proxy.unreachable]).toEqual(['gone.example.com', 'deaf.example.com']);
      expect([...proxy.refused]).toEqual([]);
    },
  ));

test('plain HTTP goes where its port is listed, without what is the proxy’s own', () =>
  through({ allowed: ['plain.example.com:80', 'other.example.com'] }, telling(), async (proxy, socket) => {
    expect(await ask(socket, 'http://plain.example.com/a?b=c', 'POST', 'body')).toBe(
      '200 POST /a?b=c plain.example.com none body',
    );
    for (const [address, status] of [
      ['http://other.example.com/', 403],
      ['http://plain.example.com:81/', 403],
      ['http://127.0.0.1/', 403],
      ['https://plain.example.com/', 400],
      ['/', 400],
      ['file:///etc/passwd', 400],
    ] as const)
      expect([address, Number((await ask(socket, address)).slice(0, 3))]).toEqual([address, status]);
    expect([...proxy.refused]).toEqual(['other.example.com:80', 'plain.example.com:81', '127.0.0.1:80']);
  }));

test('a run that has had its bytes, or its connections, gets no more', () =>
  through({ allowed: ['a.example.com'], limits: { bytes: 100_000, connections: 2 } }, echoing(), async (_, socket) => {
    const stream = await tunnel(socket, 'a.example.com:443');
    if (typeof stream === 'number') throw new Error(String(stream));
    const closed = new Promise((done) => stream.on('error', () => {}).on('close', done));
    stream.write('x'.repeat(200_000));
    await closed;
    expect(await tunnel(socket, 'a.example.com:443')).toBe(509);
  }));

test.each([
  ['registry.npmjs.org', { name: 'registry.npmjs.org', below: false, port: 443 }],
  ['*.Example.com:443', { name: 'example.com', below: true, port: 443 }],
  ['deb.example.org:80', { name: 'deb.example.org', below: false, port: 80 }],
  ['example.com:8080', null],
  ['*', null],
  ['*.com', null],
  ['a.*.com', null],
  ['localhost', null],
  ['10.0.0.1', null],
  ['[::1]', null],
  ['https://example.com', null],
  ['example.com/path', null],
  ['', null],
])('an operator’s %s is read as what it allows', (given, wanted) => expect(parseAllowedHost(given)).toEqual(wanted));

test('a star stands for any number of names, and never for none', () => {
  const allowed = hostsOf(['*.example.com']);
  for (const host of ['a.example.com', 'a.b.example.com']) expect(isAllowedHost(allowed, host, 443)).toBe(true);
  for (const host of ['example.com', 'aexample.com', '.example.com', 'A.example.com'])
    expect(isAllowedHost(allowed, host, 443)).toBe(false);
});

test.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '100.100.100.200', '127.0.0.1', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.0.0.192', '192.168.1.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['168.63.129.16', '::', '::1', '::ffff:8.8.8.8', '::ffff:7f00:1', 'fe80::1', 'fc00::1', 'fd00:ec2::254'],
  ...['64:ff9b::a00:1', '2002:a00:1::', '2001::1', '2001:db8::1', 'ff02::1', 'fe80::1%eth0', 'localhost', ''],
])('%s is no public address', (address) => expect(isPublicAddress(address)).toBe(false));

test.each(['8.8.8.8', '104.16.0.1', '172.32.0.1', '2606:4700::1', '2a00:1450::1'])('%s is one', (address) =>
  expect(isPublicAddress(address)).toBe(true),
);
