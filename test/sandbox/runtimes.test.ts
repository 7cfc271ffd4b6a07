import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits, makeRoom, ofEachRunner, text } from './support.ts';

// What the filter has to let through: each does what test runners and compilers do, with whatever this machine has.
interface Runtime {
  readonly name: string;
  readonly needs: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly command: string;
  readonly printed: RegExp;
}

const runtimes: readonly Runtime[] = [
  {
    name: 'Node: its test runner, threads, WebAssembly, watching, child processes and a server',
    needs: [],
    files: {
      'a.test.mjs': `
        import assert from 'node:assert';
        import { execFileSync, fork } from 'node:child_process';
        import { once } from 'node:events';
        import { watch, writeFileSync } from 'node:fs';
        import { createServer } from 'node:http';
        import { test } from 'node:test';
        import { Worker } from 'node:worker_threads';
        test('threads', async () => {
          const [n] = await once(new Worker('require("worker_threads").parentPort.postMessage(7)', { eval: true }), 'message');
          assert.equal(n, 7);
        });
        test('memory of WebAssembly', () => void new WebAssembly.Memory({ initial: 10, maximum: 65536, shared: true }));
        test('a server', async () => {
          const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
          await once(server, 'listening');
          const { port } = server.address();
          assert.equal(await (await fetch('http://127.0.0.1:' + port)).text(), 'hello');
          server.closeAllConnections();
          server.close();
        });
        test('children', () => assert.equal(execFileSync('sh', ['-c', 'echo x | cat'], { encoding: 'utf8' }), 'x\\n'));
        test('watching', async () => {
          const watching = watch('.');
          setTimeout(() => writeFileSync('seen', ''), 10);
          await once(watching, 'change');
          watching.close();
        });`,
    },
    command: 'node --test a.test.mjs',
    printed: /pass 5\n/,
  },
  {
    name: 'Python: unittest, threads, processes with locks, shared memory, asyncio and sqlite',
    needs: ['/usr/bin/python3'],
    files: {
      'test_a.py': `
import asyncio, multiprocessing, socket, sqlite3, tempfile, threading, unittest
from multiprocessing import shared_memory
def twice(n): return 2 * n
class A(unittest.TestCase):
    def test_threads(self):
        seen = []
        t = threading.Thread(target=seen.append, args=(1,)); t.start(); t.join()
        self.assertEqual(seen, [1])
    def test_processes(self):
        with multiprocessing.Pool(2) as pool: self.assertEqual(pool.map(twice, [1, 2]), [2, 4])
    def test_shared(self):
        m = shared_memory.SharedMemory(create=True, size=100); m.buf[0] = 1; m.close(); m.unlink()
    def test_asyncio(self):
        async def both():
            p = await asyncio.create_subprocess_exec('echo', 'x', stdout=asyncio.subprocess.PIPE)
            return (await p.communicate())[0]
        self.assertEqual(asyncio.run(both()), b'x\\n')
    def test_sqlite(self):
        db = sqlite3.connect(tempfile.mktemp()); db.execute('create table t (a)'); db.commit()
    def test_socket(self):
        s = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection(s.getsockname()); c.close(); s.close()
`,
    },
    command: '/usr/bin/python3 -m unittest -q test_a 2>&1',
    printed: /^OK$/m,
  },
  {
    name: 'Java: compiled and run, with threads and a collector of its own',
    needs: ['/usr/bin/javac', '/usr/bin/java'],
    files: {
      'A.java': `
import java.nio.file.*; import java.util.concurrent.*; import java.util.stream.*;
class A { public static void main(String[] args) throws Exception {
  int sum = IntStream.range(0, 1000).parallel().sum();
  var pool = Executors.newFixedThreadPool(4); int n = pool.submit(() -> 7).get(); pool.shutdown();
  Files.writeString(Path.of("out"), "x");
  var p = new ProcessBuilder("echo", "child").start(); p.waitFor();
  System.gc(); System.out.println(sum + n + new String(p.getInputStream().readAllBytes()));
} }`,
    },
    command: 'javac A.java && java -Xmx256m A && java -XX:+UseSerialGC -Xmx64m A',
    printed: /^499507child\n\n499507child\n\n$/,
  },
  {
    name: 'git: a repository, a commit, a pack, a clone',
    needs: [],
    files: { 'a.txt': 'a' },
    command: `mkdir r && cd r && git init -q && cp ../a.txt . && git add -A && git -c user.name=a -c user.email=a@b commit -qm x &&
      git gc -q && git clone -q . ../c && git -C ../c log --format=%s`,
    printed: /^x\n$/,
  },
  {
    name: 'C: compiled with make, threads, an alarm, shared memory',
    needs: ['/usr/bin/gcc', '/usr/bin/make'],
    files: {
      'a.c': `
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>
static void *run(void *p) { return p; }
static void rang(int n) { (void)n; }
int main(void) {
  pthread_t t; void *r; int n = 7;
  pthread_create(&t, 0, run, &n); pthread_join(t, &r);
  int id = shmget(IPC_PRIVATE, 4096, 0600); shmctl(id, IPC_RMID, 0);
  signal(SIGALRM, rang); ualarm(1000, 0); pause();
  printf("%d %d\\n", *(int *)r, mmap(0, 4096, 3, MAP_ANONYMOUS | MAP_SHARED, -1, 0) != MAP_FAILED);
}`,
    },
    command: 'make -s a LDLIBS=-lpthread && ./a',
    printed: /^7 1\n$/,
  },
  {
    name: 'shells: pipes, jobs, named pipes, tar, find and xargs',
    needs: ['/usr/bin/tar', '/usr/bin/find', '/usr/bin/xargs'],
    files: { 'd/a.txt': 'a\n', 'd/b.txt': 'b\n' },
    command:
      'mkfifo p; (echo x > p &); cat p; tar cf - d | tar tf - | sort | tail -n 1; find d -type f -print0 | xargs -0 -P 2 -n 1 wc -l | wc -l; nice -n 5 timeout 5 true && date > /dev/null && echo end',
    printed: /^x\nd\/b.txt\n2\nend\n$/,
  },
];

ofEachRunner((runner) => {
  const room = makeRoom({}, runner);

  beforeAll(async () => {
    expect(await room.sandbox.refusal()).toBeNull();
  });
  afterAll(() => room[Symbol.dispose]());

  for (const { name, needs, files, command, printed } of runtimes) {
    test.skipIf(!needs.every((file) => existsSync(file)))(
      `the filter lets through ${name}`,
      async () => {
        const longer = { ...limits, wallMs: 120_000, memoryMb: 3000 };
        const run = await room.run(command, { tree: room.tree(files), limits: longer });
        expect({ ended: run.ended, exit: run.exit, errors: run.stderr, printed: text(run) }).toMatchObject({
          ...{ ended: 'exited', exit: 0, printed: expect.stringMatching(printed) },
        });
      },
      150_000,
    );
  }
});
