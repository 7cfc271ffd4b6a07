import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { containerSandbox } from '../../src/adapters/sandbox/container-sandbox.ts';
import type { Sandbox } from '../../src/ports.ts';
import { groupsOf, limits, makeRoom, noRuntime, processesWith, text } from './support.ts';

test('without a runtime nothing runs, and the sentence names the command to run', async () => {
  using room = makeRoom();
  for (const runtime of ['/nowhere/runc', 'no-such-runtime --with words']) {
    const name = runtime.split(' ')[0];
    const sandbox = containerSandbox({ stateDir: path.join(room.folder, 'other'), runtime });
    expect(await sandbox.refusal()).toBe(
      `Untrusted code cannot run here: the container runtime ${name} is missing. Run: apt-get install -y runc`,
    );
  }
});

/** A runtime that is runc after a line of shell. */
function runtimeIn(folder: string, before: string): string {
  const runtime = path.join(folder, `runtime-${randomUUID()}`);
  writeFileSync(runtime, `#!/bin/sh\n${before}\nexec runc "$@"\n`);
  chmodSync(runtime, 0o755);
  return runtime;
}

test('a runtime that makes nothing is refused with its own words and what they mean', async () => {
  using room = makeRoom();
  const refusals: readonly (readonly [words: string, meaning: RegExp])[] = [
    ['cgroups in hybrid mode not supported', /of one version only.* Run: apt-get install -y runc # and set/],
    ['rootless: mkdir /sys/fs/cgroup/x: permission denied', /it can make no control groups\. Run: \S/],
    ['time="T" level=error msg="runc run failed: \\"strange\\" thing"', /failed: "strange" thing\): nothing is known/],
  ];
  for (const [words, meaning] of refusals) {
    const runtime = runtimeIn(room.folder, `echo '${words}' >&2; exit 1`);
    const sandbox = containerSandbox({ stateDir: path.join(room.folder, 'other'), runtime });
    expect(await sandbox.refusal()).toMatch(meaning);
  }
});

test('a folder for commands that has no system in it is refused with what it lacks', async () => {
  using room = makeRoom();
  const runtime = runtimeIn(room.folder, '');
  const refusalOf = (rootfs: string) =>
    containerSandbox({ stateDir: path.join(room.folder, 'other'), runtime, rootfs }).refusal();
  expect(await refusalOf(path.join(room.folder, 'none'))).toContain('/none is no folder with the files of a Linux');
  const bare = room.tree({ 'usr/bin/prlimit': '' });
  expect(await refusalOf(bare)).toContain(`${bare} has no /usr/bin/env. Run: chroot ${bare} apt-get install`);
});

// A runtime to which one of the defences is not told, by a change of what we tell it.
const weakened: readonly (readonly [name: string, change: string, found: RegExp])[] = [
  [
    'has the network of the host',
    'c.linux.namespaces = c.linux.namespaces.filter(({ type }) => type !== "network")',
    /loopback address of the host answers; abstract sockets/,
  ],
  ['loads no filter', 'delete c.linux.seccomp', /system calls are not filtered/],
  ['lets programs gain privileges', 'c.process.noNewPrivileges = false', /can gain privileges/],
  [
    'leaves capabilities',
    'for (const set of ["bounding", "effective", "permitted"]) c.process.capabilities[set] = ["CAP_CHOWN"]',
    /capabilities are left/,
  ],
  [
    'binds trees to be written',
    'for (const m of c.mounts) m.options = m.options.map((o) => (/^r?ro$/.test(o) ? "rw" : o))',
    /\.git can be written; a read-only tree can be written/,
  ],
  [
    'shows the host',
    'c.mounts.push({ destination: state, type: "bind", source: state, options: ["rbind", "ro"] }); mkdirSync(bundle + "/rootfs" + state, { recursive: true })',
    /files of the host can be read/,
  ],
];

