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
import { type Escape, escapesFrom } from './escapes.ts';
import { asRoot, limits, makeRoom, ofEachRunner, text } from './support.ts';

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

const escapes = escapesFrom({ file: hostFile, socketFile: hostSocket, abstractName, port, canary, pid: process.pid });

const gitTree = (): string => room.tree({ '.git/config': '[core]\n', '.git/hooks/README': '' });

const job = (way: Escape) => ({
  tree: gitTree(),
  gitDir: room.tree({ config: '' }),
  layers: [{ host: room.tree(), inside: '/opt/layer' }],
  writable: true,
  command: way.command,
  limits,
});

ofEachRunner((runner) => {
  const sandbox = runner.open(path.join(room.folder, runner.name));

  beforeAll(async () => {
    expect(await sandbox.refusal()).toBeNull();
  });

  for (const way of escapes) {
    test(`the sandbox does not let a command ${way.name}`, async () => {
      const run = await sandbox.run(job(way));
      expect({ ended: run.ended, out: text(run) }).toMatchObject({ ended: 'exited' });
      // 126 and 127: the probe itself was not there.
      expect([0, 126, 127], `${text(run)}${run.stderr}`).not.toContain(run.exit);
    });
  }
});

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
