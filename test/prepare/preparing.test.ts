import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PreparingOptions, preparing } from '../../src/adapters/prepare/preparing.ts';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { parseAllowedHost } from '../../src/domain/allowed-hosts.ts';
import type { Checkout, NotPrepared, Preparation, Prepared, SandboxJob } from '../../src/ports.ts';

const root = await mkdtemp(join(tmpdir(), 'preparing-'));
await chmod(root, 0o711);
const real = bubblewrapSandbox({ stateDir: join(root, 'state'), firstUid: 66_500 });
beforeAll(async () => expect(await real.refusal()).toBeNull());
afterAll(() => rm(root, { recursive: true, force: true }));

/** Every job that was run, by what it runs. */
let ran: SandboxJob[] = [];
const sandbox = {
  run: (job: SandboxJob) => {
    ran.push(job);
    return real.run(job);
  },
};
const commands = () => ran.filter(({ command }) => typeof command === 'string').map(({ command }) => command);
let stateDir: string;
let logs: unknown[] = [];
let laid = 0;
beforeEach(async () => {
  ran = [];
  logs = [];
  stateDir = join(root, `app-${laid++}`);
  await mkdir(stateDir);
  await chmod(stateDir, 0o711);
});

const log = { info: () => {}, warn: (...all: unknown[]) => void logs.push(all), error: () => {} };
const start = (more: Partial<PreparingOptions> = {}) =>
  preparing({ stateDir, sandbox, image: async () => 'image', hosts: [], log, ...more });

const files = { 'package.json': '{"a":1}\n', 'get.sh': 'mkdir -p deps && cp package.json deps/\n' };

