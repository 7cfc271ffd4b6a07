import { expect, test } from 'vitest';
import { mountsOf, ociConfig, type Users } from '../../src/adapters/sandbox/oci-config.ts';
import { type Checked, placesOf } from '../../src/adapters/sandbox/places.ts';
import type { Setup } from '../../src/adapters/sandbox/setup.ts';
import type { SandboxJob } from '../../src/ports.ts';
import { limits } from './support.ts';

const setup: Setup = {
  bwrap: '',
  filterFile: '',
  system: [
    { is: 'bind', host: '/usr', inside: '/usr', writable: false },
    { is: 'link', inside: '/bin', to: 'usr/bin' },
  ],
  binds: [{ host: '/state/passwd', inside: '/etc/passwd' }],
  path: '/usr/bin',
  firstUid: 61_000,
  ceilings: { processes: 1e6, files: 1e6, fileBytes: 1e12, dataBytes: 1e12, cpuSeconds: 1e9 },
  node: '/usr/bin/node',
  forwarder: '/state/forward.mjs',
  inherited: [],
  groups: null,
  stateDir: '/state',
  root: '/',
};
const checked: Checked = {
  tree: '/trees/a',
  gitEntry: true,
  layers: [{ host: '/layers/x', inside: '/work/x', writable: false, scratch: ['cache'] }],
  sockets: [{ host: '/run/app/s', inside: '/run/model.sock' }],
};
const users: Users = { command: 61_003, maker: 61_007 };

interface Config {
  readonly process: {
    readonly args: readonly string[];
    readonly env: readonly string[];
    readonly user: object;
    readonly noNewPrivileges: boolean;
    readonly capabilities: Readonly<Record<string, readonly string[]>>;
  };
  readonly root: object;
  readonly mounts: readonly { readonly destination: string; readonly source: string; readonly options: string[] }[];
  readonly linux: {
    readonly namespaces: readonly { readonly type: string; readonly path?: string }[];
    readonly uidMappings: readonly { readonly hostID: number; readonly containerID: number; readonly size: number }[];
    readonly gidMappings: unknown;
    readonly cgroupsPath?: string;
    readonly resources?: unknown;
  };
}

function configOf(job: Partial<SandboxJob> = {}, of: Users = users, group: string | null = '/corrigible/1'): Config {
  const whole = { tree: '/trees/a', writable: false, command: 'echo hi', limits, ...job };
  const mounts = mountsOf(placesOf(setup, whole, checked), of, new Set(['/state/passwd', '/run/app/s']));
  return ociConfig(setup, whole, mounts, of, group) as Config;
}

test('a container has namespaces of its own, no capability, no privilege to gain, and a root that nobody writes to', () => {
  const { process, root, linux } = configOf();
  expect(linux.namespaces.map(({ type }) => type).sort()).toEqual([
    'cgroup',
    'ipc',
    'mount',
    'network',
    'pid',
    'user',
    'uts',
  ]);
  expect(linux.namespaces.every((one) => one.path === undefined)).toBe(true);
  expect([process.noNewPrivileges, process.env, root]).toEqual([true, [], { path: 'rootfs', readonly: true }]);
  expect(Object.values(process.capabilities)).toEqual([[], [], [], [], []]);
});

test('root inside is a uid of the pool that runs nothing, and the command another', () => {
  const { process, linux } = configOf();
  expect(process.user).toEqual({ uid: 1000, gid: 1000 });
  const mappings = [
    { containerID: 0, hostID: 61_007, size: 1 },
    { containerID: 1000, hostID: 61_003, size: 1 },
  ];
  expect([linux.uidMappings, linux.gidMappings]).toEqual([mappings, mappings]);
});

test('where the app is not root, its own uid is the only one, and nothing is asked of control groups', () => {
  const { process, linux } = configOf({}, { command: 1234, maker: null }, null);
  expect([process.user, linux.uidMappings]).toEqual([{ uid: 0, gid: 0 }, [{ containerID: 0, hostID: 1234, size: 1 }]]);
  expect([linux.cgroupsPath, linux.resources]).toEqual([undefined, undefined]);
});

test('what is bound is read-only with all below it, but for a tree that is to be written', () => {
  for (const writable of [false, true]) {
    const { mounts } = configOf({ writable, gitDir: '/mirrors/a.git' });
    const bound = mounts.filter(({ options }) => options.includes('rbind'));
    expect(bound.map(({ destination, source }) => `${source} ${destination}`)).toEqual([
      '/usr /usr',
      '/state/passwd /etc/passwd',
      '/trees/a /work',
      '/trees/a/.git /work/.git',
      '/mirrors/a.git /repo.git',
      '/layers/x /work/x',
      '/run/app/s /run/model.sock',
    ]);
    for (const { destination, options } of bound) {
      const open = writable && destination === '/work';
      const file = ['/etc/passwd', '/run/model.sock'].includes(destination);
      expect([destination, options]).toEqual([
        destination,
        ['rbind', ...(open ? ['rw'] : file ? ['ro'] : ['ro', 'rro']), 'nosuid', 'nodev'],
      ]);
    }
  }
});

test('the command has its environment and limits, and its first process none of either', () => {
  const { args } = configOf({ env: { WORD: 'mine' }, ports: { 8080: 'model' } }).process;
  const [before, after] = [args.slice(0, args.indexOf('first')), args.slice(args.indexOf('first') + 1)];
  expect(before.slice(0, 5)).toEqual(['/usr/bin/env', '-i', '/usr/bin/setpriv', '--pdeathsig', 'KILL']);
  expect(after.slice(0, 2)).toEqual(['/usr/bin/env', '-i']);
  expect(after).toEqual(expect.arrayContaining(['PATH=/usr/bin', 'WORD=mine', '/usr/bin/prlimit', '--nproc=256']));
  const started = ['/usr/bin/node', '/run/forward.mjs', '8080=/run/model.sock', '--', '/bin/sh', '-c', 'echo hi'];
  expect(after.slice(-started.length)).toEqual(started);
});

test('control groups hold what outruns the watch: memory with swap, and processes', () => {
  const { linux } = configOf({ limits: { ...limits, memoryMb: 512, processes: 60 } });
  const most = 2048 * 1024 * 1024;
  expect([linux.cgroupsPath, linux.resources]).toEqual([
    '/corrigible/1',
    { memory: { limit: most, swap: most }, pids: { limit: 92 } },
  ]);
});
