import { execFileSync } from 'node:child_process';
import { bubblewrapSandbox } from '../../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { sandboxedSuites } from '../../../src/adapters/suites/sandboxed-suites.ts';
import { suitesOf } from '../../../src/compose.ts';
import { type ApprovedSpec, clearedSpec } from '../../../src/domain/approval.ts';
import type { Case } from '../../../src/domain/case.ts';
import { noAnswers } from '../../../src/domain/spec.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { judgeCandidate } from '../../../src/judge-candidate.ts';
import type { Ports } from '../../../src/ports.ts';
import { type Base, readBase } from '../../../src/read-base.ts';
import { makeRoom, type Room } from '../../git/support.ts';
import { shop } from './shop.ts';

/** Files that a candidate sets, or removes with null. */
export type Change = Readonly<Record<string, string | null>>;

/** An entry at the top of a candidate's tree. */
export interface Entry {
  readonly mode: '100644' | '100755' | '120000' | '160000';
  readonly name: string;
  readonly text: string;
}

/** What a candidate does to the tree of base. */
export interface Candidate {
  readonly change?: Change;
  readonly entries?: readonly Entry[];
}

/** Where candidates are judged as the app judges them: real git, the real sandbox, real suites, the real verdict. */
export interface Arena {
  judge(candidate: Candidate, about?: About): Promise<Verdict>;
}

/** What is otherwise in the repository or in the approved spec. */
export interface About {
  readonly base?: Change;
  readonly paths?: readonly string[];
  readonly guards?: readonly Case[];
}

const price = (name: string, thing: string, value: number): Case => ({
  name,
  step: 'price',
  input: { thing },
  expect: [{ path: '/price', op: 'eq', value }],
});

const spec = {
  title: 'The lamp costs 9',
  step: 'price',
  change: 'set-price',
  files: ['rules/price.json'],
  observed: 'The lamp costs 5.',
  expected: 'The lamp costs 9, however it is written.',
  quotes: [],
  acceptance: [price('the lamp costs 9', 'lamp', 9)],
  guards: [price('a chair keeps its price', 'Chair', 4)],
  'hold-outs': [price('asked loudly', 'LAMP', 9)],
  answers: noAnswers,
};

const approvedFor = (paths: readonly string[], guards: readonly Case[]): ApprovedSpec =>
  clearedSpec({
    kind: 'spec-approved',
    event: 1,
    by: 'alice',
    approvalHash: 'a',
    textHash: 'b',
    rubric: { id: 'set-price', hash: 'c' },
    paths: [...paths],
    spec: { ...spec, guards: [...guards] },
  });

function portsOf({ repository, stateDir }: Room): Ports {
  const sandbox = bubblewrapSandbox({ stateDir, firstUid: 64_200 });
  const suites = suitesOf({ suites: sandboxedSuites(sandbox), image: () => sandbox.image() }, 'acme/support');
  // Judging asks nothing else of the app.
  const ports = {
    repository,
    suites,
    ref: { repo: 'acme/support', issue: 7 },
    shipped: { rubrics: async () => ({}) },
    clock: { now: () => '2026-03-16T12:00:00.000Z' },
  };
  return ports as unknown as Ports;
}

/** The tree with entries added at its top, as no worktree could hold them. */
function withEntries(gitDir: string, tree: string, entries: readonly Entry[]): string {
  const git = (args: readonly string[], input: string | Buffer = '') =>
    execFileSync('git', ['--git-dir', gitDir, ...args], { input, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = entries.map(({ mode, name, text }) => {
    const id = mode === '160000' ? '1'.repeat(40) : git(['hash-object', '-w', '--stdin'], text).toString().trim();
    return `${mode} ${mode === '160000' ? 'commit' : 'blob'} ${id}\t${name}\0`;
  });
  const named = new Set(entries.map(({ name }) => name));
  const kept = git(['ls-tree', '-z', tree])
    .toString()
    .split('\0')
    .filter((line) => line !== '' && !named.has(line.split('\t')[1] ?? ''));
  const all = [...kept.map((line) => `${line}\0`), ...lines].join('');
  return git(['mktree', '-z', '--missing'], all).toString().trim();
}

async function baseOf(ports: Ports, room: Room, change: Change): Promise<Base> {
  const files = Object.entries({ ...shop, ...change }).filter((file): file is [string, string] => file[1] !== null);
  const read = await readBase(ports, await room.publish(Object.fromEntries(files)));
  if (!('base' in read)) throw new Error(JSON.stringify(read.problems));
  return read.base;
}

/** Opens an arena. Throws where untrusted code cannot run. */
export async function openArena(): Promise<Arena & Disposable> {
  const room = await makeRoom();
  const ports = portsOf(room);
  return {
    async judge({ change = {}, entries = [] }, { base: other = {}, paths = ['**'], guards = spec.guards } = {}) {
      const base = await baseOf(ports, room, other);
      const { repository } = room;
      const { gitDir, dispose } = await repository.checkout(await repository.treeOf(base.commit));
      await dispose();
      const changed = await repository.withFiles(await repository.treeOf(base.commit), change);
      const tree = entries.length === 0 ? changed : withEntries(gitDir, changed, entries);
      const candidate = { base: base.commit, tree };
      const { verdict } = await judgeCandidate(
        ports,
        base,
        approvedFor(paths, guards),
        candidate,
        AbortSignal.timeout(100_000),
      );
      return verdict;
    },
    [Symbol.dispose]: () => room[Symbol.dispose](),
  };
}

/** The checks that GitHub would show as failed, and the findings in them that did. */
export function failedIn(verdict: Verdict): Readonly<Record<string, readonly Verdict[]>> {
  const failed = (verdict.children ?? []).filter((check) => !check.passed);
  return Object.fromEntries(
    failed.map((check) => {
      const findings = (check.children ?? []).filter((finding) => !finding.passed);
      return [check.name, findings.length === 0 ? [check] : findings];
    }),
  );
}