describe.skipIf(noRuntime !== null)(`with runc${noRuntime === null ? '' : ` (${noRuntime})`}`, () => {
  /** A sandbox whose runtime is told something else than we tell it. */
  function changed(room: ReturnType<typeof makeRoom>, change: string) {
    const script = path.join(room.folder, 'change.mjs');
    writeFileSync(
      script,
      `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
      const [state, bundle] = process.argv.slice(2);
      const c = JSON.parse(readFileSync(bundle + '/config.json', 'utf8'));
      ${change};
      writeFileSync(bundle + '/config.json', JSON.stringify(c));`,
    );
    const stateDir = path.join(room.folder, 'other');
    // --root FOLDER run --bundle FOLDER …
    const runtime = runtimeIn(room.folder, `[ "$3" = run ] && ${process.execPath} ${script} ${stateDir} "$5" >&2`);
    return containerSandbox({ stateDir, runtime });
  }

  for (const [name, change, found] of weakened) {
    test(`a container that ${name} is refused`, async () => {
      using room = makeRoom();
      const sandbox = changed(room, change);
      expect(await sandbox.refusal()).toMatch(found);
    });
  }

  // So little that the kernel is there before the watch.
  const little =
    'if (c.linux.resources) c.linux.resources.memory = { limit: 96 * 1024 * 1024, swap: 96 * 1024 * 1024 }';
  const hungry = `perl -e '$x = "a" x 300_000_000'`;

  test.each([
    ['what the kernel ended for its memory is told so', `echo up; ${hungry}`, 'too-much-memory', null],
    ['also where the command goes on without', `echo up; ${hungry} & wait; true`, 'too-much-memory', null],
    ['what killed itself is told as killed', 'echo up; kill -KILL $$', 'killed-by-signal', 137],
  ] as const)('%s', async (_, command, ended, exit) => {
    using room = makeRoom();
    const sandbox = changed(room, little);
    expect(await sandbox.refusal()).toBeNull();
    const run = await sandbox.run({ tree: room.tree(), writable: true, command, limits });
    expect({ ended: run.ended, exit: run.exit, said: text(run) }).toEqual({ ended, exit, said: 'up\n' });
    expect(groupsOf(process.pid)).toEqual([]);
  });

  test('commands see what the operator keeps for them instead of the host’s', async () => {
    using room = makeRoom();
    const rootfs = room.tree({ 'etc/nsswitch.conf': 'passwd: files\n' });
    for (const link of ['bin', 'lib', 'lib64']) symlinkSync(`usr/${link}`, path.join(rootfs, link));
    const programs = ['sh', 'env', 'setpriv', 'prlimit', 'ls'].map((name) => realpathSync(`/usr/bin/${name}`));
    const needed = [...programs, process.execPath].map((file) =>
      execFileSync('/usr/bin/ldd', [file], { encoding: 'utf8' }),
    );
    const libraries = needed.flatMap((lines) => [...lines.matchAll(/(\/lib\S*) \(0x/g)].map(([, file]) => file!));
    for (const file of new Set([...programs, ...libraries])) {
      const place = path.join(rootfs, file.startsWith('/lib') ? `/usr${file}` : file);
      mkdirSync(path.dirname(place), { recursive: true });
      copyFileSync(file, place);
    }
    symlinkSync(path.basename(programs[0]!), path.join(rootfs, 'usr/bin/other'));
    if (!programs[0]!.endsWith('/sh')) symlinkSync(path.basename(programs[0]!), path.join(rootfs, 'usr/bin/sh'));
    const sandbox = containerSandbox({ stateDir: path.join(room.folder, 'other'), runtime: 'runc', rootfs });
    expect(await sandbox.refusal()).toBeNull();
    const run = await sandbox.run({ tree: room.tree(), writable: true, command: 'ls /usr/bin', limits });
    expect(text(run).trim().split('\n')).toEqual(['dash', 'env', 'ls', 'other', 'prlimit', 'setpriv', 'sh']);
  });

  async function app(room: ReturnType<typeof makeRoom>, state: string, mark: string) {
    const module = new URL('../../src/adapters/sandbox/container-sandbox.ts', import.meta.url).href;
    const script = `
      import { containerSandbox } from ${JSON.stringify(module)};
      const sandbox = containerSandbox({ stateDir: ${JSON.stringify(state)}, runtime: 'runc' });
      const command = "setsid sh -c 'sleep 300 # ${mark}' & echo ready; sleep 300";
      const limits = { wallMs: 600000, outputBytes: 1000 };
      const onOutput = () => console.log('ready');
      await sandbox.run({ tree: ${JSON.stringify(room.tree())}, writable: true, command, limits, onOutput });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  }

  const runsIn = (sandbox: Sandbox, room: ReturnType<typeof makeRoom>) =>
    sandbox.run({ tree: room.tree(), writable: true, command: 'echo fine', limits });

  test('what an app left that was killed is swept by the next one, and what another is at work on stays', async () => {
    using room = makeRoom();
    const state = path.join(room.folder, 'state');
    const marks = [randomUUID(), randomUUID()] as const;
    const killed = await app(room, state, marks[0]);
    const alive = await app(room, state, marks[1]);
    try {
      killed.kill('SIGKILL');
      await once(killed, 'close');
      // The processes die with it; what the runtime noted, its groups and folders stay.
      await expect.poll(() => processesWith(marks[0])).toBe(0);
      const folders = () => readdirSync(path.join(state, 'containers')).map((name) => Number(name.split('-')[0]));
      expect(folders().toSorted()).toEqual([killed.pid, alive.pid].toSorted());
      const next = containerSandbox({ stateDir: state, runtime: 'runc' });
      expect(text(await runsIn(next, room))).toBe('fine\n');
      expect(folders().toSorted()).toEqual([alive.pid, process.pid].toSorted());
      expect(groupsOf(killed.pid)).toEqual([]);
      expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(room.folder);
      expect(processesWith(marks[1])).toBeGreaterThan(0);
    } finally {
      alive.kill('SIGKILL');
    }
    await expect.poll(() => processesWith(marks[1])).toBe(0);
    expect(await containerSandbox({ stateDir: state, runtime: 'runc' }).refusal()).toBeNull();
    expect(groupsOf(alive.pid)).toEqual([]);
  });

  test('a runtime that is killed under a run takes the container with it, and that is told', async () => {
    using room = makeRoom();
    const sandbox = containerSandbox({ stateDir: path.join(room.folder, 'state'), runtime: 'runc' });
    const mark = randomUUID();
    const kill = () => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        const line = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'latin1') : '';
        if (/^\S*runc\0/.test(line) && line.includes(room.folder)) process.kill(Number(pid), 'SIGKILL');
      }
    };
    const run = await sandbox.run({
      ...{ tree: room.tree(), writable: true, limits },
      command: `echo up; sleep 60 # ${mark}`,
      onOutput: kill,
    });
    expect(run).toMatchObject({ ended: 'killed-by-signal', exit: null });
    expect(processesWith(mark)).toBe(0);
    expect(groupsOf(process.pid)).toEqual([]);
  });
});