/** A repository whose trees are these files, under any name. */
const repository = (of: Readonly<Record<string, string>> = files) => ({
  checkout: async (): Promise<Checkout> => {
    const dir = join(root, `tree-${laid++}`);
    await mkdir(dir);
    for (const [path, text] of Object.entries(of)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
    return { dir, gitDir: '', tree: 't', dispose: () => rm(dir, { recursive: true, force: true }) };
  },
});

type Asked = Partial<Preparation['prepare']> & Partial<Pick<Preparation, 'tree' | 'ref' | 'repository'>>;
const asking = ({
  tree = 't',
  ref = { installation: 1, repo: 'a/b', issue: 1 },
  repository: of = repository(),
  ...more
}: Asked = {}): Preparation => ({
  ref,
  repository: of,
  tree,
  prepare: { run: 'sh get.sh', inputs: ['x'], makes: ['deps'], timeout: 20, network: false, ...more },
});

/** What a command prints that finds these dependencies beside an empty tree. */
async function seen(prepared: Prepared, command: string): Promise<string> {
  const { dir, dispose } = await repository({}).checkout();
  const run = await real.run({
    tree: dir,
    writable: false,
    layers: prepared.layers,
    command: `{ ${command}; } 2>&1`,
    limits: { wallMs: 20_000, outputBytes: 100_000 },
  });
  await dispose();
  return Buffer.from(run.stdout).toString('utf8') + run.stderr;
}

const refusal = (asked: Promise<unknown>): Promise<NotPrepared> =>
  asked.then(
    () => {
      throw new Error('it was made');
    },
    (error: NotPrepared) => error,
  );
const left = async (folder: string): Promise<readonly string[]> =>
  (await readdir(join(stateDir, 'layers', folder)).catch(() => [])).sort();
/** What processes have under way, or left. */
const making = async () => (await Promise.all((await left('making')).map((own) => left(join('making', own))))).flat();

test('what is made is there wherever it is bound, and only to be read', async () => {
  const prepared = await start().prepare(asking());
  expect(prepared.layers).toEqual([
    { host: expect.stringContaining(join(stateDir, 'layers', 'kept')), inside: '/work/deps' },
  ]);
  expect(await seen(prepared, 'cat deps/package.json; touch deps/new; echo no > deps/package.json')).toMatch(
    /^\{"a":1\}\n.*Read-only file system\n.*Read-only file system\n$/,
  );
  expect(await making()).toEqual([]);
});

test('it is made once, whoever asks at the same time, later, or after a restart', async () => {
  const app = start();
  const [first, second] = await Promise.all([app.prepare(asking()), app.prepare(asking())]);
  expect(second).toEqual(first);
  expect(await app.prepare(asking())).toEqual(first);
  expect(await start().prepare(asking())).toEqual(first);
  expect(commands()).toEqual(['sh get.sh']);
});

test('two processes that make the same at once end with one layer, whole', async () => {
  const [first, second] = await Promise.all([start().prepare(asking()), start().prepare(asking())]);
  expect(second).toEqual(first);
  expect(await left('kept')).toHaveLength(1);
  expect(await making()).toEqual([]);
  expect(await seen(first, 'cat deps/package.json')).toBe('{"a":1}\n');
});

const ref = { installation: 1, repo: 'a/b', issue: 1 };
test.each<[string, Asked, Partial<PreparingOptions>]>([
  ['installation', { ref: { ...ref, installation: 2 } }, {}],
  ['repository', { ref: { ...ref, repo: 'a/c' } }, {}],
  ['set of files', { tree: 'u' }, {}],
  ['command', { run: 'sh ./get.sh' }, {}],
  ['folder', { makes: ['deps', 'more'], run: 'sh get.sh; mkdir more' }, {}],
  ['image', {}, { image: async () => 'other' }],
])('what was made for another %s does not count', async (_, asked, more) => {
  const first = await start().prepare(asking());
  const other = await start(more).prepare(asking(asked));
  expect(other.key).not.toBe(first.key);
  expect(commands()).toHaveLength(2);
});

test('another rejection of the repository shares it, and so does another time for it', async () => {
  const first = await start().prepare(asking());
  expect(await start().prepare(asking({ ref: { ...ref, issue: 2 }, timeout: 5 }))).toEqual(first);
  expect(commands()).toHaveLength(1);
});

test('the key differs with what was made, though it was made of the same', async () => {
  const run = 'mkdir deps; date +%N > deps/when';
  const first = await start().prepare(asking({ run }));
  await rm(join(stateDir, 'layers'), { recursive: true });
  expect((await start().prepare(asking({ run }))).key).not.toBe(first.key);
});

test('several folders, links as they are, and nothing that is neither file, folder nor link', async () => {
  const run = `mkdir -p a/node_modules/.bin a/node_modules/x b && echo one > a/node_modules/x/i.js && chmod 600 a/node_modules/x/i.js
    chmod 700 a/node_modules/x && ln -s ../x/i.js a/node_modules/.bin/x && ln -s /etc/shadow b/out && mkfifo b/pipe
    printf two > 'b/n
ame' && chmod 4755 'b/n
ame'`;
  const prepared = await start().prepare(asking({ run, makes: ['a/node_modules', 'b'] }));
  expect(prepared.layers.map(({ inside }) => inside)).toEqual(['/work/a/node_modules', '/work/b']);
  const [a = '', b = ''] = prepared.layers.map(({ host }) => host);
  expect((await readdir(b)).sort()).toEqual(['n\name', 'out']);
  expect((await lstat(join(b, 'out'))).isSymbolicLink()).toBe(true);
  expect((await stat(join(b, 'n\name'))).mode & 0o7777).toBe(0o755);
  expect((await stat(join(a, 'x'))).mode & 0o777).toBe(0o755);
  expect(await seen(prepared, 'cat a/node_modules/.bin/x; cat b/n*')).toBe('one\ntwo');
});

test('packages may write where they keep what they find out, unless something lies there; one run leaves nothing for another', async () => {
  const run = 'mkdir -p node_modules/.vite && echo kept > node_modules/.vite/own && ln -s /usr node_modules/.cache';
  const prepared = await start().prepare(asking({ run, makes: ['node_modules'] }));
  const write =
    'for own in .cache .vite .vite-temp; do touch node_modules/$own/new && echo "$own written"; done; ls node_modules/.vite node_modules/.vite-temp';
  for (let times = 0; times < 2; times++) {
    const told = await seen(prepared, write);
    expect(told).toContain('.vite-temp written');
    expect(told).not.toMatch(/^\.(?:cache|vite) written/m);
    expect(told).toMatch(/node_modules\/\.vite:\nown\n\nnode_modules\/\.vite-temp:\nnew\n/);
  }
});

test('what is damaged is made anew', async () => {
  const first = await start().prepare(asking());
  const [host = ''] = first.layers.map((layer) => layer.host);
  for (const damage of [
    () => rm(join(host, 'package.json')),
    () => writeFile(join(host, 'package.json'), ''),
    () => writeFile(join(host, 'more'), ''),
    () => writeFile(join(host, '..', 'made.json'), '{'),
    () => rm(host, { recursive: true }),
  ]) {
    await damage();
    const again = await start().prepare(asking());
    expect(again).toEqual(first);
    expect(await readFile(join(host, 'package.json'), 'utf8')).toBe('{"a":1}\n');
    expect(await readdir(host)).toEqual(['package.json']);
  }
  expect(commands()).toHaveLength(6);
  expect(await making()).toEqual([]);
});

test('what a killed process left half made goes with the next that makes something', async () => {
  const gone = spawn('true');
  await once(gone, 'exit');
  const own = join(stateDir, 'layers', 'making', `${gone.pid}-1`, 'abc');
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'half'), '');
  await start().prepare(asking());
  expect(await making()).toEqual([]);
  expect(await left('making')).toHaveLength(1);
});

