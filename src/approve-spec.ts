import { checkSpec } from './check-spec.ts';
import { mayWrite } from './domain/approval.ts';
import type { Fact, Reason } from './domain/fact.ts';
import { hashText } from './domain/hash.ts';
import { hasLabel, isLabel, LABELS } from './domain/labels.ts';
import { specProblem as say, specWarning } from './domain/messages/people.ts';
import { parseRejection, textHashOf, wordsOf } from './domain/parse-rejection.ts';
import { byOf, personOf } from './domain/person.ts';
import { redactor } from './domain/redact.ts';
import { keyOf } from './domain/rejection.ts';
import type { RubricStamp, Spec } from './domain/spec.ts';
import { approvalHashOf, guardsMissing, objection, parseSpecComment } from './domain/spec-comment.ts';
import type { At } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Comment, Issue, LabelEvent, Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { refuseConfiguration } from './refuse-configuration.ts';
import { showStatus } from './show-status.ts';

interface Content {
  readonly spec: Spec;
  readonly paths: readonly string[];
  readonly rubric: RubricStamp;
  readonly approvalHash: string;
}

/** What the spec comment says now. Cheap: nothing is run. */
function readContent(
  stage: At<'drafted'>,
  base: Base,
  issue: Issue,
  comment: Comment,
): Content | { problems: readonly string[] } {
  const parsed = parseSpecComment(comment.body);
  if ('problems' in parsed) return parsed;
  const { spec } = parsed;
  const found = base.rubrics.find((rubric) => rubric.id === stage.draft.rubric.id);
  const rubric = found === undefined ? stage.draft.rubric : { id: found.id, hash: found.hash };
  const paths = base.configuration.changes[spec.change]?.paths ?? [];
  return { spec, paths, rubric, approvalHash: approvalHashOf({ textHash: textHashOf(issue), spec, paths, rubric }) };
}

/** Everything that stands against starting the spec. Dear: its cases are run on base. */
async function problemsOf(
  ports: Ports,
  stage: At<'drafted'>,
  base: Base,
  issue: Issue,
  content: Content,
): Promise<readonly string[]> {
  const { draft } = stage;
  const rubricGone = draft.by !== 'person' && !base.rubrics.some((rubric) => rubric.id === draft.rubric.id);
  const rejection = parseRejection(ports.ref, issue, redactor(), base.forms);
  return [
    ...(rubricGone ? [say.rubricGone(draft.rubric.id)] : []),
    ...(rejection.textHash === draft.textHash ? [] : [say.textChanged]),
    ...(await checkSpec(ports, base, content.spec, wordsOf(rejection))),
  ];
}

/** Why this label event approves nothing; null when it does. Invariant 2, all of it. */
async function refusalOfClearance(
  ports: Ports,
  stage: At<'drafted'>,
  event: LabelEvent,
  comment: Comment,
  approvalHash: string | null,
): Promise<Reason | null> {
  if (!event.byPerson || event.viaApp) return { code: 'clear-bot', detail: event.by };
  if (!mayWrite(await ports.forge.permission(event.by))) return { code: 'clear-no-write', detail: event.by };
  if (approvalHash === null) return { code: 'clear-unchecked' };
  if (stage.ready === null || event.id <= stage.ready.lastEvent || event.at < stage.ready.shownAt)
    return { code: 'clear-not-ready' };
  if (approvalHash !== stage.ready.approvalHash) return { code: 'clear-changed' };
  // Whole seconds on both sides, both by GitHub's clock.
  if (comment.updatedAt > event.at) return { code: 'clear-edited-after' };
  return null;
}

const lastClearance = (events: readonly LabelEvent[]): LabelEvent | undefined =>
  events.filter((event) => isLabel(event.label, LABELS.clear)).at(-1);

/**
 * Shows the hash as ready. Label events up to now cannot mean it, and neither can one that is older than the moment at
 * which GitHub says it was shown. GitHub tells both in whole seconds.
 */
async function announce(ports: Ports, approvalHash: string, events: readonly LabelEvent[]): Promise<readonly Fact[]> {
  await showStatus(ports);
  const { statusComment } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const shown = statusComment === null ? null : await ports.forge.comment(statusComment);
  if (shown === null) return [{ kind: 'declined', reason: { code: 'status-deleted' }, comment: null }];
  const lastEvent = Math.max(0, ...events.map((event) => event.id));
  return [{ kind: 'spec-ready', approvalHash, lastEvent, shownAt: shown.updatedAt }];
}

/** Turns the label that stands on the issue into the approval of this content, or refuses it in words. */
async function answerLabel(
  ports: Ports,
  stage: At<'drafted'>,
  comment: Comment,
  content: Content | null,
  events: readonly LabelEvent[],
): Promise<readonly Fact[]> {
  const event = lastClearance(events);
  if (event === undefined || !event.on || stage.answered.includes(event.id)) return [];
  const reason = await refusalOfClearance(ports, stage, event, comment, content?.approvalHash ?? null);
  if (reason !== null || content === null)
    return [
      { kind: 'clearance-refused', event: event.id, by: event.by, reason: reason ?? { code: 'clear-unchecked' } },
    ];
  return [
    { kind: 'spec-approved', event: event.id, ...byOf(personOf(event)), ...content, textHash: stage.draft.textHash },
  ];
}

/**
 * Waits for a maintainer: checks the spec whenever its text or base changed, announces what is ready, and turns the
 * label into the approval of exactly that hash, or refuses it in words.
 */
export async function approveSpec(ports: Ports, stage: At<'drafted'>): Promise<readonly Fact[]> {
  // Before the texts: a label set after this is looked at when it is told, and an edit before it is seen below.
  const events = await ports.forge.labelEvents(ports.ref.issue);
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'somebody' }];
  const comment = await ports.forge.comment(stage.draft.comment);
  if (comment === null) return [{ kind: 'declined', reason: { code: 'spec-deleted' }, comment: null }];
  const read = await readBase(ports);
  if ('problems' in read) return refuseConfiguration(ports, read.problems);
  const { base } = read;
  const bodyHash = hashText(comment.body);
  const content = readContent(stage, base, issue, comment);
  const approvalHash = 'spec' in content ? content.approvalHash : null;
  const { checked } = stage;
  if (checked?.bodyHash !== bodyHash || checked.base !== base.commit || checked.approvalHash !== approvalHash) {
    const problems = 'spec' in content ? await problemsOf(ports, stage, base, issue, content) : content.problems;
    const unguarded = 'spec' in content && guardsMissing(content.spec);
    const warnings = unguarded ? [specWarning.noGuard(content.spec.step)] : [];
    return [
      { kind: 'spec-checked', bodyHash, base: base.commit, approvalHash, problems, ...(unguarded && { warnings }) },
    ];
  }
  const clean = 'spec' in content && checked.problems.length === 0 ? content : null;
  const objected = clean === null ? null : objection(clean.spec.answers);
  if (objected !== null)
    return [
      { kind: 'declined', reason: { code: objected === 'rule' ? 'not-rule' : `answered-${objected}` }, comment: null },
    ];
  if (clean !== null && stage.ready?.approvalHash !== clean.approvalHash)
    return announce(ports, clean.approvalHash, events);
  return hasLabel(issue.labels, LABELS.clear) ? answerLabel(ports, stage, comment, clean, events) : [];
}
