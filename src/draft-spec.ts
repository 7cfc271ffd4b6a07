import { transcribed } from './ask-model.ts';
import { answer, carryOut, decline, lastSeq } from './carry-out.ts';
import { instructsMachine, rubricsFor, withoutOrders } from './domain/detect.ts';
import type { Fact, FactOf, Reason, Spent } from './domain/fact.ts';
import { hashOf, hashText, short } from './domain/hash.ts';
import { LABELS } from './domain/labels.ts';
import { inLanguage, type Language, languageOf } from './domain/language.ts';
import * as intake from './domain/messages/intake.ts';
import * as say from './domain/messages/people.ts';
import { question, questionAsked } from './domain/messages/questions.ts';
import { specDrafted } from './domain/messages/spec.ts';
import { parseRejection } from './domain/parse-rejection.ts';
import { redactor } from './domain/redact.ts';
import { keyOf } from './domain/rejection.ts';
import { asked, noAnswers } from './domain/spec.ts';
import { specBlock } from './domain/spec-comment.ts';
import { addSpent, nothingSpent } from './domain/spent.ts';
import { proposedParts } from './domain/split.ts';
import type { At, Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { fingerprintOf, knownFault, likenessOf, perhapsSame } from './known-fault.ts';
import { layOut } from './lay-out.ts';
import { type Asked, asksWhich, byRecipe, type Drafted, makeDraft } from './make-draft.ts';
import { fixUndoneBy } from './merged-fixes.ts';
import type { Issue, Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { readText, type Text } from './read-text.ts';
import { refuseConfiguration } from './refuse-configuration.ts';
import { type Replayed, replayTicket } from './replay-ticket.ts';
import { runCases } from './run-cases.ts';
import { saidIn } from './say-in-language.ts';

/** The language of the reporter: of what was written at some length, else of the title. */
function languageIn({ ref }: Ports, issue: Issue): Language {
  const { title, comment, fields } = parseRejection(ref, issue, redactor());
  // What is chosen from the lists of a form is in the form's own language.
  const written = [comment, ...Object.values(fields)].filter((text) => text.split(/\s+/).length > 4);
  return languageOf(written.length === 0 ? title : written.join('\n'));
}

const DAY_MS = 86_400_000;
/** What only the description itself can settle. */
const UNANSWERABLE = 'description';
/** What a number or a paste settles: asked for again as often as it is wrong. */
const MECHANICAL = new Set(['ticket', 'trace', 'description']);

/** The parts that models see in a rejection, a list of quotes each; null for none. */
type Parts = readonly (readonly string[])[] | null;

/** Neither split nor a part: what is said of several faults in it can be followed. */
const isWhole = ({ split, partOf }: Standing['family']): boolean => split === null && partOf === null;

/** What the reporter was asked for already, since there last was a spec. */
async function askedBefore({ ledger, ref }: Ports): Promise<ReadonlySet<string>> {
  const facts = (await ledger.read(keyOf(ref))).map(({ fact }) => fact);
  const since = facts.slice(facts.findLastIndex(({ kind }) => kind === 'draft-posted') + 1);
  const slots = since.flatMap((fact) => (fact.kind === 'question-asked' ? fact.missing : []));
  return new Set(slots.filter((slot) => !MECHANICAL.has(slot)));
}

async function ask(
  ports: Ports,
  { configuration }: Base,
  { issue, textHash }: Text,
  questions: readonly Asked[],
  seen: Parts = null,
): Promise<readonly Fact[]> {
  const { patience } = configuration.translation;
  const two = questions.slice(0, 2);
  const missing = two.map(({ slot }) => slot);
  const before = await askedBefore(ports);
  if (missing.every((slot) => before.has(slot)))
    return decline(ports, { code: 'still-open', detail: missing.join(', ') });
  const language = languageIn(ports, issue);
  const asks = await saidIn(
    ports,
    configuration,
    two.map((question) => question.ask),
    language,
  );
  const put = two.map(({ choices = [] }, at) => ({
    ask: asks[at] ?? '',
    choices: choices.map((choice) => inLanguage(choice, language)),
  }));
  const until = new Date(Date.parse(ports.clock.now()) + patience * DAY_MS).toISOString();
  const { family } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const parts = isWhole(family) ? seen : null;
  const offer = parts !== null || (isWhole(family) && missing.includes('which')) ? { known: parts !== null } : null;
  return answer(ports, {
    marker: `question-${await lastSeq(ports)}`,
    body: questionAsked(language, issue.author, put, {
      offer,
      part: family.partOf !== null,
      there: missing.includes(UNANSWERABLE),
    }),
    receipt: { kind: 'question-asked', missing, textHash, until, ...(parts !== null && { parts }) },
  });
}

/** What models cost since the rejection was last taken up. */
async function spentReading(ports: Ports): Promise<Spent> {
  const recorded = await ports.ledger.read(keyOf(ports.ref));
  const from = recorded.findLastIndex(({ fact }) => fact.kind === 'rejection-accepted');
  const asked = recorded.slice(from + 1).flatMap(({ fact }) => (fact.kind === 'model-asked' ? [fact.spent] : []));
  return asked.reduce(addSpent, nothingSpent);
}

async function post(
  ports: Ports,
  base: Base,
  replayed: Replayed,
  drafted: Extract<Drafted, { is: 'spec' }>,
): Promise<readonly Fact[]> {
  const { rejection, redacted } = replayed;
  const { spec, by } = drafted;
  const rubric = { id: drafted.rubric.id, hash: drafted.rubric.hash };
  // Each rejection has surrogates of its own: the same fault is told by placeholders.
  const told = replayed.by.redactJson(spec);
  const [fingerprint, likeness] = [fingerprintOf(told), likenessOf(told)];
  const known = await knownFault(ports, fingerprint);
  if (known !== null) return decline(ports, known, { fingerprint, case: spec.acceptance[0] });
  const { family } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const further = drafted.further ?? [];
  const parts = isWhole(family)
    ? proposedParts([spec.quotes, ...further.map(({ quote }) => [quote])], rejection)
    : null;
  const undone = await fixUndoneBy(ports, spec, replayed, base.configuration.translation.settled);
  const body = specDrafted({
    rejection,
    orders: withoutOrders(rejection).orders,
    spec,
    block: specBlock(spec),
    rubric,
    by,
    clearLabel: LABELS.clear,
    asked: asked[base.configuration.gatekeeping],
    redacted,
    undone,
    perhaps: await perhapsSame(ports, likeness),
    further,
    canSplit: parts !== null,
    confidence: drafted.agreed === undefined ? null : { ...drafted.agreed, spent: await spentReading(ports) },
  });
  return answer(ports, {
    marker: `draft-${short(hashOf({ body, seq: await lastSeq(ports) }))}`,
    body,
    receipt: {
      kind: 'draft-posted',
      bodyHash: hashText(body),
      textHash: rejection.textHash,
      fingerprint,
      likeness,
      rubric,
      change: spec.change,
      base: base.commit,
      by,
      ...(drafted.agreed !== undefined && { agreed: drafted.agreed }),
      ...(parts !== null && { parts }),
      ...(undone !== null && { undoes: undone.rejection }),
      ...(await transcribed(ports, drafted.heard ?? [])),
    },
  });
}

/** Whether what was red for it, while it was counted at another rejection, is green since that one ended. */
async function fixedMeanwhile(
  ports: Ports,
  base: Base,
  { waited, ticket }: FactOf<'rejection-accepted'>,
): Promise<Reason | null> {
  if (waited === undefined || waited.case === null) return null;
  const checkout = await layOut(ports, base, await ports.repository.treeOf(base.commit));
  try {
    const [result] = await runCases(ports, base.configuration, checkout, [waited.case]);
    const shown = intake.evidence({ acceptance: [waited.case] }, base.commit);
    return result?.outcome === 'pass' ? { code: 'already-fixed', detail: `${ticket ?? ''}\n${shown}` } : null;
  } finally {
    await checkout.dispose();
  }
}

async function draftReplayed(ports: Ports, base: Base, read: Text): Promise<readonly Fact[]> {
  const { issue, said } = read;
  const replay = await replayTicket(ports, base, issue, said);
  switch (replay.is) {
    case 'no-ticket': {
      // Orders alone are no rejection, with a ticket or without.
      if (instructsMachine(parseRejection(ports.ref, issue, redactor(), base.forms, said)))
        return decline(ports, { code: 'injection' });
      return ask(ports, base, read, [{ slot: 'ticket', ask: question.whichTicket }, ...asksWhich([]).slice(1)]);
    }
    case 'unknown-ticket':
      return ask(ports, base, read, [{ slot: 'ticket', ask: question.unknownTicket(replay.ticket, replay.because) }]);
    case 'no-replay':
      return ask(ports, base, read, [{ slot: 'trace', ask: question.pasteTrace }]);
    case 'unreadable':
      return ask(ports, base, read, [{ slot: 'description', ask: intake.unreadable(replay.problems) }]);
    case 'broken':
      return refuseConfiguration(ports, [intake.replayBroken(replay.ticket, replay.because)]);
    case 'differs': {
      // What a recipe makes of the trace of then may hold on base today.
      const { pasted, ticket, where } = replay;
      const drafted = await byRecipe(ports, base, pasted, rubricsFor(base.rubrics, pasted.rejection), 'then');
      if (drafted?.is === 'decline') return decline(ports, drafted.reason);
      return decline(ports, { code: 'not-reproducible', detail: `${ticket}\n${intake.differences(where)}` });
    }
    case 'replayed': {
      const drafted = await makeDraft(ports, base, replay);
      if (drafted.is === 'later') return drafted.facts;
      if (drafted.is === 'ask') return ask(ports, base, read, drafted.questions, drafted.parts);
      if (drafted.is === 'decline') return decline(ports, drafted.reason);
      return post(ports, base, replay, { ...drafted, spec: { ...drafted.spec, answers: noAnswers } });
    }
  }
}

/**
 * Turns an accepted rejection into a spec that is posted for editing, a question, or a decline with its reason. The
 * reader of the rejection has no pen: models and patterns give data, which code checks and writes (invariant 3).
 */
export async function draftSpec(
  ports: Ports,
  stage: At<'accepted'>,
  family: Standing['family'],
): Promise<readonly Fact[]> {
  const text = await readText(ports, { accepted: stage.accepted, family });
  const { issue, said, textHash } = text;
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' }];
  if (stage.chosen !== null) return carryOut(ports, stage.chosen);
  if (textHash !== stage.accepted.textHash) return [{ ...stage.accepted, textHash, reporter: issue.author }];
  const refusal = await ports.sandbox.refusal();
  if (refusal !== null)
    return refuseConfiguration(ports, [{ file: 'sandbox', line: 1, problem: refusal, fix: say.retryAfterwards }]);
  const found = await readBase(ports);
  if ('problems' in found) return refuseConfiguration(ports, found.problems);
  // A form in another language says only on base which of its fields is the ticket.
  const { ticket } = parseRejection(ports.ref, issue, redactor(), found.base.forms, said);
  const { accepted } = stage;
  if (ticket !== accepted.ticket) return [{ ...accepted, ticket }];
  const fixedSince = await fixedMeanwhile(ports, found.base, accepted);
  if (fixedSince !== null) return decline(ports, fixedSince);
  return draftReplayed(ports, found.base, text);
}