test('a command that fails is told with its last words, without secrets, and is not run again for a while', async () => {
  const app = start();
  const token = `ghp_${'a'.repeat(30)}`;
  const words = { words: `npm error ${token} for rita@example.com\n` };
  const asked = asking({ repository: repository(words), run: 'echo fine; cat words >&2; exit 3' });
  const error = await refusal(app.prepare(asked));
  expect(error.name).toBe('NotPrepared');
  expect(error.problem).toMatch(/^“prepare”: `echo fine; .*` ended with exit code 3\.$/);
  expect(error.said).toContain('npm error [');
  expect(error.message).not.toContain(token);
  expect(error.message).not.toContain('rita@example.com');
  expect(await refusal(app.prepare(asked))).toBe(error);
  expect(commands()).toHaveLength(1);
  expect([await left('kept'), await making()]).toEqual([[], []]);
});

test.each<[string, Asked, Partial<PreparingOptions>, string]>([
  ['takes too long', { run: 'sleep 60', timeout: 1 }, {}, '`sleep 60` took longer than 1 second.'],
  ['makes no folder', { run: 'true' }, {}, 'the command did not make the folder `deps`.'],
  ['makes a link', { run: 'ln -s /etc deps' }, {}, 'the command did not make the folder `deps`.'],
  ['makes a file', { run: 'echo > deps' }, {}, 'the command did not make the folder `deps`.'],
  [
    'makes too many files',
    { run: 'mkdir deps; touch deps/a deps/b deps/c' },
    { most: { files: 2 } },
    'it made 3 files',
  ],
  [
    'makes too much',
    { run: 'mkdir deps; head -c 3000 /dev/zero > deps/a' },
    { most: { bytes: 2000 } },
    'it made 1 files',
  ],
  ['wants a network that is not allowed', { network: true }, {}, 'the operator of this app allows no host.'],
])('a command that %s is refused in words, and leaves nothing', async (_, asked, more, words) => {
  const error = await refusal(start(more).prepare(asking(asked)));
  expect([error.name, error.problem]).toEqual(['NotPrepared', expect.stringContaining(words)]);
  expect([await left('kept'), await making()]).toEqual([[], []]);
});

test('what nobody waits for any more is given up, and leaves nothing', async () => {
  const app = start();
  const stop = new AbortController();
  const asked = asking({ run: 'echo begun; sleep 300', timeout: 300 });
  const waiting = refusal(app.prepare(asked, stop.signal));
  await expect.poll(() => commands().length).toBe(1);
  stop.abort(new Error('nobody waits'));
  expect((await waiting).message).toBe('nobody waits');
  await app.close();
  expect([await left('kept'), await making()]).toEqual([[], []]);
  expect((await refusal(app.prepare(asked))).message).toBe('the app is stopping while dependencies are made');
});

