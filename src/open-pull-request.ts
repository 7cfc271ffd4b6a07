import { caseFilesOf } from './domain/case-files.ts';
import type { Fact } from './domain/fact.ts';
import { canonical, hashOf } from './domain/hash.ts';
import { hasLabel, LABELS } from './domain/labels.ts';
import * as say from './domain/messages/people.ts';
import { textHashOf } from './domain/parse-rejection.ts';
import { keyOf } from './domain/rejection.ts';
import { parseSpecComment } from './domain/spec-comment.ts';
import type { At } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { tellChecks } from './domain/tell-checks.ts';
import type { Verdict } from './domain/verdict.ts';
import type { Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { refuseConfiguration } from './refuse-configuration.ts';
import { record } from './write-once.ts';

/** Reviewers asked at most. */
const REVIEWERS = 3;

interface Pushed {
  readonly head: string;
  /** Made just now: nothing can hang on it yet. */
  readonly fresh: boolean;
}

/**
 * The branch of this attempt: the approved cases in a commit of ours, the candidate on top of it. Found again after a
 * crash by its content; `null` when somebody else's commits are on it.
 */
async function pushBranch(ports: Ports, base: Base, stage: At<'proven'>, branch: string): Promise<Pushed | null> {
  const { repository, forge, ref } = ports;
  const { intents, last } = standingOf(await ports.ledger.read(keyOf(ref)));
  const found = await repository.branch(branch);
  // Found by name and content alone, it could be somebody's: it is ours only if we meant to push exactly it.
  if (found !== null) return intents.includes(`push ${found}`) ? { head: found, fresh: false } : null;
  const { spec } = stage.approved;
  const files = caseFilesOf(base.configuration.steps, spec, ref.issue);
  const caseTree = await repository.withFiles(await repository.treeOf(stage.judged.base), files);
  const cases = await repository.commit(caseTree, [stage.judged.base], say.commitMessage.cases(ref.issue));
  const head = await repository.commit(stage.judged.tree, [cases], say.commitMessage.fix(spec, ref.issue));
  await record(ports, last, [{ kind: 'intent', what: `push ${head}` }]);
  const pushed = await repository.push(await forge.gitAccess(true), head, branch, null);
  return pushed ? { head, fresh: true } : null;
}

/** Whether the rejection is still what was cleared: open, with its label, its text and its spec untouched. */
async function stillCleared(ports: Ports, stage: At<'proven'>): Promise<Fact | null> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open) return { kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' };
  if (!hasLabel(issue.labels, LABELS.clear)) return { kind: 'stopped', reason: { code: 'label-removed' } };
  const { approved, draft } = stage;
  const comment = await ports.forge.comment(draft.comment);
  const parsed = parseSpecComment(comment?.body ?? '');
  const same = 'spec' in parsed && canonical(parsed.spec) === canonical(approved.spec);
  return same && textHashOf(issue) === approved.textHash
    ? null
    : { kind: 'stopped', reason: { code: 'clear-text-changed' } };
}

const fixedNames = (verdict: Verdict): readonly string[] =>
  (verdict.children?.find((child) => child.name === 'spec')?.children ?? [])
    .filter((c) => c.because === 'red on base, green now')
    .map((c) => c.name);

const keptWords = (verdict: Verdict): string =>
  (verdict.children ?? [])
    .filter((child) => child.name.startsWith('step '))
    .map((child) => `${child.name}: ${child.because}`)
    .join('; ');

/** Posts one check per step, one for the spec, one for integrity, and the gate, all on exactly this head. */
export async function postChecks(ports: Ports, head: string, verdict: Verdict, look: boolean): Promise<Fact> {
  const verdictHash = hashOf(verdict);
  await ports.forge.postChecks(head, verdictHash.slice(0, 32), tellChecks(verdict), look);
  return { kind: 'checks-posted', head, verdictHash, green: verdict.passed };
}

/** Proposes a proven candidate: branch, pull request with the evidence, checks, and the people who may approve it. */
export async function openPullRequest(ports: Ports, stage: At<'proven'>, reporter: string): Promise<readonly Fact[]> {
  // Fetched first, for the kill switch and for the branch that a crash may have left behind.
  await readBase(ports);
  const read = await readBase(ports, stage.judged.base);
  if ('problems' in read) return refuseConfiguration(ports, read.problems);
  const { base } = read;
  const changed = await stillCleared(ports, stage);
  if (changed !== null) return [changed];
  const { spec, by, rubric, approvalHash } = stage.approved;
  const branch = `corrigible/${ports.ref.issue}-${stage.attempt}`;
  const pushed = await pushBranch(ports, base, stage, branch);
  if (pushed === null) return [{ kind: 'stopped', reason: { code: 'branch-taken', detail: branch } }];
  const { head } = pushed;
  const { verdict } = stage.judged;
  const body = say.pullRequestBody({
    issue: ports.ref.issue,
    spec,
    requester: by,
    reporter,
    rubric,
    approvalHash,
    fixed: fixedNames(verdict),
    kept: keptWords(verdict),
    base: base.commit,
  });
  const pullRequest = await ports.forge.openPullRequest({
    branch,
    base: base.branch,
    title: say.pullRequestTitle(spec),
    body,
  });
  const checks = await postChecks(ports, head, verdict, !pushed.fresh);
  const { solo } = base.configuration;
  const writers = (await ports.forge.writers()).filter((login) => solo || login !== by);
  if (writers.length > 0) await ports.forge.requestReview(pullRequest, writers.slice(0, REVIEWERS));
  const opened = { pullRequest, branch, base: base.commit, head, tree: stage.judged.tree, solo };
  return [{ kind: 'pull-request-opened', ...opened }, checks];
}
