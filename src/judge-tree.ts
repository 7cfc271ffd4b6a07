import { isOfSuite, type Role } from './domain/account.ts';
import type { ApprovedSpec } from './domain/approval.ts';
import type { Case } from './domain/case.ts';
import { answersOf, caseFilesOf } from './domain/case-files.ts';
import { judgeIntegrity, oracleGlobs } from './domain/integrity.ts';
import { type JudgedCase, judgeAll, judgeSpec, judgeStep } from './domain/judge.ts';
import type { Verdict } from './domain/verdict.ts';
import type { Checkout, Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { runCases } from './run-cases.ts';

/** Largest diff that is searched for secrets. */
const DIFF_BYTES = 2_000_000;

/** The tree of base plus exactly the approved cases: what every candidate of this spec is measured from. */
const caseTreeOf = async (ports: Ports, base: Base, approved: ApprovedSpec): Promise<string> =>
  ports.repository.withFiles(
    await ports.repository.treeOf(base.commit),
    caseFilesOf(base.configuration.steps, approved.spec, ports.ref.issue),
  );

interface RoleCase {
  readonly of: Case;
  readonly role: Role;
}

function openCases(base: Base, approved: ApprovedSpec): readonly RoleCase[] {
  const standing = [...base.cases.values()].flat().map((of) => ({ of, role: 'pass-to-pass' as const }));
  return [
    ...standing,
    ...approved.spec.acceptance.map((of) => ({ of, role: 'red-to-green' as const })),
    ...approved.spec.guards.map((of) => ({ of, role: 'guard' as const })),
  ];
}

/** Both trees as they lie on disk. Runs only read them, so that one leaves nothing there for another. */
type Sides = readonly [base: Checkout, head: Checkout];

async function layOutBoth<T>(ports: Ports, base: Base, head: string, use: (sides: Sides) => Promise<T>): Promise<T> {
  const trees = [await ports.repository.treeOf(base.commit), head];
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

async function bothSides(
  ports: Ports,
  base: Base,
  sides: Sides,
  cases: readonly RoleCase[],
  signal?: AbortSignal,
): Promise<readonly JudgedCase[]> {
  if (cases.length === 0) return [];
  const these = cases.map(({ of }) => of);
  const runOn = (checkout: Checkout) => runCases(ports, base.configuration, checkout, these, signal);
  const [before, after] = await Promise.all([runOn(sides[0]), runOn(sides[1])]);
  const missing = { outcome: 'missing', because: 'not run' } as const;
  return cases.map(({ of, role }, i) => ({ case: of, role, base: before[i] ?? missing, head: after[i] ?? missing }));
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
 * the approved ones on both sides; hold-outs last, in sandboxes that share nothing with visible cases.
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
  const holdOuts = approved.spec['hold-outs'].map((of) => ({ of, role: 'hold-out' as const }));
  const [judged, judgedHoldOuts] = await layOutBoth(ports, base, head, async (sides) => {
    const seen = await bothSides(ports, base, sides, openCases(base, approved), signal);
    return [seen, await bothSides(ports, base, sides, holdOuts, signal)];
  });
  const spec = judgeSpec(
    [...judged.filter((j) => !isOfSuite(j.role)), ...judgedHoldOuts],
    approved.spec['no-hold-out'],
  );
  const steps = base.configuration.steps.map((step) =>
    judgeStep(
      step.name,
      judged.filter((j) => isOfSuite(j.role) && j.case.step === step.name),
    ),
  );
  return judgeAll(integrity, spec, steps);
}