test('only so many commands run at once, and the others in turn, whatever became of those before', async () => {
  let [running, most] = [0, 0];
  const counting = {
    run: async (job: SandboxJob) => {
      running++;
      most = Math.max(most, running);
      return sandbox.run(job).finally(() => running--);
    },
  };
  const app = start({ sandbox: counting, atOnce: 1 });
  const asked = ['a', 'b', 'c'].map((tree) => app.prepare(asking({ tree, ...(tree === 'a' && { run: 'false' }) })));
  const ended = await Promise.allSettled(asked);
  expect([most, ended.map(({ status }) => status)]).toEqual([1, ['rejected', 'fulfilled', 'fulfilled']]);
});

test('layers go by age, and by size once they cannot be at work any more', async () => {
  const day = 86_400;
  const use = async (prepared: Prepared, daysAgo: number) => {
    const when = Date.now() / 1000 - daysAgo * day;
    await utimes(join(prepared.layers[0]?.host ?? '', '..', 'made.json'), when, when);
  };
  const make = (name: string, keep = {}) => start({ keep }).prepare(asking({ tree: name }));
  const [old, recent, late] = [await make('old'), await make('recent'), await make('late')];
  await use(old, 15);
  await use(recent, 3);
  await use(late, 0.1);
  await make('next');
  expect(await left('kept')).toHaveLength(3);
  await make('last', { bytes: 1 });
  const there = await left('kept');
  expect(there).toHaveLength(3);
  const nameOf = ({ layers }: Prepared) => (layers[0]?.host ?? '').split('/').at(-2);
  expect(there).toContain(nameOf(late));
  expect(there).not.toContain(nameOf(recent));
});

/** An internet of one server, at every address, which answers the same to everything. */
async function withServer(
  story: (options: Partial<PreparingOptions>, asked: readonly string[]) => Promise<void>,
  body: string | Uint8Array = 'from afar\n',
) {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    asked.push(`${request.method} ${request.headers.host}${request.url}`);
    answer.end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const network = {
      lookup: async (host: string) => (host.startsWith('gone') ? [] : ['203.0.113.5']),
      isPublic: () => true,
      connect: () => connect({ host: '127.0.0.1', port }),
    };
    const hosts = ['files.example.com:80', '*.example.net']
      .map((host) => parseAllowedHost(host))
      .filter((one) => one !== null);
    await story({ hosts, network }, asked);
  } finally {
    server.close();
  }
}

const get = (...addresses: readonly string[]): string =>
  `mkdir -p deps && node -e '(async () => { for (const address of ${JSON.stringify(addresses)}) { const answer = await fetch(address); console.log(answer.status); require("fs").appendFileSync("deps/got", await answer.text()); if (!answer.ok) process.exit(4); } })()'`;

test('a command reaches hosts that are allowed, and no others, which are told and logged', () =>
  withServer(async (options, asked) => {
    const run = get('http://files.example.com/a');
    const prepared = await start(options).prepare(asking({ run, network: true }));
    expect(await seen(prepared, 'cat deps/got')).toBe('from afar\n');
    expect(asked).toEqual(['GET files.example.com/a']);
    const other = asking({ run: get('http://files.example.com/b', 'http://evil.example.org/'), network: true });
    const error = await refusal(start(options).prepare(other));
    expect(error.problem).toContain(
      'It asked for hosts that the operator of this app does not allow: `evil.example.org:80`.',
    );
    expect(asked).toHaveLength(2);
    expect(logs).toEqual([
      [expect.stringContaining('hosts refused'), { repository: 'a/b', hosts: ['evil.example.org:80'] }],
    ]);
  }));

