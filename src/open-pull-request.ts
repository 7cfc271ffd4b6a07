import { carryCandidate } from './carry-candidate.ts';
import { chooseReviewers } from './code-owners.ts';
import { caseFilesOf } from './domain/case-files.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import { canonical } from './domain/hash.ts';
import { hasLabel, LABELS } from './domain/labels.ts';
import * as say from './domain/messages/people.ts';
import { choice } from './domain/messages/rounds.ts';
import { transcript } from './domain/messages/transcript.ts';
import { keyOf } from './domain/rejection.ts';
import { parseSpecComment } from './domain/spec-comment.ts';
import type { At } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { placeName } from './domain/transcript/line.ts';
import type { Verdict } from './domain/verdict.ts';
import type { Permit, Ports } from './ports.ts';
import { postChecks } from './post-checks.ts';
import { pushBranch } from './push-branch.ts';
import { type Base, readBase } from './read-base.ts';
import { textHashNow } from './read-text.ts';
import { refuseConfiguration } from './refuse-configuration.ts';
import { tellReportOf } from './show-report.ts';
import { asWritten } from './with-attached.ts';
import { write } from './write-once.ts';

/** Whether a commit of ours carries what was judged, on what it was judged against. */
async function isJudged({ repository }: Ports, head: string, { tree, base }: FactOf<'judged'>): Promise<boolean> {
  const [cases = ''] = await repository.parents(head);
  return (await repository.treeOf(head)) === tree && (await repository.parents(cases))[0] === base;
}

/** The head of this attempt: the approved cases in a commit of ours, the candidate on top of it. */
async function commitFix({ repository, ref }: Ports, base: Base, stage: At<'proven'>): Promise<string> {
  const { spec, rubric, approvalHash } = stage.approved;
  const origin = { issue: ref.issue, spec, rubric, approvalHash };
  const files = caseFilesOf(base.configuration.steps, stage.approved, ref.issue);
  const caseTree = await repository.withFiles(await repository.treeOf(stage.judged.base), files);
  const cases = await repository.commit(caseTree, [stage.judged.base], say.commitMessage.cases(origin));
  return repository.commit(stage.judged.tree, [cases], say.commitMessage.fix(origin));
}

/** Whether the rejection is still what was cleared: open, with its label, its text and its spec untouched. */
async function stillCleared(ports: Ports, stage: At<'proven'>): Promise<Fact | null> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open) return { kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' };
  if (!hasLabel(issue.labels, LABELS.clear)) return { kind: 'stopped', reason: { code: 'label-removed' } };
  const { approved, draft } = stage;
  const comment = await ports.forge.comment(draft.comment);
  const parsed = parseSpecComment(comment?.body ?? '');
  const same = 'spec' in parsed && canonical(parsed.spec) === canonical(asWritten(approved.spec, parsed.spec));
  return same && (await textHashNow(ports, issue)) === approved.textHash
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

/** Of several candidates, the page of the one that is proposed. */
const placePath = ({ round, chosen }: At<'proven'>): string => placeName({ round, candidate: chosen?.n ?? 1 });

/** Proposes a proven candidate: branch, pull request with the evidence, checks, and the people who may approve it. */
export async function openPullRequest(ports: Ports, stage: At<'proven'>, reporter: string): Promise<readonly Fact[]> {
  // Fetched first, for the kill switch and for the branch that a crash may have left behind.
  const today = await readBase(ports);
  const read = await readBase(ports, stage.judged.base);
  if ('problems' in read) return refuseConfiguration(ports, read.problems);
  const { base } = read;
  const changed = await stillCleared(ports, stage);
  if (changed !== null) return [changed];
  const { spec, by, rubric, approvalHash } = stage.approved;
  const branch = `corrigible/${ports.ref.issue}-${stage.attempt}`;
  const carried = 'base' in today ? await carryCandidate(ports, stage, today.base, `open ${branch}`) : null;
  if (carried !== null) return [carried];
  const make = () => commitFix(ports, base, stage);
  const head = await pushBranch(ports, branch, make, (there) => isJudged(ports, there, stage.judged));
  if (head === null) return [{ kind: 'stopped', reason: { code: 'branch-taken', detail: branch } }];
  const { verdict } = stage.judged;
  const told = await tellReportOf(
    ports,
    standingOf(await ports.ledger.read(keyOf(ports.ref))),
    stage.judged.tree,
    head,
  );
  const { solo } = base.configuration;
  const seen = ports.pages.transcriptAddress(keyOf(ports.ref), stage.approved.event);
  const reviewers = await chooseReviewers(ports, { base: base.commit, head, not: solo ? null : by });
  const body = say.pullRequestBody({
    issue: ports.ref.issue,
    spec,
    next: reviewers[0] ?? null,
    not: solo ? null : by,
    requester: by,
    reporter,
    rubric,
    approvalHash,
    fixed: fixedNames(verdict),
    kept: [keptWords(verdict), ...(stage.chosen === null ? [] : [choice(stage.chosen)])],
    base: base.commit,
    report: told?.whole ?? '',
    transcript: seen === null ? '' : transcript.link(`${seen.address}/${placePath(stage)}`, seen.days),
  });
  const from = { branch, base: base.branch, title: say.pullRequestTitle(spec), body };
  const open = (permit: Permit) => ports.forge.openPullRequest(permit, from);
  const pullRequest = await write(ports, `open ${branch}`, open, 1);
  const checks = await postChecks(ports, head, verdict, { report: told?.brief, until: stage.judged.until });
  for (const asked of reviewers)
    if (await write(ports, `ask ${branch}`, (permit) => ports.forge.requestReview(permit, pullRequest, asked))) break;
  const opened = { pullRequest, branch, base: base.commit, head, tree: stage.judged.tree, solo };
  return [{ kind: 'pull-request-opened', ...opened }, checks];
}
