import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareSetup } from '../../src/adapters/sandbox/prepare-setup.ts';
import { runJob } from '../../src/adapters/sandbox/run-job.ts';
import type { Setup } from '../../src/adapters/sandbox/setup.ts';
import { asRoot, limits, makeRoom, systemCall, text } from './support.ts';

// Each row exits 0 when the way out is open. `control` says where the same row does come out, so that a row that can
// never succeed is noticed: on the bare host, or in the sandbox with a filter that lets everything through.
interface Escape {
  readonly name: string;
  readonly command: string | readonly string[];
  readonly control?: 'host' | 'unfiltered';
}

const room = makeRoom();
const hostFile = path.join(room.folder, 'host-file');
const hostSocket = path.join(room.folder, 'host.sock');
const abstractName = randomUUID();
const canary = `canary-${randomUUID()}`;
let servers: Server[] = [];
let open: Setup;

writeFileSync(hostFile, canary);
process.env['SANDBOX_TEST_CANARY'] = canary;
servers = [createServer().listen(0, '127.0.0.1'), createServer().listen(`\0${abstractName}`), createServer()];
servers[2]!.listen(hostSocket);
await Promise.all(servers.map((server) => once(server, 'listening')));
const { port } = servers[0]!.address() as AddressInfo;

beforeAll(async () => {
  expect(await room.sandbox.refusal()).toBeNull();
  chmodSync(hostSocket, 0o777);
  const stateDir = path.join(room.folder, 'state');
  const node = process.execPath;
  const setup = await prepareSetup({ stateDir, toolDirs: [], firstUid: 61_000, bwrap: '/usr/bin/bwrap', node });
  if ('refused' in setup) throw new Error(setup.refused);
  const filterFile = path.join(room.folder, 'allow-all.bpf');
  writeFileSync(filterFile, Buffer.from([0x06, 0, 0, 0, 0, 0, 0xff, 0x7f]));
  open = { ...setup, filterFile };
});

afterAll(() => {
  for (const server of servers) server.close();
  delete process.env['SANDBOX_TEST_CANARY'];
  room[Symbol.dispose]();
});

const connect = (target: string): string[] => [
  'node',
  '-e',
  `const s = require('net').connect(${target}); s.setTimeout(1000, () => process.exit(1)); s.on('connect', () => process.exit(0)).on('error', () => process.exit(1))`,
];
const socket = (family: number, type: number, protocol: number): string[] => [
  'perl',
  '-e',
  `exit(socket(my $s, ${family}, ${type}, ${protocol}) ? 0 : 1)`,
];