test('without the word for it a command has no network, and nothing that leads there', () =>
  withServer(async (options, asked) => {
    const run = `ls /run > /tmp/run; env | grep -i proxy; test -s /tmp/run && exit 5; ${get('http://files.example.com/a')}`;
    const error = await refusal(start(options).prepare(asking({ run })));
    expect(error.problem).toContain('ended with exit code 1');
    expect(asked).toEqual([]);
  }));

test('an allowed host that does not answer is the weather’s fault', () =>
  withServer(async (options) => {
    const run = `mkdir deps; node -e 'fetch("http://gone.example.net/").then(() => {})'; node -e '
      require("http").request({ host: "127.0.0.1", port: 8118, method: "CONNECT", path: "gone.example.net:443" }).on("connect", (answer) => process.exit(answer.statusCode === 200 ? 0 : 7)).end()'`;
    const error = await refusal(start(options).prepare(asking({ run, network: true })));
    expect([error.name, error.message]).toEqual([
      'Weather',
      'dependencies could not be made, because `gone.example.net` could not be reached',
    ]);
    expect([await left('kept'), await making()]).toEqual([[], []]);
  }));

test('nothing of the app is to be found where a command runs that reaches the network', () =>
  withServer(async (options) => {
    const canary = 'canary-4711-of-the-app';
    process.env['CANARY_TOKEN'] = canary;
    await writeFile(join(stateDir, 'data-key'), canary);
    await symlink(join(stateDir, 'data-key'), join(stateDir, 'linked'));
    const run = `mkdir deps; cat /proc/*/environ /proc/*/cmdline ${stateDir}/data-key ${stateDir}/linked /run/* /work/* > deps/all 2>/dev/null; env >> deps/all; find / -xdev -type f -newer /proc/1 -size -1000k ! -path '/usr/*' -exec cat {} + >> deps/all 2>/dev/null; true`;
    const prepared = await start(options).prepare(asking({ run, network: true }));
    const all = await readFile(join(prepared.layers[0]?.host ?? '', 'all'), 'latin1');
    expect(all).toContain('npm_config_https_proxy=http://127.0.0.1:8118');
    expect(all).not.toContain(canary);
    delete process.env['CANARY_TOKEN'];
  }));

/** A package as a registry serves it. */
async function tarball(of: Readonly<Record<string, string>>): Promise<Buffer> {
  const { dir, dispose } = await repository(
    Object.fromEntries(Object.entries(of).map(([path, text]) => [`package/${path}`, text])),
  ).checkout();
  const tar = spawn('tar', ['-czf', '-', 'package'], { cwd: dir });
  const bytes = await buffer(tar.stdout);
  await dispose();
  return bytes;
}

test.skipIf(!existsSync('/usr/bin/npm'))(
  'npm takes its packages from a registry that is allowed, and runs their scripts',
  async () => {
    const script = 'touch ran; cat /work/secret > leaked || true';
    const bytes = await tarball({
      'package.json': JSON.stringify({ name: 'words', version: '1.0.0', scripts: { postinstall: script } }),
      'index.js': "module.exports = 'hello';\n",
    });
    const resolved = 'http://files.example.com/words/-/words-1.0.0.tgz';
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const words = { version: '1.0.0', resolved, integrity, hasInstallScript: true };
    const root = { name: 'shop', version: '1.0.0', dependencies: { words: '1.0.0' } };
    const lock = {
      name: 'shop',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: { '': root, 'node_modules/words': words },
    };
    const files = { 'package.json': JSON.stringify(root), 'package-lock.json': JSON.stringify(lock) };
    await withServer(async (options, asked) => {
      const npm = asking({
        run: '/usr/bin/npm ci',
        network: true,
        makes: ['node_modules'],
        repository: repository(files),
        timeout: 120,
      });
      const prepared = await start(options).prepare(npm);
      expect(asked).toEqual(['GET files.example.com/words/-/words-1.0.0.tgz']);
      expect(
        await seen(prepared, `node -p "require('words')"; ls node_modules/words; cat node_modules/words/leaked`),
      ).toBe('hello\nindex.js\nleaked\npackage.json\nran\n');
    }, bytes);
  },
);
