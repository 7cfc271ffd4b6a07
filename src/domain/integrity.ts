import { caseFolder } from './case-files.ts';
import type { Configuration } from './configuration.ts';
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
const ALWAYS = [
  '.github/**',
  '.git*',
  '**/.git*',
  '**/.git/**',
  '.gitattributes',
  '.husky/**',
  '**/package-lock.json',
  '**/npm-shrinkwrap.json',
  '**/yarn.lock',
  '**/pnpm-lock.yaml',
  '**/bun.lock*',
  '**/Cargo.lock',
  '**/go.sum',
  '**/poetry.lock',
  '**/uv.lock',
  '**/Gemfile.lock',
  '**/composer.lock',
  'AGENTS.md',
  '**/AGENTS.md',
  '**/CLAUDE.md',
];

/** Globs of everything a verdict depends on: suites, rubrics, configuration, workflows, stored tickets, lock files. */
export const oracleGlobs = (configuration: Configuration): readonly string[] => [
  ...ALWAYS,
  ...configuration.steps.flatMap((step) => [step.cases, `${caseFolder(step)}/**`]),
  `${configuration.rubrics}/**`,
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
  /** Unified diff of the candidate, for secrets; null when it was too large to read. */
  readonly diff: string | null;
}

/** Each way a candidate can cheat or stray, as one named finding. Every finding is made, so that all are shown at once. */
export function judgeIntegrity({ changes, paths, oracle, limits, diff }: IntegrityInput): Verdict {
  const finding = (
    name: string,
    good: string,
    bad: readonly string[],
    because: (bad: readonly string[]) => string,
  ): Verdict => ({
    name,
    passed: bad.length === 0,
    because: bad.length === 0 ? good : because(bad),
  });
  const touched = (test: (change: ChangedPath) => boolean) => changes.filter(test).map((change) => change.path);
  const isOracle = globMatcher(oracle, true);
  const isAllowed = globMatcher(paths);
  const lines = changes.reduce((sum, change) => sum + change.added + change.removed, 0);
  return allOf('integrity', [
    finding('changes', say.good.changes(changes.length), changes.length === 0 ? ['-'] : [], () => say.nothingChanged),
    finding(
      'names',
      say.good.names,
      touched((c) => !/^[^\p{Cc}\uFFFD]+$/u.test(c.path) || c.path.split('/').includes('..')),
      say.oddNames,
    ),
    finding(
      'oracle',
      say.good.oracle,
      touched((c) => isOracle(c.path)),
      say.touchesOracle,
    ),
    finding(
      'paths',
      say.good.paths,
      touched((c) => !isOracle(c.path) && !isAllowed(c.path)),
      (bad) => say.outsidePaths(bad, paths),
    ),
    finding(
      'links',
      say.good.links,
      touched((c) => c.newMode === '120000'),
      say.symlinks,
    ),
    finding(
      'submodules',
      say.good.submodules,
      touched((c) => c.newMode === '160000' || c.oldMode === '160000'),
      say.submodules,
    ),
    finding(
      'modes',
      say.good.modes,
      touched((c) => c.status !== 'added' && c.status !== 'deleted' && c.oldMode !== c.newMode),
      say.modes,
    ),
    finding(
      'executables',
      say.good.executables,
      touched((c) => c.status === 'added' && c.newMode === '100755'),
      say.executables,
    ),
    finding('size', say.good.size(lines), changes.length > limits.files || lines > limits.lines ? ['-'] : [], () =>
      say.tooLarge(changes.length, lines, limits),
    ),
    finding('secrets', say.good.secrets, diff === null || SECRET.test(diff) ? ['-'] : [], () =>
      diff === null ? say.diffTooLarge : say.secretFound,
    ),
  ]);
}
