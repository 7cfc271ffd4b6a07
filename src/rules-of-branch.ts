import { readCodeOwners } from './code-owners.ts';
import { mayWrite } from './domain/approval.ts';
import { missingOwners } from './domain/code-owners.ts';
import type { Reason } from './domain/fact.ts';
import { GATE } from './domain/tell-checks.ts';
import type { BranchRules, Ports, RequiredCheck } from './ports.ts';
import type { Base } from './read-base.ts';

const PASSING = new Set(['success', 'neutral', 'skipped']);

/** An approved head, and whose approval GitHub counts. */
interface Approved {
  readonly base: Base;
  readonly head: string;
  readonly pull: number;
  readonly approvers: readonly string[];
}

/**
 * What the rules of the base branch still want, in words of ours, before GitHub is asked to merge; null where nothing that
 * can be read stands against it. Never stricter than GitHub about reviews: what it alone can know it decides.
 */
export async function refusalByRules(ports: Ports, on: Approved, required: BranchRules): Promise<Reason | null> {
  const checks = await ports.forge.checks(on.head);
  const gate = checks.find((check) => check.name === GATE && check.app === ports.forge.me.app);
  if (gate?.conclusion !== 'success') return { code: 'merge-required', detail: GATE };
  return (
    (await byChecks(ports, on.head, checks, required.checks)) ??
    byApprovals(on, required) ??
    (await byCodeOwners(ports, on, required)) ??
    (await byConversations(ports, on, required))
  );
}

async function byChecks(
  ports: Ports,
  head: string,
  checks: Awaited<ReturnType<Ports['forge']['checks']>>,
  required: readonly RequiredCheck[],
): Promise<Reason | null> {
  const unmet = required.filter(
    ({ name, app }) =>
      !checks.some((c) => c.name === name && (app === null || c.app === app) && PASSING.has(c.conclusion ?? '')),
  );
  if (unmet.length === 0) return null;
  const statuses = await ports.forge.statuses(head);
  const missing = unmet.filter(
    ({ name, app }) =>
      app !== null ||
      checks.some((c) => c.name === name) ||
      !statuses.some((s) => s.name === name && s.state === 'success'),
  );
  return missing.length === 0
    ? null
    : { code: 'merge-required', detail: missing.map(({ name }) => `\`${name}\``).join(', ') };
}

function byApprovals({ approvers }: Approved, { approvals }: BranchRules): Reason | null {
  const missing = approvals - approvers.length;
  return missing > 0 ? { code: 'merge-approvals', detail: String(missing) } : null;
}

async function byCodeOwners(
  ports: Ports,
  { base, head, approvers }: Approved,
  { codeOwners }: BranchRules,
): Promise<Reason | null> {
  if (!codeOwners) return null;
  const { repository, forge } = ports;
  const ownersOf = await readCodeOwners(ports, base.commit);
  const from = (await repository.mergeBase(base.commit, head)) ?? base.commit;
  const paths = (await repository.changes(from, head)).map(({ path }) => path);
  const waiting = missingOwners(ownersOf, paths, approvers);
  const writers = new Set<string>();
  for (const login of new Set(waiting.flatMap(({ people }) => people)))
    if (mayWrite(await forge.permission(login))) writers.add(login);
  // Who may not write is no owner to GitHub, and a path without one needs nobody.
  const lines = waiting.flatMap(({ path, people }) => {
    const able = people.filter((login) => writers.has(login));
    return able.length === 0 ? [] : [`${able.join(',')} ${path}`];
  });
  return lines.length === 0 ? null : { code: 'merge-code-owners', detail: lines.slice(0, 3).join('\n') };
}

async function byConversations(
  ports: Ports,
  { pull }: Approved,
  { conversations }: BranchRules,
): Promise<Reason | null> {
  if (!conversations) return null;
  const open = (await ports.forge.reviewThreads(pull)).filter(({ isResolved }) => !isResolved);
  return open.length === 0 ? null : { code: 'merge-conversations', detail: String(open.length) };
}
