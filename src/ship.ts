import type { Approval } from './domain/approval.ts';
import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { LABELS } from './domain/labels.ts';
import * as say from './domain/messages/people.ts';
import type { At } from './domain/stage.ts';
import { GATE } from './domain/tell-checks.ts';
import type { Ports, PullRequest } from './ports.ts';
import type { Base } from './read-base.ts';

/** `judge`: base has moved, so what the merge would become has to be judged first. */
export type Shipped = { readonly facts: readonly Fact[] } | { readonly judge: { readonly base: string } };

const PASSING = new Set(['success', 'neutral', 'skipped']);

/** Why the checks on this head do not allow the merge; null when they do. */
async function refusalByChecks(ports: Ports, head: string, branch: string): Promise<Reason | null> {
  const checks = await ports.forge.checks(head);
  const gate = checks.find((check) => check.name === GATE && check.app === ports.forge.me.app);
  if (gate?.conclusion !== 'success') return { code: 'merge-required', detail: GATE };
  const required = await ports.forge.requiredChecks(branch);
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

async function refusalByRejection(ports: Ports): Promise<Reason | null> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open) return { code: 'merge-closed' };
  return issue.labels.includes(LABELS.clear) ? null : { code: 'merge-label', detail: LABELS.clear };
}

/** The judgement of what the merge into this base becomes; `null` when it has not been judged yet. */
async function mergeJudgement(
  ports: Ports,
  stage: At<'proposed'>,
  base: Base,
  head: string,
): Promise<FactOf<'judged'> | Reason | null> {
  const judgedHead = stage.judgements.findLast((j) => j.head === head && !j.merge);
  if (judgedHead?.base === base.commit) return judgedHead;
  const merged = await ports.repository.merge(base.commit, head);
  if ('conflicts' in merged) return { code: 'merge-conflict', detail: merged.conflicts.slice(0, 5).join(', ') };
  return stage.judgements.findLast((j) => j.base === base.commit && j.tree === merged.tree) ?? null;
}

const held = (stage: At<'proposed'>, head: string, reason: Reason): Shipped =>
  stage.held?.head === head && stage.held.reason.code === reason.code && stage.held.reason.detail === reason.detail
    ? { facts: [] }
    : { facts: [{ kind: 'merge-refused', head, reason }] };

/**
 * Merges exactly the approved commit. Everything is read again in this pass, after the approval and right before the
 * merge; whatever cannot be read stops it (invariants 1 and 12).
 */
export async function ship(
  ports: Ports,
  stage: At<'proposed'>,
  base: Base,
  pull: PullRequest,
  approval: Approval,
): Promise<Shipped> {
  const { head } = approval;
  const judged = await mergeJudgement(ports, stage, base, head);
  if (judged === null) return { judge: { base: base.commit } };
  if ('code' in judged) return held(stage, head, judged);
  if (!judged.verdict.passed) return held(stage, head, { code: 'merge-red', detail: judged.verdict.because });
  if (pull.draft) return held(stage, head, { code: 'merge-draft' });
  const refusal = (await refusalByRejection(ports)) ?? (await refusalByChecks(ports, head, base.branch));
  if (refusal !== null) return held(stage, head, refusal);
  const { spec, rubric, approvalHash } = stage.approved;
  const { pullRequest } = stage.proposal;
  const words = { spec, pullRequest, issue: ports.ref.issue, rubric, approvalHash, by: approval.by };
  const result = await ports.forge.merge(pullRequest, approval, say.commitMessage.merge(words));
  if (result.merged) return { facts: [{ kind: 'merged', sha: result.sha, head, by: approval.by }] };
  if (result.why === 'moved')
    return { facts: [{ kind: 'head-moved', head: (await ports.forge.pullRequest(pullRequest)).head, by: '' }] };
  return held(stage, head, { code: 'merge-refused', detail: result.message });
}
