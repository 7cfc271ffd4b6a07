import { clearedSpec } from '../../src/domain/approval.ts';
import { allowanceOf } from '../../src/domain/budget.ts';
import type { Case } from '../../src/domain/case.ts';
import type { Spec } from '../../src/domain/spec.ts';
import { nothingSpent } from '../../src/domain/spent.ts';
import { type Attempt, agentFor, implementSpec } from '../../src/implement-spec.ts';
import type { Ports } from '../../src/ports.ts';
import type { Base } from '../../src/read-base.ts';
import { runCases } from '../../src/run-cases.ts';

/** What the coding task came to: how many hold of how many there are. */
export interface CodingScore {
  readonly ended: string;
  readonly changed: readonly string[];
  readonly acceptance: string;
  readonly holdOuts: string;
  readonly guards: string;
  readonly suites: string;
}

/** A reader at a terminal is slower than a server. The budget shows in no request. */
const atLeisure = (base: Base): Base => ({
  ...base,
  configuration: { ...base.configuration, budget: { ...base.configuration.budget, minutes: 240, tokens: 1_000_000 } },
});

/** The first round once people have cleared this spec. */
function cleared(base: Base, spec: Spec): Attempt {
  const rubric = base.rubrics.find(({ change }) => change === spec.change);
  const change = base.configuration.changes[spec.change];
  if (rubric === undefined || change === undefined) throw new Error(`no change ${spec.change}`);
  const approved = clearedSpec({
    kind: 'spec-approved',
    event: 1,
    by: 'mara',
    approvalHash: '',
    textHash: '',
    rubric: { id: rubric.id, hash: rubric.hash },
    paths: change.paths,
    spec,
  });
  const { budget } = base.configuration;
  const allowance = allowanceOf(budget, { rejection: nothingSpent, day: nothingSpent });
  return { approved, rounds: [], round: 1, allowance };
}

/** Lets the product's agent implement the spec, and judges the tree that it leaves. */
export async function implement(ports: Ports, base: Base, spec: Spec): Promise<CodingScore> {
  const attempt = cleared(base, spec);
  const agent = agentFor(ports, base, attempt.approved);
  const fact = await implementSpec(ports, atLeisure(base), attempt, agent, new AbortController().signal);
  if (fact.kind !== 'round-ended') {
    const ended = `${fact.reason.code}: ${fact.reason.detail ?? ''}`;
    return { ended, changed: [], acceptance: '-', holdOuts: '-', guards: '-', suites: '-' };
  }
  const { tree } = fact.candidate;
  const changes = await ports.repository.changes(await ports.repository.treeOf(base.commit), tree);
  const judge = (cases: readonly Case[]) => passedOf(ports, base, tree, cases);
  return {
    ended: 'candidate',
    changed: changes.map(({ path }) => path),
    acceptance: await judge(spec.acceptance),
    holdOuts: await judge(spec['hold-outs']),
    guards: await judge(spec.guards),
    suites: await judge([...base.cases.values()].flat()),
  };
}

async function passedOf(ports: Ports, base: Base, tree: string, cases: readonly Case[]): Promise<string> {
  const checkout = await ports.repository.checkout(tree);
  try {
    const results = await runCases(ports, base.configuration, checkout, cases);
    return `${results.filter(({ outcome }) => outcome === 'pass').length} of ${cases.length}`;
  } finally {
    await checkout.dispose();
  }
}
