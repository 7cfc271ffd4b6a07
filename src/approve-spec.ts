import { checkPersonal } from './check-personal.ts';
import { checkSpec } from './check-spec.ts';
import { mayWrite } from './domain/approval.ts';
import { wordsBehind } from './domain/command.ts';
import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { hashText, short } from './domain/hash.ts';
import { hasLabel, isLabel, LABELS } from './domain/labels.ts';
import { noLocator } from './domain/messages/hints.ts';
import { specProblem as say, specWarning } from './domain/messages/people.ts';
import { parseRejection, wordsOf } from './domain/parse-rejection.ts';
import { byOf, personOf } from './domain/person.ts';
import { accountsOf, redactor } from './domain/redact.ts';
import { keyOf } from './domain/rejection.ts';
import type { RubricStamp, Spec } from './domain/spec.ts';
import { approvalHashOf, guardsMissing, objection, parseSpecComment, placesIn } from './domain/spec-comment.ts';
import { specEdits } from './domain/spec-edits.ts';
import type { At, Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Comment, Issue, LabelEvent, Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { readText, type Text } from './read-text.ts';
import { followed, refuseCommand } from './refuse-command.ts';
import { refuseConfiguration } from './refuse-configuration.ts';
import { showStatus } from './show-status.ts';
import { withAttached } from './with-attached.ts';

interface Content {
  readonly spec: Spec;
  readonly paths: readonly string[];
  readonly rubric: RubricStamp;
  readonly approvalHash: string;
  /** The other rejection of which a case is among the hold-outs. */
  readonly holdOut: number | null;
}

/** What GitHub tells, as it was read at the begin of the move. */
interface Texts {
  readonly comment: Comment;
  readonly issue: Issue;
  readonly events: readonly LabelEvent[];
}

/** What the spec comment says now. Cheap: nothing is run. */
function readContent(
  stage: At<'drafted'>,
  base: Base,
  textHash: string,
  comment: Comment,
  attached: Standing['attached'],
): Content | { problems: readonly string[] } {
  const parsed = parseSpecComment(comment.body);
  if ('problems' in parsed) return parsed;
  const { spec, holdOut } = withAttached(parsed.spec, attached, base);
  const found = base.rubrics.find((rubric) => rubric.id === stage.draft.rubric.id);
  const rubric = found === undefined ? stage.draft.rubric : { id: found.id, hash: found.hash };
  const paths = base.configuration.changes[spec.change]?.paths ?? [];
  return {
    spec,
    holdOut,
    paths,
    rubric,
    approvalHash: approvalHashOf({ textHash, spec, paths, rubric }),
  };
}

/** Everything that stands against starting the spec, and what people should know. Dear: its cases are run on base. */
async function weigh(
  ports: Ports,
  stage: At<'drafted'>,
  base: Base,
  content: Content,
  { issue, said }: Text,
): Promise<{ readonly problems: readonly string[]; readonly warnings: readonly string[] }> {
  const { draft } = stage;
  const rubricGone = draft.by !== 'person' && !base.rubrics.some((rubric) => rubric.id === draft.rubric.id);
  const by = redactor({ accounts: accountsOf(base.configuration) });
  const rejection = parseRejection(ports.ref, issue, by, base.forms, said);
  const personal = await checkPersonal(ports, base, issue, said, content.spec);
  const problems = [
    ...(rubricGone ? [say.rubricGone(draft.rubric.id)] : []),
    ...(rejection.textHash === draft.textHash ? [] : [say.textChanged]),
    ...(await checkSpec(ports, base, content.spec, wordsOf(rejection))),
    ...personal.problems,
  ];
  return { problems, warnings: [...warningsOf(content.spec, draft.by), ...personal.warnings] };
}

/** What a person should know before the label: nothing of it stands in its way. */
function warningsOf(spec: Spec, by: At<'drafted'>['draft']['by']): readonly string[] {
  return [
    // A draft of the app's own names files alone: of people's words this is asked.
    ...(by === 'person' && placesIn(spec).length === 0 ? [noLocator] : []),
    ...(guardsMissing(spec) ? [specWarning.noGuard(spec.step)] : []),
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

/** The draft as it was posted, where the app drafted it. */
async function draftedSpec(ports: Ports, { draft }: At<'drafted'>): Promise<Spec | null> {
  if (draft.by === 'person') return null;
  const facts = (await ports.ledger.read(keyOf(ports.ref))).map(({ fact }) => fact);
  const chosen = facts.findLast((fact) => fact.kind === 'answer-chosen' && hashText(fact.body) === draft.bodyHash);
  const parsed = chosen?.kind === 'answer-chosen' ? parseSpecComment(chosen.body) : null;
  return parsed !== null && 'spec' in parsed ? parsed.spec : null;
}

/** The proof, with what people changed of the draft. */
async function approvalOf(
  ports: Ports,
  stage: At<'drafted'>,
  content: Content,
  by: { readonly event: number; readonly comment?: number } & ReturnType<typeof byOf>,
): Promise<Fact> {
  const drafted = await draftedSpec(ports, stage);
  const edits = drafted === null ? [] : specEdits(drafted, content.spec);
  const { textHash } = stage.draft;
  const { holdOut: _, ...approved } = content;
  return { kind: 'spec-approved', ...by, ...approved, textHash, ...(edits.length > 0 && { edits }) };
}

/** Set when there was no spec yet, by somebody who may approve one. */
async function isWish(ports: Ports, event: LabelEvent, comment: Comment): Promise<boolean> {
  if (event.at > comment.createdAt || !event.byPerson || event.viaApp) return false;
  return mayWrite(await ports.forge.permission(event.by));
}

/** Turns the label that stands on the issue into the approval of this content, or refuses it in words. */
async function answerLabel(
  ports: Ports,
  stage: At<'drafted'>,
  { comment, issue, events }: Texts,
  content: Content | null,
): Promise<readonly Fact[]> {
  const event = lastClearance(events);
  if (event === undefined || !event.on || stage.answered.includes(event.id)) return [];
  if (issue.createdAt !== undefined && event.at <= issue.createdAt) {
    const reason = { code: 'clear-with-issue', detail: event.by };
    return [{ kind: 'clearance-refused', event: event.id, by: event.by, reason }];
  }
  const reason = await refusalOfClearance(ports, stage, event, comment, content?.approvalHash ?? null);
  if (reason === null && content !== null)
    return [await approvalOf(ports, stage, content, { event: event.id, ...byOf(personOf(event)) })];
  // Whole seconds on both sides: whoever saw “Ready” within the second of the spec approved it.
  if (await isWish(ports, event, comment))
    return [{ kind: 'clearance-wished', event: event.id, ...byOf(personOf(event)) }];
  return [{ kind: 'clearance-refused', event: event.id, by: event.by, reason: reason ?? { code: 'clear-unchecked' } }];
}

/** Why this comment approves nothing; null when it does. As strict as the label, whose place it takes. */
async function refusalOfComment(
  ports: Ports,
  stage: At<'drafted'>,
  asked: Comment,
  { comment, issue, events }: Texts,
  content: Content | null,
): Promise<Reason | null> {
  const { ready } = stage;
  if (!asked.byPerson) return { code: 'command-bot', detail: asked.by };
  if (!mayWrite(await ports.forge.permission(asked.by))) return { code: 'command-no-write', detail: asked.by };
  if (content === null || ready === null || ready.approvalHash !== content.approvalHash)
    return { code: 'approve-not-ready' };
  const hash = wordsBehind('approve', asked.body);
  if (hash === null || asked.updatedAt !== asked.createdAt) return { code: 'approve-edited' };
  if (!/^[0-9a-f]{10,64}$/.test(hash)) return { code: 'approve-no-hash', detail: short(ready.approvalHash) };
  if (!content.approvalHash.startsWith(hash))
    return { code: 'approve-other-hash', detail: short(content.approvalHash) };
  if (asked.createdAt < ready.shownAt) return { code: 'approve-not-ready' };
  if (comment.updatedAt > asked.createdAt) return { code: 'approve-spec-edited' };
  const event = lastClearance(events);
  if (!hasLabel(issue.labels, LABELS.clear) || !event?.on) return { code: 'approve-no-label' };
  return stage.endedAttempt === event.id ? { code: 'approve-again' } : null;
}

/** Turns a comment that names the hash into the approval of this content, or refuses it in words. */
async function answerApproval(
  ports: Ports,
  stage: At<'drafted'>,
  asked: FactOf<'command-asked'>,
  texts: Texts,
  content: Content | null,
): Promise<readonly Fact[]> {
  const comment = await ports.forge.comment(asked.comment);
  if (comment === null) return [followed(asked, asked)];
  const reason = await refusalOfComment(ports, stage, comment, texts, content);
  const event = lastClearance(texts.events);
  if (reason !== null || content === null || event === undefined)
    return [await refuseCommand(ports, reason ?? { code: 'approve-not-ready' }, comment, { on: asked.on })];
  const by = { event: event.id, comment: comment.id, ...byOf(personOf(comment)) };
  return [await approvalOf(ports, stage, content, by), followed(asked, comment)];
}

/**
 * Waits for a maintainer: checks the spec whenever its text or base changed, announces what is ready, and turns the
 * label into the approval of exactly that hash, or refuses it in words.
 */
export async function approveSpec(
  ports: Ports,
  stage: At<'drafted'>,
  { accepted, family, attached }: Standing,
  asked?: FactOf<'command-asked'>,
): Promise<readonly Fact[]> {
  // Before the texts: a label set after this is looked at when it is told, and an edit before it is seen below.
  const events = await ports.forge.labelEvents(ports.ref.issue);
  const text = await readText(ports, { accepted, family });
  const { issue } = text;
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'somebody' }];
  const comment = await ports.forge.comment(stage.draft.comment);
  if (comment === null) return [{ kind: 'declined', reason: { code: 'spec-deleted' }, comment: null }];
  const read = await readBase(ports);
  if ('problems' in read) return refuseConfiguration(ports, read.problems);
  const { base } = read;
  const bodyHash = hashText(comment.body);
  const content = readContent(stage, base, text.textHash, comment, attached);
  const approvalHash = 'spec' in content ? content.approvalHash : null;
  const { checked } = stage;
  if (checked?.bodyHash !== bodyHash || checked.base !== base.commit || checked.approvalHash !== approvalHash) {
    const { problems, warnings } =
      'spec' in content ? await weigh(ports, stage, base, content, text) : { problems: content.problems, warnings: [] };
    return [
      {
        kind: 'spec-checked',
        bodyHash,
        base: base.commit,
        approvalHash,
        problems,
        ...('spec' in content && content.holdOut !== null && { holdOut: content.holdOut }),
        ...(warnings.length > 0 && { warnings }),
      },
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
  const texts = { comment, issue, events };
  if (asked !== undefined) return answerApproval(ports, stage, asked, texts, clean);
  return hasLabel(issue.labels, LABELS.clear) ? answerLabel(ports, stage, texts, clean) : [];
}
