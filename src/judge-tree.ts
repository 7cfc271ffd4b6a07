import type { Role } from './domain/account.ts';
import type { ApprovedSpec } from './domain/approval.ts';
import type { Case } from './domain/case.ts';
import { answersOf, caseFilesOf } from './domain/case-files.ts';
import { judgeIntegrity, oracleGlobs } from './domain/integrity.ts';
import { type JudgedCase, judgeAll, judgeSpec, judgeStep } from './domain/judge.ts';
import type { Verdict } from './domain/verdict.ts';
import type { Ports } from './ports.ts';
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

async function bothSides(
  ports: Ports,
  base: Base,
  trees: { base: string; head: string },
  cases: readonly RoleCase[],
  signal?: AbortSignal,
): Promise<readonly JudgedCase[]> {
  if (cases.length === 0) return [];
  const side = async (tree: string) => {
    const checkout = await ports.repository.checkout(tree, answersOf(base.configuration));
    try {
      return await runCases(
        ports,
        base.configuration,
        checkout,
        cases.map(({ of }) => of),
        signal,
      );
    } finally {
      await checkout.dispose();
    }
  };
  const [before, after] = await Promise.all([side(trees.base), side(trees.head)]);
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
  const trees = { base: await ports.repository.treeOf(base.commit), head };
  const judged = await bothSides(ports, base, trees, openCases(base, approved), signal);
  const holdOuts = approved.spec['hold-outs'].map((of) => ({ of, role: 'hold-out' as const }));
  const judgedHoldOuts = await bothSides(ports, base, trees, holdOuts, signal);
  const spec = judgeSpec(
    [...judged.filter((j) => j.role !== 'pass-to-pass'), ...judgedHoldOuts],
    approved.spec['no-hold-out'],
  );
  const steps = base.configuration.steps.map((step) =>
    judgeStep(
      step.name,
      judged.filter((j) => j.role === 'pass-to-pass' && j.case.step === step.name),
    ),
  );
  return judgeAll(integrity, spec, steps);
}
