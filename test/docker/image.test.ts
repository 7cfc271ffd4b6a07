import { execFile, spawn } from 'node:child_process';
import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';
import { readSettings } from '../../src/read-settings.ts';
import { reachableFrom } from '../support/module-graph.ts';
import { buildImage, filesOf, type Image, makeContext, parseDockerfile } from './image.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
const { privateKey } = makeAppIdentity(1, 'app');
let folder: string;
let image: Image;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corrigible-image-'));
  image = await buildImage(ROOT, folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the image's own Node on arguments, in its folder, with its environment and nothing else. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const state = { STATE_DIR: image.at(image.env['STATE_DIR'] ?? '') };
  const whole = { PATH: '/usr/bin:/bin', ...image.env, ...state, ...env };
  return new Promise<{ code: number | string | null; stdout: string; stderr: string }>((done) => {
    execFile(process.execPath, [...args], { cwd: image.at('.'), env: whole }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : (error.code ?? null), stdout, stderr }),
    );
  });
}

test('it holds the program, the rubrics that ship, and nothing that only tests need', async () => {
  const files = await filesOf(image.at('.'));
  expect([...new Set(files.map((file) => file.split('/')[0]))]).toEqual(['LICENSE', 'package.json', 'rubrics', 'src']);
  expect(files).toContain('rubrics/generic.md');
});

test('its packages are those of production', async () => {
  await expect(lstat(image.at('node_modules/vitest'))).rejects.toThrow('ENOENT');
  await expect(lstat(image.at('node_modules/probot'))).resolves.toBeDefined();
});

test('every file and package that `serve` needs is there, and nothing of the local forge is reached', async () => {
  const { files, packages } = await reachableFrom(image.at('.'), 'src/cli/serve.ts');
  expect([...files].filter((file) => file.startsWith('src/forge/'))).toEqual([]);
  const { dependencies } = JSON.parse(await readFile(image.at('package.json'), 'utf8'));
  expect([...packages].filter((name) => !(name in dependencies))).toEqual([]);
});

test('it runs as somebody else than root, from where its command is, with what the sandbox needs', () => {
  expect({ user: image.user, workdir: image.workdir, packages: image.packages, ports: image.ports }).toEqual({
    user: 'node',
    workdir: '/app',
    packages: ['bubblewrap', 'ca-certificates', 'git'],
    ports: ['3000'],
  });
  expect(image.command).toEqual(['node', 'src/cli/main.ts', 'serve']);
});

test('its state lies on a volume that its user owns, and it listens to the outside', async () => {
  const { HOST, PORT, STATE_DIR = '' } = image.env;
  expect([HOST, PORT, image.volumes]).toEqual(['0.0.0.0', '3000', [STATE_DIR]]);
  // Whoever made it owns it: that step comes after USER.
  const steps = parseDockerfile(text).map((step) => `${step.what} ${step.text}`);
  expect(steps.findIndex((step) => step.startsWith('RUN mkdir'))).toBeGreaterThan(steps.indexOf('USER node'));
  expect((await lstat(image.at(STATE_DIR))).mode & 0o777).toBe(0o711);
  const own = { APP_ID: '1', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: 'x'.repeat(20) };
  expect(readSettings({ ...image.env, ...own })).toMatchObject({ settings: { host: '0.0.0.0', port: 3000 } });
});

test('it tells the options that the sandbox needs', () => {
  for (const option of ['systempaths=unconfined', 'seccomp=docker/seccomp.json', '--cap-drop all', 'no-new-privileges'])
    expect(text).toContain(option);
  expect(text).toMatch(/Never use --privileged/);
});

test('with production packages alone the command line tells its commands', async () => {
  const { code, stdout, stderr } = await start(['src/cli/main.ts', '--help']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('serve');
});

test('with production packages alone `serve` refuses in words when the secret is missing', async () => {
  const own = { APP_ID: '1', PRIVATE_KEY: privateKey };
  const { code, stderr } = await start(image.command.slice(1), own);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Corrigible does not start:\n {2}WEBHOOK_SECRET: /);
});

test('the health check asks the port that it listens on, and fails when nobody answers', async () => {
  const [, ...args] = image.healthcheck;
  expect((await start(args, { PORT: '1' })).code).toBe(1);
  const server = spawn(process.execPath, [
    '-e',
    'require("http").createServer((q, r) => r.writeHead(q.url === "/healthz" ? 200 : 404).end()).listen(0, "127.0.0.1", function () { console.log(this.address().port) })',
  ]);
  try {
    const port = await new Promise<string>((done) => server.stdout.once('data', (data) => done(String(data).trim())));
    expect((await start(args, { PORT: port })).code).toBe(0);
  } finally {
    server.kill();
  }
});

test.each([
  ['src/app.ts', true],
  ['rubrics/generic.md', true],
  ['.env', false],
  ['.git/config', false],
  ['state/database', false],
  ['node_modules/zod/index.js', false],
  ['test/docker/image.ts', false],
])('%s is sent to Docker: %s', async (path, sent) => {
  expect(makeContext(await readFile(join(ROOT, '.dockerignore'), 'utf8'))(path)).toBe(sent);
});
