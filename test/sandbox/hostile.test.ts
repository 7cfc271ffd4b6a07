import { randomUUID } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SandboxLimits, SandboxRun } from '../../src/ports.ts';
import { groupsOf, limits, makeRoom, ofEachRunner, processesWith, text } from './support.ts';

// A command that means harm: whatever it does, its run ends with a reason, and nothing of it is left on the host.
interface Hostile {
  readonly does: string;
  /** `MARK` stands for a word by which its processes are found. */
  readonly command: string;
  readonly limits?: Partial<SandboxLimits>;
  readonly ended: SandboxRun['ended'];
  readonly printed?: RegExp;
}

const brief = { wallMs: 1500 };

const hostiles: readonly Hostile[] = [
  {
    does: 'writes files without end',
    command:
      'perl -e \'for ($i = 0; ; $i++) { mkdir "d".int($i / 1000); open(F, ">d".int($i / 1000)."/$i") or sleep 1 }\'',
    limits: { files: 3000 },
    ended: 'disk-filled',
  },
  {
    does: 'fills the disk',
    command: 'i=0; while :; do head -c 20M /dev/zero > f$i; i=$((i+1)); done',
    limits: { diskMb: 60 },
    ended: 'disk-filled',
  },
  {
    does: 'fills its scratch folders',
    command: 'head -c 2G /dev/zero > /tmp/a; head -c 2G /dev/zero > ~/b; head -c 2G /dev/zero > /dev/shm/c; sleep 60',
    limits: { memoryMb: 200 },
    ended: 'too-much-memory',
  },
  {
    does: 'makes device nodes, and reads the disk by them',
    command: 'mknod sda b 8 0; mknod mem c 1 1; mknod /tmp/kmsg c 1 11; head -c 1 sda mem /tmp/kmsg; ls',
    ended: 'exited',
    printed: /^$/,
  },
  {
    does: 'leaves named pipes where files are looked for',
    command: 'mkfifo pipe .gitignore package.json "$(printf "a\\nb")"; mkdir d; mkfifo d/pipe; ls | wc -l',
    ended: 'exited',
    printed: /^5\n$/,
  },
  {
    does: 'leaves sockets, links that lead out, loops, and folders that nobody may enter',
    command:
      'perl -MIO::Socket::UNIX -e \'IO::Socket::UNIX->new(Local => "s", Listen => 1)\'; ln -s /etc/shadow out; ln -s loop loop; mkdir -p deep/er; touch deep/er/file; chmod 000 deep/er deep; chmod 4777 out 2> /dev/null; echo made',
    ended: 'exited',
    printed: /^made\n$/,
  },
  {
    does: 'ignores every signal that can be ignored',
    command: 'trap "" TERM INT HUP QUIT PIPE ALRM USR1; sh -c "trap \'\' TERM; sleep 60 # MARK" & sleep 60 # MARK',
    limits: brief,
    ended: 'timed-out',
  },
  {
    does: 'becomes a daemon: a session of its own, forked twice, its streams closed',
    command:
      "perl -MPOSIX=setsid -e 'fork and exit; setsid; fork and exit; close STDIN; close STDOUT; close STDERR; sleep 60 # MARK'; echo gone",
    ended: 'exited',
    printed: /^gone\n$/,
  },
  {
    does: 'forks faster than it is killed',
    command: 'perl -e \'$SIG{CHLD} = "IGNORE"; while (1) { fork // select(undef, undef, undef, 0.01) } # MARK\'',
    limits: { ...brief, processes: 60, memoryMb: 1000 },
    ended: 'timed-out',
  },
  {
    does: 'opens a socket to the machine that hosts this one',
    command: 'perl -e \'print socket(my $s, 40, 1, 0) ? "open" : "closed: ".($! + 0)\'',
    ended: 'exited',
    printed: /^closed: 97$/,
  },
  {
    does: 'prints nothing for ever',
    command: 'sleep 60 # MARK',
    limits: { idleMs: 400 },
    ended: 'fell-silent',
  },
  {
    does: 'keeps all processors busy',
    command: 'for i in 1 2 3 4; do perl -e "1 while 1 # MARK" & done; wait',
    limits: { cpuSeconds: 1, wallMs: 60_000 },
    ended: 'out-of-cpu',
  },
  {
    does: 'kills everybody it can',
    command: 'trap "" TERM; kill -9 -1; kill -9 1; kill -STOP $PPID; sleep 60 # MARK',
    limits: brief,
    ended: 'timed-out',
  },
];

function isOfPool(file: string): boolean {
  const uid = lstatSync(file, { throwIfNoEntry: false })?.uid ?? 0;
  return uid >= 61_000 && uid < 61_256;
}

ofEachRunner((runner) => {
  const room = makeRoom({}, runner);

  beforeAll(async () => {
    expect(await room.sandbox.refusal()).toBeNull();
  });
  afterAll(() => room[Symbol.dispose]());

  /** What a run could leave behind: mounts, control groups, entries of the folders for scratch, and those of the app's own. */
  const traces = () => ({
    mounts: readFileSync('/proc/mounts', 'utf8').split(room.folder).length,
    // Others work in these folders as well; but nobody else is one of the users that runs are.
    scratch: ['/tmp', '/var/tmp', '/dev/shm'].flatMap((folder) =>
      readdirSync(folder).filter((name) => isOfPool(path.join(folder, name))),
    ),
    state: readdirSync(path.join(room.folder, 'state'), { recursive: true }).sort(),
    groups: groupsOf(process.pid),
  });

  for (const hostile of hostiles) {
    test(`a command that ${hostile.does} ends with a reason, and nothing of it is left`, async () => {
      const mark = randomUUID();
      const tree = room.tree();
      const before = traces();
      const command = hostile.command.replaceAll('MARK', mark);
      const run = await room.run(command, { tree, limits: { ...limits, wallMs: 90_000, ...hostile.limits } });
      expect({ ended: run.ended, printed: text(run) }).toMatchObject({ ended: hostile.ended });
      if (hostile.printed !== undefined) expect(text(run)).toMatch(hostile.printed);
      expect(processesWith(mark)).toBe(0);
      expect(traces()).toEqual(before);
      // All of it is the app's again, and what cannot be entered can be removed.
      for (const name of readdirSync(tree)) expect(lstatSync(path.join(tree, name)).uid).toBe(process.getuid?.());
      const next = await room.run('true', { tree, writable: false });
      expect(next).toMatchObject({ ended: 'exited', exit: 0 });
      if (process.getuid?.() === 0) rmSync(tree, { recursive: true });
      else await room.run('chmod -R u+rwx .', { tree }).then(() => rmSync(tree, { recursive: true }));
    }, 120_000);
  }

  test('a named pipe in the place of .git keeps the next run from starting, in words', async () => {
    const tree = room.tree();
    await room.run('mkfifo .git', { tree });
    expect(await room.run('true', { tree })).toMatchObject({
      ...{ ended: 'could-not-start', stderr: expect.stringContaining('neither a file nor a folder') },
    });
  });
});
