import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { allProcesses, attempt, textOf } from './processes.ts';

const AGAIN_MS = 20;

/** Where every user of a machine may write. */
const OPEN = ['/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue', '/run/lock', '/var/lock'];

/** What outlives its processes without a file: by its list in /proc, and the switch that removes one. */
const KEPT = [
  ['shm', '-m'],
  ['msg', '-q'],
  ['sem', '-s'],
] as const;

/** Runs a program; whether it came to its own end, whatever that was. */
async function run(program: string, args: readonly string[], as: SpawnOptions = {}): Promise<boolean> {
  const child = spawn(program, args, { cwd: '/', env: {}, stdio: 'ignore', ...as });
  const [code] = await once(child, 'close').catch(() => [null]);
  return code !== null;
}

/** Whether a process runs as a user or could become it again. Whose its files in /proc are, it can change. */
function isOf(uid: number, pid: string): boolean {
  const status = textOf(`/proc/${pid}/status`) ?? '';
  const [, ids = ''] = /^Uid:\s+(.*)$/m.exec(status) ?? [];
  return !/^State:\s+[ZX]/m.test(status) && ids.split(/\s+/).includes(String(uid));
}

/** The pids of what runs as a user. */
export const processesOf = (uid: number): readonly string[] => allProcesses().filter((pid) => isOf(uid, pid));

/** Kills what runs as a user; how many there were. What they start meanwhile may be missed. */
function killUser(uid: number): number {
  const pids = processesOf(uid);
  for (const pid of pids) attempt(() => process.kill(Number(pid), 'SIGKILL'), false);
  return pids.length;
}

/**
 * Kills what runs as a user until nothing does. Who goes on in ever new processes is in no list of them; so one who asks as
 * that user has the kernel kill all the others at once, unless they kill it first: then it is tried again.
 */
export async function endUser(uid: number): Promise<void> {
  for (;;) {
    const asked = await run('/bin/sh', ['-c', 'kill -s KILL -- -1'], { uid, gid: uid });
    if (killUser(uid) === 0 && asked) return;
    await sleep(AGAIN_MS);
  }
}

function idsOf(uid: number, list: string): readonly string[] {
  const [names = [], ...rows] = (textOf(list) ?? '').split('\n').map((line) => line.trim().split(/\s+/));
  const [id, owner, maker] = [1, names.indexOf('uid'), names.indexOf('cuid')];
  return rows.flatMap((row) => ([row[owner], row[maker]].includes(String(uid)) ? [row[id] ?? ''] : []));
}

/** Where to begin to look, and not beyond the disks of these. */
const places = (): readonly string[] => [...new Set([tmpdir(), ...OPEN]), '-xdev'];

/** What is left of what was found. From within the folder where it lies: another run may exchange what is above. */
const REMOVED = ['-execdir', '/bin/rm', '-rf', '--', '{}', '+'] as const;

/** Removes what users left in folders of others, however deep. What nobody but its owner can enter is left out. */
async function search(uids: readonly number[]): Promise<void> {
  const theirs = uids.flatMap((uid, at) => [...(at === 0 ? [] : ['-o']), '-user', String(uid)]);
  const its = ['(', '(', ...theirs, ')', '-prune', ...REMOVED, ')'];
  const closed = ['-type', 'd', '!', '-perm', '-001', '-prune'];
  await run('/usr/bin/nice', ['/usr/bin/find', ...places(), '-ignore_readdir_race', ...its, '-o', ...closed]);
}

let searching = Promise.resolve();
let following: { readonly uids: number[]; readonly over: Promise<void> } | null = null;

/** One search at a time, which may take long where there are many files; the next one is for all who ask meanwhile. */
function searchFor(uid: number): Promise<void> {
  if (following === null) {
    const uids: number[] = [];
    searching = searching.then(() => {
      following = null;
      return search(uids);
    });
    following = { uids, over: searching };
  }
  following.uids.push(uid);
  return following.over;
}

/** Users that may wait for a search before runs are held up: others of the pool are needed. */
const MOST_WAITING = 32;
let waiting = 0;

/**
 * Removes what a user left where every user may write, so that whoever has its uid next finds nothing: at once what is its
 * own there, and what it left in folders of others before `release` is called. Nothing may run as it any more, and nothing
 * be lent to it.
 */
export async function clearUser(uid: number, release: () => void): Promise<void> {
  const removed = KEPT.flatMap(([kind, by]) => idsOf(uid, `/proc/sysvipc/${kind}`).flatMap((id) => [by, id]));
  if (removed.length > 0) await run('/usr/bin/ipcrm', removed);
  const top = ['-mindepth', '1', '-maxdepth', '1', '-ignore_readdir_race', '-user', String(uid)];
  await run('/usr/bin/find', [...places(), ...top, ...REMOVED]);
  waiting++;
  const searched = searchFor(uid).then(() => {
    waiting--;
    release();
  });
  if (waiting > MOST_WAITING) await searched;
}
