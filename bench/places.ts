import { execFileSync, spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gitMirrors } from '../src/adapters/git/mirrors.ts';
import type { GitAccess, Repository } from '../src/ports.ts';
import type { Benchmark, Measured, Row, Size } from './benchmark.ts';
import { median, row } from './support/figures.ts';
import { inPlace, type Place } from './support/place.ts';

const env = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};
const AUTHOR = 'alice <alice@example.com> 1700000000 +0000';

const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }).trim();

/** What commits hold: so many files of so many bytes each, of which each commit changes some. */
interface History {
  readonly files: number;
  readonly bytes: number;
  readonly commits: number;
  readonly changed: number;
}

const nameOf = (n: number): string => `src/part-${n % 97}/of-${n % 7}/file-${n}.txt`;

/** A repository as a server has it, whose texts nothing can be saved on. */
async function makeOrigin(dir: string, { files, bytes, commits, changed }: History): Promise<GitAccess> {
  await mkdir(dir);
  git(dir, 'init', '-q', '--bare', '-b', 'main');
  git(dir, 'config', 'uploadpack.allowFilter', 'true');
  const stream = join(dir, 'stream');
  const out = openSync(stream, 'w');
  const text = Buffer.alloc(bytes);
  for (let commit = 0, next = 0; commit <= commits; commit++) {
    writeSync(out, `commit refs/heads/main\ncommitter ${AUTHOR}\ndata 7\nchange\n`);
    for (let i = 0; i < (commit === 0 ? files : changed); i++, next++) {
      writeSync(out, `M 100644 inline ${nameOf(next % files)}\ndata ${bytes}\n`);
      writeSync(out, randomFillSync(text));
      writeSync(out, '\n');
    }
  }
  closeSync(out);
  const input = openSync(stream, 'r');
  const made = spawnSync('git', ['fast-import', '--quiet', '--depth=0'], {
    cwd: dir,
    env,
    stdio: [input, 'ignore', 'inherit'],
  });
  closeSync(input);
  if (made.status !== 0) throw new Error('git fast-import failed');
  await rm(stream);
  return { url: pathToFileURL(dir).href, token: null };
}

/** One more commit on main, as somebody pushes it. */
function pushOne(dir: string, text: string): void {
  const stream = `commit refs/heads/main\ncommitter ${AUTHOR}\ndata 4\nmore\nfrom refs/heads/main^0\nM 100644 inline ${nameOf(0)}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  execFileSync('git', ['fast-import', '--quiet'], {
    cwd: dir,
    env,
    input: stream,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
}

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function tipOf(repository: Repository): Promise<string> {
  const tip = await repository.branch('main');
  if (tip === null) throw new Error('nothing was fetched');
  return repository.treeOf(tip);
}

/** A tree laid out again, beside `git worktree add` on a bare clone. */
async function layOuts(
  place: Place,
  name: string,
  files: number,
  rounds: number,
): Promise<[ours: number[], git: number[]]> {
  const origin = join(place.folder, `${name}.git`);
  const access = await makeOrigin(origin, { files, bytes: 1500, commits: 0, changed: 0 });
  const clone = join(place.folder, `${name}-clone.git`);
  git(place.folder, 'clone', '-q', '--bare', access.url, clone);
  const repository = await gitMirrors({ stateDir: join(place.folder, 'state') }).open(`acme/${name}`);
  await repository.fetch(access);
  const worktree = join(place.folder, `${name}-worktree`);
  const ours = async (): Promise<number> => {
    let dispose = async () => {};
    const ms = await timed(async () => {
      dispose = (await repository.checkout(await tipOf(repository))).dispose;
    });
    await dispose();
    return ms;
  };
  const theirs = async (): Promise<number> => {
    const ms = await timed(() => git(clone, 'worktree', 'add', '-q', '--detach', worktree, 'main'));
    git(clone, 'worktree', 'remove', '--force', worktree);
    return ms;
  };
  // The first run, which finds out what there is.
  await ours();
  await theirs();
  const all: [number[], number[]] = [[], []];
  for (let i = 0; i < rounds; i++) {
    all[0].push(await ours());
    all[1].push(await theirs());
  }
  return all;
}

async function layOutRow(place: Place, files: number, rounds: number, goal?: number): Promise<Row> {
  const [measured, beside] = await layOuts(place, `files-${files}`, files, rounds);
  return row({
    figure: `a second run on ${files.toLocaleString('en')} files: its tree is laid out`,
    unit: 'ms',
    measured,
    beside: { name: '`git worktree add`', measured: beside },
    ...(goal !== undefined && { goal: { of: 'ratio', atMost: goal } }),
  });
}

/** A fresh clone, beside a mirror that fetches the one new commit and lays its tree out. */
async function cloneRow(place: Place, quick: boolean, rounds: number): Promise<Row> {
  const origin = join(place.folder, 'history.git');
  const history = { files: 500, bytes: 20_000, commits: quick ? 10 : 980, changed: 25 };
  const access = await makeOrigin(origin, history);
  const repository = await gitMirrors({ stateDir: join(place.folder, 'state') }).open('acme/history');
  await repository.fetch(access);
  const clone = join(place.folder, 'fresh');
  const clones: number[] = [];
  const [fetches, trees]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    pushOne(origin, `round ${round}\n`);
    clones.push(await timed(() => git(place.folder, 'clone', '-q', access.url, clone)));
    await rm(clone, { recursive: true });
    let dispose = async () => {};
    fetches.push(await timed(() => repository.fetch(access)));
    trees.push(
      await timed(async () => {
        dispose = (await repository.checkout(await tipOf(repository))).dispose;
      }),
    );
    await dispose();
  }
  const ours = fetches.map((ms, at) => ms + (trees[at] ?? 0));
  const told = (ms: readonly number[]) => `${Math.round(median(ms))} ms`;
  return row({
    figure: `a fresh clone of a history of ${quick ? 'some' : '500'} MB, as known agents make one for each run`,
    unit: 'ms',
    measured: clones,
    beside: { name: 'the mirror: one commit fetched, its tree laid out', measured: ours },
    goal: { of: 'ratio', atLeast: 10 },
    because: `the fetch takes ${told(fetches)}, and to lay 500 files of 20 kB out ${told(trees)}, which a clone does as well`,
  });
}

async function measure({ quick, rounds }: Size, place: Place): Promise<Measured> {
  const times = quick ? 1 : Math.max(5, rounds);
  return {
    rows: [
      await layOutRow(place, quick ? 200 : 5000, times, 1.3),
      await layOutRow(place, quick ? 1000 : 100_000, quick ? 1 : 3),
      await cloneRow(place, quick, times),
    ],
    notes: [
      'Files of 1.5 kB in some 700 folders. The mirror checks names, links and sizes of a tree once, leaves out no path here, and',
      'writes as many files at once as there are processors; `git worktree add` runs as git comes. Clone and fetch speak to git on',
      'the same disk, so no network slows the clone. From a disk a mirror is fetched whole.',
    ],
  };
}

export const places: Benchmark = {
  name: 'places',
  title: 'where work is done',
  about: 'A tree laid out from a mirror that is there, beside git’s own worktrees and a fresh clone.',
  run: (size) => inPlace((place) => measure(size, place)),
};