const escapes: readonly Escape[] = [
  { name: 'read a file beside the tree', command: ['cat', hostFile], control: 'host' },
  { name: 'read the accounts of the host', command: 'test -s /etc/shadow' },
  { name: 'list the home of root', command: 'ls /root' },
  { name: 'see the environment of the app', command: `env | grep -q ${canary}`, control: 'host' },
  { name: 'see it in the first process', command: 'test "$(wc -c < /proc/1/environ)" -gt 0' },
  { name: 'see it in any process', command: `grep -qa ${canary} /proc/[0-9]*/environ`, control: 'host' },
  { name: 'see the app', command: `test -d /proc/${process.pid}/task/${process.pid}`, control: 'host' },
  { name: 'signal the app', command: `kill -0 ${process.pid}`, control: 'host' },
  { name: 'see more than its own processes', command: 'test "$(ls -d /proc/[0-9]* | wc -l)" -gt 6', control: 'host' },
  {
    name: 'use a descriptor of the app',
    command: 'ls -l /proc/self/fd | grep -E " ([4-9]|[0-9]{2,}) -> " | grep -qv /dev/null',
  },
  { name: 'reach loopback of the host', command: connect(`{ host: '127.0.0.1', port: ${port} }`), control: 'host' },
  { name: 'reach an abstract socket', command: connect(`{ path: '\\x00${abstractName}' }`), control: 'host' },
  { name: 'reach a socket file', command: connect(`{ path: '${hostSocket}' }`), control: 'host' },
  { name: 'reach a network', command: connect(`{ host: '192.0.2.1', port: 80 }`) },
  { name: 'see a network interface', command: 'grep : /proc/net/dev | grep -v " lo:"', control: 'host' },
  {
    name: 'send a datagram',
    command: [
      'perl',
      '-MSocket',
      '-e',
      'socket(my $s, 2, 2, 0); exit(defined(send($s, "x", 0, pack_sockaddr_in(9, inet_aton("192.0.2.1")))) ? 0 : 1)',
    ],
  },
  {
    name: 'set the core handler',
    command: ['perl', '-e', 'exit(open(my $f, "+<", "/proc/sys/kernel/core_pattern") ? 0 : 1)'],
  },
  { name: 'use sysrq', command: ['perl', '-e', 'exit(open(my $f, ">", "/proc/sysrq-trigger") ? 0 : 1)'] },
  { name: 'write to /usr', command: 'touch /usr/escaped' },
  { name: 'write to /etc', command: 'touch /etc/escaped' },
  { name: 'write to the root folder', command: 'touch /escaped' },
  { name: 'write to /dev', command: 'touch /dev/escaped' },
  { name: 'write to its tools', command: 'touch "$(dirname "$(command -v node)")/escaped"' },
  { name: 'change .git', command: 'echo x >> .git/config', control: 'host' },
  { name: 'add a hook', command: 'echo x > .git/hooks/pre-commit', control: 'host' },
  { name: 'replace .git', command: 'mv .git .gone && mkdir .git', control: 'host' },
  { name: 'change the repository', command: 'echo x >> /repo.git/config' },
  { name: 'make a user namespace', command: ['unshare', '--user', 'true'] },
  { name: 'mount', command: 'mkdir -p m && mount -t tmpfs t m' },
  { name: 'read a disk', command: 'head -c1 /dev/vda || head -c1 /dev/sda || head -c1 /dev/nvme0n1' },
  { name: 'open the hypervisor', command: ': < /dev/kvm' },
  { name: 'read the log of the kernel', command: 'dmesg | grep .' },
  { name: 'make a control group', command: 'mkdir /sys/fs/cgroup/escaped || mkdir /sys/fs/cgroup/pids/escaped' },
  { name: 'gain privileges', command: 'grep -q "NoNewPrivs:.0" /proc/self/status' },
  {
    name: 'have a capability',
    command: 'grep -E "Cap(Eff|Prm|Bnd|Inh|Amb)" /proc/self/status | grep -v 0000000000000000',
  },
  { name: 'make a vsock socket', command: socket(40, 1, 0), control: 'unfiltered' },
  { name: 'make an AF_ALG socket', command: socket(38, 5, 0) },
  { name: 'make a packet socket', command: socket(17, 3, 0) },
  { name: 'make an audit socket', command: socket(16, 3, 9) },
  { name: 'make an SCTP socket', command: socket(2, 1, 132) },
  { name: 'trace', command: systemCall([101, 117], '0', '0', '0', '0'), control: 'unfiltered' },
  {
    name: 'read the memory of another',
    command: systemCall([310, 270], '$$', '0', '0', '0', '0', '0'),
    control: 'unfiltered',
  },
  { name: 'ask the keyring', command: systemCall([250, 219], '0', '-3', '1'), control: 'unfiltered' },
  { name: 'add a key', command: systemCall([248, 217], '$type', '$name', '$name', '1', '-3'), control: 'unfiltered' },
  { name: 'set up io_uring', command: systemCall([425, 425], '4', '$b') },
  { name: 'load a bpf program', command: systemCall([321, 280], '0', '$b', '72') },
  { name: 'handle page faults', command: systemCall([323, 282], '1') },
  { name: 'watch the processor', command: systemCall([298, 241], '$b', '0', '-1', '-1', '0') },
  { name: 'change personality', command: systemCall([135, 92], '0xffffffff'), control: 'unfiltered' },
];

const gitTree = (): string => room.tree({ '.git/config': '[core]\n', '.git/hooks/README': '' });

const job = (way: Escape) => ({
  tree: gitTree(),
  gitDir: room.tree({ config: '' }),
  writable: true,
  command: way.command,
  limits,
});

for (const way of escapes) {
  test(`the sandbox does not let a command ${way.name}`, async () => {
    const run = await room.sandbox.run(job(way));
    expect({ ended: run.ended, out: text(run) }).toMatchObject({ ended: 'exited' });
    // 126 and 127: the probe itself was not there.
    expect([0, 126, 127], `${text(run)}${run.stderr}`).not.toContain(run.exit);
  });
}

test('on the bare host the same commands come out', () => {
  const outcomes = escapes
    .filter((way) => way.control === 'host')
    .map(({ name, command }) => {
      const [file, ...args] = typeof command === 'string' ? ['/bin/sh', '-c', command] : command;
      return { name, status: spawnSync(file!, args, { cwd: gitTree(), timeout: 5000, stdio: 'ignore' }).status };
    });
  expect(outcomes.filter(({ status }) => status !== 0)).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(10);
});

test('without our filter the same system calls go through', async () => {
  const rows = escapes.filter((way) => way.control === 'unfiltered');
  const runs = await Promise.all(
    rows.map(async (row) => ({ name: row.name, exit: (await runJob(open, job(row))).exit })),
  );
  expect(runs.filter(({ exit }) => exit !== 0)).toEqual([]);
  expect(runs.length).toBeGreaterThan(4);
});

test('a set-up that would run commands as root runs nothing', async () => {
  const run = await runJob({ ...open, firstUid: null }, job({ name: 'run', command: ['true'] }));
  expect(run.ended).toBe(asRoot ? 'could-not-start' : 'exited');
});
