import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, limits, makeRoom, ofEachRunner, processesWith, text } from './support.ts';

ofEachRunner((runner) => {
  const room = makeRoom({}, runner);

  beforeAll(async () => {
    expect(await room.sandbox.refusal()).toBeNull();
  });
  afterAll(() => room[Symbol.dispose]());

  /** A socket of the host that says what it heard, in capitals, once the other side has ended. */
  async function shouting(story: (socket: string) => Promise<void>): Promise<void> {
    const socket = path.join(room.tree(), 's');
    const server = createServer({ allowHalfOpen: true }, (peer) => {
      let heard = '';
      peer.on('data', (chunk) => (heard += chunk)).on('end', () => peer.end(heard.toUpperCase()));
    });
    await once(server.listen(socket), 'listening');
    chmodSync(socket, 0o600);
    try {
      await story(socket);
    } finally {
      server.close();
    }
  }

  const say = (target: string, word: string): string =>
    `node -e 'const s = require("net").connect({ ${target}, allowHalfOpen: true }); s.end("${word}"); s.pipe(process.stdout); s.on("error", (e) => { console.log(e.code); process.exit(1) })'`;

  test('a conversation goes on until the command has heard enough, and its stream is destroyed with the run', async () => {
    const stdin = new PassThrough();
    const heard: string[] = [];
    const onOutput = (chunk: Uint8Array): void => {
      heard.push(Buffer.from(chunk).toString());
      stdin.write(`and ${heard.length}\n`);
    };
    const run = await room.run('echo ready; read a; echo "1 $a"; read b; echo "2 $b"', { stdin, onOutput });
    expect(run).toMatchObject({ ended: 'exited', exit: 0 });
    expect(heard).toEqual(['ready\n', '1 and 1\n', '2 and 2\n']);
    expect(stdin.destroyed).toBe(true);
  });

  test('the end of a stream, and its breaking off, are the end of the input', async () => {
    const ended = new PassThrough();
    ended.end('whole');
    expect(text(await room.run('cat; echo .', { stdin: ended }))).toBe('whole.\n');
    const broken = new PassThrough();
    const onOutput = (): void => void broken.destroy(new Error('gone'));
    expect(text(await room.run('echo up; cat; echo .', { stdin: broken, onOutput }))).toBe('up\n.\n');
  });

  test('a stream whose run never starts is destroyed as well', async () => {
    const stdin = new PassThrough();
    expect(await room.run([], { stdin })).toMatchObject({ ended: 'could-not-start' });
    expect(stdin.destroyed).toBe(true);
  });

  test('errors are reported as they come', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const onErrors = (chunk: Uint8Array): void => {
      seen.push(Buffer.from(chunk).toString());
      stop.abort();
    };
    await room.run('echo out; echo first >&2; sleep 30', { onErrors, signal: stop.signal });
    expect(seen).toEqual(['first\n']);
  });

  test('layers lie over the tree, the later over the earlier, and nobody writes to them', async () => {
    const first = room.tree({ 'a.txt': 'first', 'sub/b.txt': 'below' });
    const second = room.tree({ 'c.txt': 'second' });
    const layers = [
      { host: first, inside: '/work/deep/modules' },
      { host: second, inside: '/work/deep/modules/sub' },
      { host: second, inside: '/opt/kit' },
    ];
    const line =
      'cd deep/modules; cat a.txt sub/c.txt /opt/kit/c.txt; test -e sub/b.txt && echo b; touch x sub/x; true';
    for (const writable of [false, true]) {
      const tree = room.tree({ 'own.txt': '' });
      const run = await room.run(line, { tree, layers, writable });
      expect({ ended: run.ended, out: text(run) }).toEqual({ ended: 'exited', out: 'firstsecondsecond' });
      expect(readdirSync(tree)).toEqual(['deep', 'own.txt']);
      expect(readdirSync(path.join(tree, 'deep', 'modules'), { recursive: true })).toEqual(['sub']);
    }
    expect([readdirSync(first), readdirSync(second)]).toEqual([['a.txt', 'sub'], ['c.txt']]);
  });

  test('a writable layer keeps what was written, also beside a tree that is read-only', async () => {
    const home = room.tree({ 'old.txt': 'old' });
    const job = { writable: false, writableLayers: [{ host: home, inside: '/home/agent' }] };
    expect(await room.run('cat ~/old.txt; echo new > ~/new.txt', job)).toMatchObject({ ended: 'exited', exit: 0 });
    expect(readFileSync(path.join(home, 'new.txt'), 'utf8')).toBe('new\n');
    expect(statSync(path.join(home, 'new.txt')).uid).toBe(process.getuid?.());
  });

  test('two runs that share a writable layer are one user, whatever their trees', async () => {
    const shared = room.tree();
    const job = () => ({ tree: room.tree(), writableLayers: [{ host: shared, inside: '/shared' }] });
    const waiting = room.run('touch /shared/first; until rm /shared/second; do sleep 0.02; done 2> /dev/null', job());
    const other = await room.run(
      'until rm /shared/first; do sleep 0.02; done 2> /dev/null; touch /shared/second',
      job(),
    );
    expect([other.exit, (await waiting).exit]).toEqual([0, 0]);
  });

  test('a layer is not made through a link that a command left in the tree', async () => {
    const outside = room.tree();
    const tree = room.tree({ 'file.txt': '' });
    symlinkSync(outside, path.join(tree, 'link'));
    for (const inside of ['/work/link/made', '/work/link', '/work/file.txt/made']) {
      const run = await room.run('true', { tree, layers: [{ host: room.tree(), inside }] });
      expect(run).toMatchObject({ ended: 'could-not-start', stderr: expect.stringContaining('no folder') });
    }
    expect(readdirSync(outside)).toEqual([]);
  });

  test('what cannot be bound is refused in words', async () => {
    const tree = room.tree();
    const why = async (job: Parameters<typeof room.run>[1]): Promise<string> => {
      const run = await room.run('true', { tree, ...job });
      expect(run.ended).toBe('could-not-start');
      return run.stderr.replaceAll(room.folder, '').replace(/tree-[-0-9a-f]+/, 'T');
    };
    const at = (inside: string) => ({ layers: [{ host: tree, inside }] });
    for (const inside of [
      '/',
      'opt',
      '/work',
      '/work/.git',
      '/work/.git/hooks',
      '/proc/sys',
      '/dev',
      '/a/../b',
      '/a/',
    ]) {
      expect(await why(at(inside))).toBe(`Not started: nothing can be bound at ${JSON.stringify(inside)}.`);
    }
    const absent = path.join(room.folder, 'none');
    expect(await why({ layers: [{ host: absent, inside: '/opt/x' }] })).toBe(
      'Not started: /none is not there to be bound.',
    );
    expect(await why({ sockets: { model: tree } })).toBe('Not started: /T is not a socket.');
    expect(await why({ sockets: { '../x': tree } })).toBe('Not started: "../x" is not a name for a socket.');
    expect(await why({ ports: { 8080: 'model' } })).toBe('Not started: port 8080 leads to no socket of the run.');
    if (!asRoot) return;
    const closed = path.join(room.tree(), 'closed');
    mkdirSync(closed, { mode: 0o700 });
    expect(await why({ layers: [{ host: closed, inside: '/opt/x' }] })).toContain('may not read /T/closed');
  });

  test('a socket of the host is reached by its name, also one that was closed to others', () =>
    shouting(async (socket) => {
      const run = await room.run(say('path: "/run/model.sock"', 'hello'), { sockets: { model: socket } });
      expect({ out: text(run), err: run.stderr }).toEqual({ out: 'HELLO', err: '' });
      expect(existsSync(socket)).toBe(true);
    }));

  test.skipIf(!asRoot)('a socket is its run’s alone while that goes on, and nobody’s afterwards', () =>
    shouting(async (socket) => {
      const seen: (readonly [number, number])[] = [];
      const onOutput = () => {
        const { uid, mode } = statSync(socket);
        seen.push([uid, mode & 0o777]);
      };
      await room.run('echo up', { sockets: { model: socket }, onOutput });
      onOutput();
      expect(seen).toEqual([
        [expect.toSatisfy((uid) => uid >= 61_000), 0o600],
        [0, 0o600],
      ]);
    }),
  );

  test('where the files and sockets of a run lie is in no command line of the host', () =>
    shouting(async (socket) => {
      const tree = room.tree();
      let among = -1;
      const onOutput = () => {
        among = processesWith(tree) + processesWith(socket);
      };
      const job = { tree, sockets: { model: socket }, onOutput };
      expect(await room.run('echo up; cat', { ...job, stdin: '' })).toMatchObject({ ended: 'exited', exit: 0 });
      expect(among).toBe(0);
    }));

  test('a port of the loopback address leads to a socket; streams, status and signals are the command’s own', () =>
    shouting(async (socket) => {
      const job = { sockets: { model: socket }, ports: { 8080: 'model', 8081: 'model' } };
      const both = `${say('port: 8080', 'one')}; ${say('port: 8081', 'two')}`;
      const run = await room.run(`cat; ${both}; echo oops >&2; exit 7`, { ...job, stdin: 'in ' });
      expect(run).toMatchObject({ ended: 'exited', exit: 7, stderr: 'oops\n' });
      expect(text(run)).toBe('in ONETWO');
      expect(await room.run('kill -SEGV $$', job)).toMatchObject({ ended: 'killed-by-signal', exit: 139 });
      expect(await room.run(['no-such-command'], job)).toMatchObject({ ended: 'exited', exit: 127 });
      expect(
        await room.run('trap "exit 9" TERM; kill $PPID; read x', { ...job, stdin: new PassThrough() }),
      ).toMatchObject({
        exit: 9,
      });
    }));

  test('folders inside go first on PATH', async () => {
    const kit = room.tree({ node: '#!/bin/sh\necho another\n' });
    chmodSync(path.join(kit, 'node'), 0o755);
    const run = await room.run('node', { layers: [{ host: kit, inside: '/opt/kit' }], path: ['/opt/kit'] });
    expect(text(run)).toBe('another\n');
  });

  test('who does not say how much of a processor a run may use gives it two for its time', async () => {
    const run = await room.run('ulimit -t', { limits: { ...limits, wallMs: 30_000 } });
    expect(text(run)).toBe('62\n');
  });

  test('too much of a processor ends a run, counted over all its processes, those that ended included', async () => {
    const burn = (seconds: number) => `perl -e 'while ((times)[0] < ${seconds}) {}'`;
    const little = { ...limits, wallMs: 60_000, cpuSeconds: 1 };
    const [together, after, sleeping] = await Promise.all([
      room.run(`${burn(30)} & ${burn(30)} & wait`, { limits: little }),
      room.run(`${burn(0.6)}; (setsid ${burn(0.6)} &); sleep 60`, { limits: little }),
      room.run('sleep 1.5', { limits: little }),
    ]);
    expect([together.ended, after.ended, sleeping.ended]).toEqual(['out-of-cpu', 'out-of-cpu', 'exited']);
  });
});
