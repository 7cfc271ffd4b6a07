import { isOfSuite } from './domain/account.ts';
import type { ApprovedSpec } from './domain/approval.ts';
import { answersOf, caseFilesOf } from './domain/case-files.ts';
import { judgeIntegrity, oracleGlobs } from './domain/integrity.ts';
import { judgeAll, judgeSpec } from './domain/judge.ts';
import { judgeSteps } from './domain/noise/apply-quarantine.ts';
import type { Verdict } from './domain/verdict.ts';
import { judgeCases, type RoleCase, type Sides } from './judge-cases.ts';
import { apartOfSpec, judgeHoldOuts } from './judge-hold-outs.ts';
import type { Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { runReports } from './run-reports.ts';

/** Largest diff that is searched for secrets. */
const DIFF_BYTES = 2_000_000;

/** The tree of base plus exactly the approved cases: what every candidate of this spec is measured from. */
const caseTreeOf = async (ports: Ports, base: Base, approved: ApprovedSpec): Promise<string> =>
  ports.repository.withFiles(
    await ports.repository.treeOf(base.commit),
    caseFilesOf(base.configuration.steps, approved.spec, ports.ref.issue),
  );

/** All that is run at first. */
const openCases = (base: Base, approved: ApprovedSpec): readonly RoleCase[] => [
  ...[...base.cases.values()].flat().map((of) => ({ of, role: 'pass-to-pass' as const })),
  ...apartOfSpec(base.configuration, approved.spec),
];

async function layOutBoth<T>(
  ports: Ports,
  base: Base,
  trees: readonly [base: string, head: string],
  use: (sides: Sides) => Promise<T>,
): Promise<T> {
  const answers = answersOf(base.configuration);
  const laying = await Promise.allSettled(trees.map((tree) => ports.repository.checkout(tree, answers)));
  const laid = laying.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    for (const one of laying) if (one.status === 'rejected') throw one.reason;
    const [before, after] = laid;
    if (before === undefined || after === undefined) throw new Error('two trees were asked for');
    return await use([before, after]);
  } finally {
    await Promise.all(laid.map((checkout) => checkout.dispose()));
  }
}

async function integrityOf(ports: Ports, base: Base, approved: ApprovedSpec, head: string): Promise<Verdict> {
  const from = await caseTreeOf(ports, base, approved);
  const budget = base.configuration.budget;
  const diff = await ports.repository.diff(from, head, DIFF_BYTES);
  return judgeIntegrity({
    changes: await ports.repository.changes(from, head),
    paths: approved.paths,
    oracle: oracleGlobs(base.configuration),
    limits: { lines: budget['diff-lines'], files: budget['diff-files'] },
    diff: diff.length >= DIFF_BYTES ? null : diff,
  });
}

/**
 * Judges a tree against base: integrity first, and nothing of a tree that fails it is run; then every step's cases and
 * the approved ones on both sides. No process that sees a hold-out has an output that is shown.
 */
export async function judgeTree(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  head: string,
  signal?: AbortSignal,
): Promise<Verdict> {
  const integrity = await integrityOf(ports, base, approved, head);
  if (!integrity.passed) return { ...integrity, name: 'gate', children: [integrity] };
  const trees = [await ports.repository.treeOf(base.commit), head] as const;
  const reported = await runReports(ports, base.configuration, trees, signal);
  const [judged, judgedHoldOuts] = await layOutBoth(ports, base, trees, async (sides) => {
    const seen = await judgeCases(ports, base.configuration, sides, openCases(base, approved), signal);
    return [seen, await judgeHoldOuts(ports, base.configuration, sides, approved.spec, seen, signal)];
  });
  const spec = judgeSpec(
    [...judged.filter((j) => !isOfSuite(j.role)), ...judgedHoldOuts],
    approved.spec['no-hold-out'],
  );
  const today = ports.clock.now().slice(0, 10);
  const steps = judgeSteps(base.configuration.steps, [...judged, ...reported], base.quarantine, today);
  return judgeAll(integrity, spec, steps);
}
