import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type ControlGroups, findControlGroups, type GroupFiles } from '../../src/adapters/sandbox/control-groups.ts';
import { prepareSetup } from '../../src/adapters/sandbox/prepare-setup.ts';
import { runJob } from '../../src/adapters/sandbox/run-job.ts';
import { limits, makeRoom, text } from './support.ts';

// This machine has no cgroup v2 to hand out: a folder of files stands in for the kernel's.
interface StandIn {
  readonly root: string;
  readonly files: GroupFiles;
  file(...names: readonly string[]): string;
}

function standIn(own: string, folders: Readonly<Record<string, string>>): StandIn {
  const root = mkdtempSync(path.join(tmpdir(), 'groups-'));
  for (const [folder, subtreeControl] of Object.entries(folders)) {
    mkdirSync(path.join(root, folder), { recursive: true });
    writeFileSync(path.join(root, folder, 'cgroup.procs'), '');
    writeFileSync(path.join(root, folder, 'cgroup.subtree_control'), subtreeControl);
  }
  writeFileSync(path.join(root, 'own'), `12:cpu:/elsewhere\n0::${own}\n`);
  const remove = (folder: string) => rm(folder, { recursive: true });
  return {
    root,
    files: { root, own: path.join(root, 'own'), remove },
    file: (...names) => readFileSync(path.join(root, ...names), 'utf8'),
  };
}

async function standingIn(story: (kernel: StandIn, groups: ControlGroups) => Promise<void>): Promise<void> {
  const kernel = standIn('/app.service/app', { 'app.service': 'cpu memory pids', 'app.service/app': '' });
  try {
    const groups = findControlGroups(kernel.files);
    if (groups === null) throw new Error('none found');
    await story(kernel, groups);
  } finally {
    rmSync(kernel.root, { recursive: true });
  }
}

const runs = ({ root }: StandIn): string[] =>
  readdirSync(path.join(root, 'app.service')).filter((name) => name.startsWith('run-'));

test('a run gets a group beside the app’s, with its limits, and none is left', () =>
  standingIn(async (kernel, groups) => {
    const group = await groups.open({ memoryBytes: 1000, processes: 20 });
    const [run = ''] = runs(kernel);
    group.take([7, 8]);
    const held = (name: string): string => kernel.file('app.service', run, name);
    const names = ['memory.max', 'memory.swap.max', 'memory.oom.group', 'pids.max', 'cpu.max', 'cgroup.procs'];
    expect(names.map(held)).toEqual(['1000', '0', '1', '20', `${availableParallelism() * 100_000} 100000`, '78']);
    writeFileSync(path.join(kernel.root, 'app.service', run, 'cpu.stat'), 'usage_usec 2500000\nuser_usec 1\n');
    expect([group.seconds(), group.ranOutOfMemory()]).toEqual([2.5, false]);
    writeFileSync(path.join(kernel.root, 'app.service', run, 'memory.events'), 'oom 1\noom_kill 1\n');
    expect(group.ranOutOfMemory()).toBe(true);
    group.kill();
    expect(held('cgroup.kill')).toBe('1');
    await group.remove();
    expect(runs(kernel)).toEqual([]);
  }));

test('controllers are handed down where they are not yet', () => {
  const kernel = standIn('/root', { root: '' });
  // The kernel would add to what is there; a file takes the words as they are written.
  expect(findControlGroups(kernel.files)).toBeNull();
  expect(kernel.file('root', 'cgroup.subtree_control')).toBe('+memory +pids +cpu');
  rmSync(kernel.root, { recursive: true });
});

test('without a folder of its own, or without cgroup v2, there are no groups', () => {
  // The parent of a group that is not the app's subgroup is somebody else's.
  const others = standIn('/system.slice/app.service', { 'system.slice': 'cpu memory pids' });
  expect(findControlGroups(others.files)).toBeNull();
  writeFileSync(others.files.own, '12:cpu:/\n');
  expect(findControlGroups(others.files)).toBeNull();
  rmSync(others.root, { recursive: true });
});

test('the groups of an app that died are swept by the next start, those of one that lives are not', () =>
  standingIn(async (kernel) => {
    const names = ['run-4194305-a', `run-${process.pid}-b`];
    for (const name of names) mkdirSync(path.join(kernel.root, 'app.service', name));
    findControlGroups(kernel.files);
    expect(runs(kernel)).toEqual([names[1]]);
  }));

test('a command begins only once its run is in its group, and its group tells how it ended', () =>
  standingIn(async (kernel, groups) => {
    using room = makeRoom();
    const stateDir = path.join(room.folder, 'state');
    const node = process.execPath;
    const setup = await prepareSetup({ stateDir, toolDirs: [], firstUid: 61_000, bwrap: '/usr/bin/bwrap', node });
    if ('refused' in setup) throw new Error(setup.refused);
    let members = '';
    const job = (command: string, onOutput = () => {}) => ({
      ...{ tree: room.tree(), writable: true, command, limits: { ...limits, cpuSeconds: 5 }, onOutput },
    });
    const within = { ...setup, groups };
    const look = (): void => {
      members = kernel.file('app.service', runs(kernel)[0] ?? '', 'cgroup.procs');
    };
    const ran = await runJob(within, job('echo up; readlink /proc/self/fd/5 /proc/self/fd/6; true', look));
    expect([ran.ended, text(ran)]).toEqual(['exited', 'up\n']);
    expect(members).toMatch(/^\d{2,}$/);
    const say = (file: string, words: string) => () =>
      writeFileSync(path.join(kernel.root, 'app.service', runs(kernel)[0] ?? '', file), words);
    const burnt = await runJob(within, job('echo up; sleep 60', say('cpu.stat', 'usage_usec 5000001\n')));
    const large = await runJob(within, job('echo up; exit 3', say('memory.events', 'oom_kill 1\n')));
    expect([burnt.ended, large.ended, runs(kernel)]).toEqual(['out-of-cpu', 'too-much-memory', []]);
  }));

test('where no group can be made, nothing runs', () =>
  standingIn(async (kernel, groups) => {
    using room = makeRoom();
    const node = process.execPath;
    const stateDir = path.join(room.folder, 'state');
    const setup = await prepareSetup({ stateDir, toolDirs: [], firstUid: 61_000, bwrap: '/usr/bin/bwrap', node });
    if ('refused' in setup) throw new Error(setup.refused);
    rmSync(path.join(kernel.root, 'app.service'), { recursive: true });
    const run = await runJob({ ...setup, groups }, { tree: room.tree(), writable: false, command: 'true', limits });
    expect([run.ended, run.stderr]).toEqual([
      'could-not-start',
      expect.stringContaining('no control group could be made (ENOENT'),
    ]);
  }));
