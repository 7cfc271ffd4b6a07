import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, groupsOf, limits, makeRoom, ofEachRunner, processesWith, text } from './support.ts';

ofEachRunner((runner) => {
  const room = makeRoom({}, runner);

  beforeAll(async () => {
    expect(await room.sandbox.refusal()).toBeNull();
  });
  afterAll(() => room[Symbol.dispose]());

  test('what a command writes is in the tree afterwards, and belongs to the app', async () => {
    const tree = room.tree({ 'old.txt': 'old' });
    const run = await room.run('cat old.txt; echo new > old.txt; mkdir d; echo x > d/made.txt', { tree });
    expect(run).toMatchObject({ ended: 'exited', exit: 0, stderr: '' });
    expect(text(run)).toBe('old');
    expect(readFileSync(path.join(tree, 'old.txt'), 'utf8')).toBe('new\n');
    for (const made of ['', 'old.txt', 'd', 'd/made.txt']) {
      expect(statSync(path.join(tree, made)).uid).toBe(process.getuid?.());
    }
  });

  test('a set-uid file does not become one of root', async () => {
    const tree = room.tree();
    await room.run('cp /usr/bin/true t; chmod 4755 t; test -u t && echo set', { tree });
    const { uid, mode } = statSync(path.join(tree, 't'));
    expect(uid === 0 && (mode & 0o4000) !== 0).toBe(false);
  });

  test('handing a tree back does not follow links out of it', async () => {
    const tree = room.tree();
    const outside = room.tree({ kept: '' });
    const before = statSync(outside).uid;
    await room.run(['ln', '-s', outside, 'link'], { tree });
    let during = -1;
    await room.run('echo ready; sleep 0.2', {
      tree,
      onOutput: () => (during = statSync(path.join(outside, 'kept')).uid),
    });
    expect([during, statSync(outside).uid]).toEqual([before, before]);
  });

  test('a read-only tree stays as it is', async () => {
    const tree = room.tree({ 'old.txt': 'old' });
    const run = await room.run('echo new > old.txt; touch made; cat old.txt', { tree, writable: false });
    expect(text(run)).toBe('old');
    expect(existsSync(path.join(tree, 'made'))).toBe(false);
  });

  test('two runs at once are two users, none of them the app when that is root', async () => {
    const users: number[] = [];
    const one = (): Promise<unknown> => {
      const tree = room.tree();
      const seen = (): void => void users.push(statSync(path.join(tree, 'mine')).uid);
      return room.run('touch mine; echo ready; read line', { tree, stdin: new Uint8Array(), onOutput: seen });
    };
    await Promise.all([one(), room.run('sleep 0.3'), one()]);
    expect(users).toHaveLength(2);
    if (asRoot) expect(users.every((uid) => uid >= 61_000)).toBe(true);
    else expect(new Set(users)).toEqual(new Set([process.getuid?.()]));
  });

  test('runs may share a tree they write to: a command can look into the tree of an agent at work', async () => {
    const tree = room.tree();
    const waiting = room.run('touch first; until test -e second; do sleep 0.02; done; rm second', { tree });
    const other = await room.run('until test -e first; do sleep 0.02; done; rm first; touch second', { tree });
    expect([other.exit, (await waiting).exit]).toEqual([0, 0]);
    expect(statSync(tree).uid).toBe(process.getuid?.());
  });

  test('a .git that a command makes while others run is not bound, wherever it leads', async () => {
    const tree = room.tree();
    const job = { tree, signal: AbortSignal.timeout(10_000) };
    const waiting = room.run('ln -s /etc .git; echo made; until test -e seen; do sleep 0.02; done', {
      ...job,
      onOutput: () => void room.run('readlink .git > read && mv read seen', job),
    });
    expect(await waiting).toMatchObject({ ended: 'exited', exit: 0 });
    expect(readFileSync(path.join(tree, 'seen'), 'utf8')).toBe('/etc\n');
  });

  test('nothing survives the death of the app', async () => {
    const mark = randomUUID();
    const script = `
    ${runner.source(path.join(room.folder, 'state'))}
    const command = "setsid sh -c 'sleep 60 # ${mark}' & echo ready; sleep 60";
    const limits = { wallMs: 60000, outputBytes: 1000 };
    const onOutput = () => console.log('ready');
    await sandbox.run({ tree: ${JSON.stringify(room.tree())}, writable: true, command, limits, onOutput });`;
    const app = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(app.stdout, 'data');
    expect(processesWith(mark)).toBeGreaterThan(2);
    app.kill('SIGKILL');
    await once(app, 'close');
    await expect.poll(() => processesWith(mark)).toBe(0);
    // What else it left goes at the next start.
    expect(await runner.open(path.join(room.folder, 'state')).refusal()).toBeNull();
    expect(groupsOf(app.pid)).toEqual([]);
  });

  test('a command gets its input and variables, and its status comes back', async () => {
    const run = await room.run('cat; printf %s "$WORD"; echo oops >&2; exit 7', {
      stdin: 'in ',
      env: { WORD: "it's" },
    });
    expect(run).toMatchObject({ ended: 'exited', exit: 7, stderr: 'oops\n' });
    expect(text(run)).toBe("in it's");
  });

  test('input that nobody reads is no error', async () => {
    expect(await room.run(['true'], { stdin: new Uint8Array(5_000_000) })).toMatchObject({ ended: 'exited', exit: 0 });
  });

  test('a command that is not there, or dies of a signal, is a result', async () => {
    expect(await room.run(['no-such-command'])).toMatchObject({ ended: 'exited', exit: 127 });
    expect(await room.run('kill -SEGV $$')).toMatchObject({ ended: 'killed-by-signal', exit: 139 });
  });

  test('output is reported as it comes', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const onOutput = (chunk: Uint8Array): void => {
      seen.push(Buffer.from(chunk).toString());
      stop.abort();
    };
    const run = await room.run('echo first; sleep 30', { onOutput, signal: stop.signal });
    expect(run.ended).toBe('aborted');
    expect(seen).toEqual(['first\n']);
  });

  test('a fault of the listener is thrown after the kill', async () => {
    const onOutput = (): never => {
      throw new Error('our bug');
    };
    await expect(room.run('echo x; sleep 30', { onOutput })).rejects.toThrow('our bug');
  });

  test('time out kills the whole tree of processes, also those that left the session', async () => {
    const mark = randomUUID();
    const hide = `sh -c 'echo up; sleep 60 # ${mark}' ${mark}`;
    const line = `setsid ${hide} & nohup ${hide} & (setsid sh -c "${hide} & ${hide}" &) ; ${hide}`;
    let up = '';
    let during = 0;
    const run = await room.run(line, {
      limits: { ...limits, wallMs: 2000 },
      onOutput: (chunk) => {
        up += Buffer.from(chunk).toString();
        if (up === 'up\n'.repeat(5)) during = processesWith(mark);
      },
    });
    expect(run).toMatchObject({ ended: 'timed-out', exit: null });
    expect(during).toBeGreaterThan(4);
    expect(processesWith(mark)).toBe(0);
  });

  test('what a command leaves in the background ends with it', async () => {
    const mark = randomUUID();
    const run = await room.run(`setsid sh -c 'sleep 60 # ${mark}' & nohup sh -c 'sleep 61 # ${mark}' & true`);
    expect(run).toMatchObject({ ended: 'exited', exit: 0 });
    expect(processesWith(mark)).toBe(0);
  });

  test('silence ends a run, output keeps it', async () => {
    const silent = await room.run('sleep 30', { limits: { ...limits, idleMs: 400 } });
    expect(silent).toMatchObject({ ended: 'fell-silent' });
    const talking = { limits: { ...limits, idleMs: 2000 } };
    const kept = await room.run('for i in 1 2 3 4 5 6 7 8; do sleep 0.3; echo $i; done', talking);
    expect(kept).toMatchObject({ ended: 'exited', exit: 0 });
  });

  test('too much output ends a run, on either stream, and is cut at the limit', async () => {
    const capped = { ...limits, outputBytes: 10_000 };
    const run = await room.run('yes', { limits: capped });
    expect(run.ended).toBe('too-much-output');
    expect(run.stdout).toHaveLength(10_000);
    const other = await room.run('yes >&2', { limits: capped });
    expect([other.ended, other.stderr.length]).toEqual(['too-much-output', 10_000]);
    expect(await room.run('head -c 10000 /dev/zero', { limits: capped })).toMatchObject({ ended: 'exited', exit: 0 });
  });

  test('too much memory ends a run, counted over all its processes and its scratch folders', async () => {
    const hog = 'perl -e \'my $m = "x" x 60_000_000; sleep 30\'';
    const small = { ...limits, memoryMb: 200 };
    const [together, alone, scratch] = await Promise.all([
      room.run(`${hog} & ${hog} & ${hog} & ${hog} & wait`, { limits: small }),
      room.run('perl -e \'my $m = "x" x 60_000_000; select(undef, undef, undef, 0.6)\'', { limits: small }),
      room.run(
        'head -c 80M /dev/zero > /tmp/a; head -c 80M /dev/zero > ~/a; head -c 80M /dev/zero > /dev/shm/a; sleep 30',
        {
          limits: small,
        },
      ),
    ]);
    expect([together.ended, alone.ended, scratch.ended]).toEqual(['too-much-memory', 'exited', 'too-much-memory']);
  });

  test('a command that fills the disk through its tree is ended, also where nobody sees the file any more', async () => {
    const small = { ...limits, diskMb: 50 };
    const fill = 'for i in 1 2 3 4 5 6; do head -c 40M /dev/zero > f$i; sleep 0.2; done; sleep 30';
    const hidden = 'exec 9> f; rm f; head -c 300M /dev/zero >&9; sleep 30';
    expect((await room.run(fill, { limits: small })).ended).toBe('disk-filled');
    expect((await room.run(hidden, { limits: small })).ended).toBe('disk-filled');
    const few = { limits: { ...limits, diskMb: 2000 } };
    expect((await room.run('head -c 40M /dev/zero > f; sleep 0.6', few)).ended).toBe('exited');
  });

  test('what others write on the same disk meanwhile is not blamed on a run', async () => {
    const other = path.join(room.tree(), 'other');
    const run = await room.run('echo up; sleep 1.5', {
      limits: { ...limits, diskMb: 50 },
      onOutput: () => writeFileSync(other, Buffer.alloc(200 * 1024 * 1024, 1)),
    });
    rmSync(other);
    expect(run.ended).toBe('exited');
  });

  test('what others give back meanwhile does not hide what a run takes', async () => {
    const other = path.join(room.tree(), 'other');
    writeFileSync(other, Buffer.alloc(300 * 1024 * 1024, 1));
    const fill = 'echo up; sleep 1; for i in 1 2 3; do head -c 40M /dev/zero > f$i; sleep 0.4; done; sleep 30';
    const run = await room.run(fill, {
      limits: { ...limits, diskMb: 50 },
      onOutput: () => rmSync(other, { force: true }),
    });
    expect(run.ended).toBe('disk-filled');
  });

  test('one process cannot take more than twice its memory before anybody looks', async () => {
    const line = 'my @m; for (1..200) { push @m, "x" x 20_000_000 } print "got it"';
    const run = await room.run(['perl', '-e', line], { limits: { ...limits, memoryMb: 100 } });
    expect(run.ended === 'exited' && run.exit === 0).toBe(false);
    expect(text(run)).toBe('');
  });

  test('a run has only so many processes, and the next run has them all again', async () => {
    const line = 'i=0; while [ $i -lt 60 ]; do sleep 20 & i=$((i+1)); done; echo all';
    const few = await room.run(line, { limits: { ...limits, processes: 30 } });
    expect(text(few)).not.toContain('all');
    expect(text(await room.run('sleep 0 & sleep 0 & wait; echo fine'))).toBe('fine\n');
  });

  test('abort ends a run, and one aborted before does not start', async () => {
    const tree = room.tree();
    const stopped = await room.run('touch started', { tree, signal: AbortSignal.abort() });
    expect(stopped.ended).toBe('aborted');
    expect(existsSync(path.join(tree, 'started'))).toBe(false);
    const run = await room.run('sleep 30', { signal: AbortSignal.timeout(200) });
    expect(run.ended).toBe('aborted');
  });

  test('the Node inside is the one of the app and runs TypeScript; git reads the repository', async () => {
    const tree = room.tree({ 'say.ts': 'const word: string = process.version;\nconsole.log(word);\n' });
    expect(text(await room.run(['node', 'say.ts'], { tree, writable: false }))).toBe(`${process.version}\n`);
    const gitDir = path.join(room.folder, 'repo.git');
    execFileSync('git', ['init', '-q', '--bare', '--shared=world', gitDir]);
    const git = await room.run('GIT_OBJECT_DIRECTORY=/tmp git --git-dir=/repo.git hash-object -w --stdin', {
      gitDir,
      stdin: '',
    });
    expect({ out: text(git), err: git.stderr }).toEqual({ out: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n', err: '' });
  });

  test('a job that cannot start says why in one sentence', async () => {
    const linked = room.tree();
    symlinkSync('/etc', path.join(linked, '.git'));
    const closed = path.join(room.tree(), 'closed');
    mkdirSync(path.join(closed, 'tree'), { recursive: true });
    chmodSync(closed, 0o700);
    const why = async (...args: Parameters<typeof room.run>): Promise<string> => {
      const run = await room.run(...args);
      expect(run.ended).toBe('could-not-start');
      return run.stderr.replaceAll(room.folder, '').replace(/tree-[-0-9a-f]+/, 'T');
    };
    expect(await why('true', { tree: path.join(room.folder, 'none') })).toBe('Not started: /none is not a folder.');
    expect(await why('true', { tree: linked })).toBe('Not started: /T/.git is neither a file nor a folder.');
    expect(await why([])).toBe('Not started: the command is empty.');
    expect(await why('true', { env: { 'A=B': '1' } })).toBe('Not started: "A=B" is not a name for a variable.');
    expect(await why(['true', 'a\0b'])).toContain('Not started: ');
    expect(await why(['true', 'x'.repeat(3_000_000)])).toMatch(/E2BIG|argument list too long/);
    if (asRoot) {
      const tree = path.join(closed, 'tree');
      expect(await why('true', { tree })).toBe('Not started: the user of the sandbox may not read /T/closed.');
    }
  });
});
