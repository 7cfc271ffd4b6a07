import { caseFolder } from './case-files.ts';
import type { Configuration } from './configuration.ts';
import { dependencyGlobs } from './dependencies.ts';
import { globMatcher } from './glob.ts';
import * as say from './messages/gate.ts';
import { allOf, type Verdict } from './verdict.ts';

/** One changed path of a candidate, as `git diff-tree --raw` tells it. */
export interface ChangedPath {
  readonly path: string;
  readonly status: 'added' | 'deleted' | 'modified' | 'type-changed';
  readonly oldMode: string;
  readonly newMode: string;
  readonly added: number;
  readonly removed: number;
}

/** Files that decide how the repository is judged, whatever its configuration says. */
export const ALWAYS_ORACLE = [
  '.github/**',
  '**/.git*/**',
  '.husky/**',
  '**/node_modules/**',
  '**/.npmrc',
  // What dependencies are pinned by, of whatever tool.
  '**/*.lock',
  '**/*.lockb',
  '**/*.lockfile',
  '**/package-lock.json',
  '**/packages.lock.json',
  '**/npm-shrinkwrap.json',
  '**/pnpm-lock.yaml',
  '**/go.sum',
  '**/Package.resolved',
  'AGENTS.md',
  '**/AGENTS.md',
  '**/CLAUDE.md',
];

/** Files by which the tools of suites that leave reports are told what to run, and how: they are read unasked. */
const TOOL_FILES = [
  ...['vitest', 'vite', 'jest', 'ava', 'babel', 'playwright', 'cypress'].map((tool) => `**/${tool}.config.*`),
  ...['vitest.workspace.*', 'karma.conf.*', '.mocharc*', '.taprc*', '.babelrc*', '.swcrc', 'package.json'],
  ...['conftest.py', 'pytest.ini', '.pytest.ini', 'tox.ini', 'setup.cfg', 'pyproject.toml', 'sitecustomize.py'],
  ...['usercustomize.py', 'promptfooconfig.*', 'pom.xml', 'build.gradle*', '.rspec', 'phpunit.xml*', 'Makefile'],
  ...['GNUmakefile', 'makefile', 'bunfig.toml'],
  // What a test's output is compared with.
  ...['__snapshots__/**', '*.snap', '*.ambr', '*.approved.*'],
].map((file) => (file.startsWith('**/') ? file : `**/${file}`));

/**
 * Globs of everything a verdict depends on: suites, rubrics, configuration, workflows, stored tickets, lock files, and what
 * dependencies are made of.
 */
export const oracleGlobs = (configuration: Configuration): readonly string[] => [
  ...ALWAYS_ORACLE,
  ...configuration.steps.flatMap((step) => [step.cases, `${caseFolder(step)}/**`, ...(step.report?.oracle ?? [])]),
  ...(configuration.steps.some(({ report }) => report !== undefined) ? TOOL_FILES : []),
  `${configuration.rubrics}/**`,
  ...dependencyGlobs(configuration),
  ...(configuration.tickets === undefined ? [] : [`${configuration.tickets}/**`]),
];

const SECRET =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[opsur]_[A-Za-z0-9_.-]{20,}|\bgithub_pat_\w{20,}|\bsk-[A-Za-z0-9_-]{20,}|\bAKIA[A-Z0-9]{16}\b/;

export interface IntegrityInput {
  readonly changes: readonly ChangedPath[];
  /** Globs of the change kind that was approved. */
  readonly paths: readonly string[];
  readonly oracle: readonly string[];
  readonly limits: { readonly lines: number; readonly files: number };
  /** Unified diff of the candidate, for secrets and long lines; null when it was too large to read. */
  readonly diff: string | null;
}

type FileFinding = readonly [
  name: 'names' | 'oracle' | 'paths' | 'links' | 'submodules' | 'modes' | 'executables',
  words: (paths: readonly string[]) => string,
  bad: (change: ChangedPath) => boolean,
];

/** What may be wrong with a changed file. */
function fileFindings({ paths, oracle }: IntegrityInput): readonly FileFinding[] {
  const isOracle = globMatcher(oracle, true);
  const isAllowed = globMatcher(paths);
  return [
    ['names', say.oddNames, (c) => !/^[^\p{Cc}\uFFFD]+$/u.test(c.path) || c.path.split('/').includes('..')],
    ['oracle', say.touchesOracle, (c) => isOracle(c.path)],
    ['paths', (bad) => say.outsidePaths(bad, paths), (c) => !isOracle(c.path) && !isAllowed(c.path)],
    ['links', say.symlinks, (c) => c.newMode === '120000'],
    ['submodules', say.submodules, (c) => c.newMode === '160000' || c.oldMode === '160000'],
    ['modes', say.modes, (c) => c.status !== 'added' && c.status !== 'deleted' && c.oldMode !== c.newMode],
    ['executables', say.executables, (c) => c.status === 'added' && c.newMode === '100755'],
  ];
}

/** A line counts once for each so many characters that it begins, so that a whole file in one line is not one line. */
const LINE = 400;

/** Changed lines: as git counts them, and what long ones count beyond that. */
function changedLines({ changes, diff }: IntegrityInput): number {
  let lines = changes.reduce((sum, change) => sum + change.added + change.removed, 0);
  for (const line of (diff ?? '').split('\n'))
    if (/^[+-]/.test(line)) lines += Math.max(0, Math.ceil((line.length - 1) / LINE) - 1);
  return lines;
}

const finding = (name: string, passed: boolean, good: string, bad: () => string): Verdict => ({
  name,
  passed,
  because: passed ? good : bad(),
});

/** Each way a candidate can cheat or stray, as one named finding. Every finding is made, so that all are shown at once. */
export function judgeIntegrity(input: IntegrityInput): Verdict {
  const { changes, limits, diff } = input;
  const lines = changedLines(input);
  const files = fileFindings(input).map(([name, words, bad]) => {
    const paths = changes.filter(bad).map((change) => change.path);
    return finding(name, paths.length === 0, say.good[name], () => words(paths));
  });
  const fits = changes.length <= limits.files && lines <= limits.lines;
  const clean = diff !== null && !SECRET.test(diff);
  return allOf('integrity', [
    finding('changes', changes.length > 0, say.good.changes(changes.length), () => say.nothingChanged),
    ...files,
    finding('size', fits, say.good.size(lines), () => say.tooLarge(changes.length, lines, limits, LINE)),
    finding('secrets', clean, say.good.secrets, () => (diff === null ? say.diffTooLarge : say.secretFound)),
  ]);
}
