import { type Exchange, transcribed } from './ask-model.ts';
import type { Change } from './domain/configuration.ts';
import { instructsMachine, rubricsFor } from './domain/detect.ts';
import type { Answer, Fact, Reason } from './domain/fact.ts';
import { hashOf, hashText, short } from './domain/hash.ts';
import { LABELS } from './domain/labels.ts';
import * as intake from './domain/messages/intake.ts';
import * as say from './domain/messages/people.ts';
import { parseRejection, textHashOf } from './domain/parse-rejection.ts';
import type { DraftedSpec } from './domain/prompts/draft.ts';
import { draftFromChoice, draftFromRecipe, frozen, type RecipeDraft } from './domain/recipe/draft.ts';
import { redactor } from './domain/redact.ts';
import { keyOf } from './domain/rejection.ts';
import type { Rubric } from './domain/rubric.ts';
import { noAnswers, type Spec } from './domain/spec.ts';
import { specBlock } from './domain/spec-comment.ts';
import type { At } from './domain/stage.ts';
import { detectByModel, draftByModel } from './draft-by-model.ts';
import { fingerprintOf, knownFault } from './known-fault.ts';
import { layOut } from './lay-out.ts';
import type { Issue, Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { refuseConfiguration } from './refuse-configuration.ts';
import { type Replayed, replayTicket } from './replay-ticket.ts';
import { runCases } from './run-cases.ts';
import { commentOnce, recordAfterwards, write } from './write-once.ts';

interface Asked {
  readonly slot: string;
  readonly ask: string;
  readonly choices?: readonly string[];
}

/** What drafting came to. */
type Drafted =
  | {
      readonly is: 'spec';
      readonly spec: Spec;
      readonly rubric: Rubric;
      readonly by: 'recipe' | 'model';
      /** What the model was asked and answered. */
      readonly heard?: readonly Exchange[];
    }
  | { readonly is: 'ask'; readonly questions: readonly Asked[] }
  | { readonly is: 'decline'; readonly reason: Reason };

const asksWhich = (steps: readonly string[]): readonly Asked[] => [
  { slot: 'step', ask: say.question.whichStep, choices: [...steps, say.question.noneOfThese] },
  { slot: 'expected', ask: say.question.whatInstead },
];

/** Runs the derived cases on base, takes over what has to stay as it is, and leaves out hold-outs that are green there. */
async function complete(ports: Ports, base: Base, draft: RecipeDraft): Promise<Spec | { alreadyFixed: Spec }> {
  const checkout = await layOut(ports, base, await ports.repository.treeOf(base.commit));
  try {
    const step = base.configuration.steps.find((s) => s.name === draft.spec.step);
    const inputs = draft.toFreeze.map((guard) => guard.input);
    const outputs = step === undefined || inputs.length === 0 ? [] : await ports.suites.outputs(checkout, step, inputs);
    const spec = frozen(draft, outputs);
    const red = [...spec.acceptance, ...spec['hold-outs']];
    const results = await runCases(ports, base.configuration, checkout, red);
    const passes = (name: string) => results[red.findIndex((c) => c.name === name)]?.outcome === 'pass';
    if (spec.acceptance.every((c) => passes(c.name))) return { alreadyFixed: spec };
    return { ...spec, 'hold-outs': spec['hold-outs'].filter((c) => !passes(c.name)) };
  } finally {
    await checkout.dispose();
  }
}

const fixed = ({ rejection }: Replayed, base: Base, spec: Spec): string =>
  `${rejection.ticket ?? ''}\n${intake.evidence(spec, base.commit)}`;

async function finish(
  ports: Ports,
  base: Base,
  replayed: Replayed,
  draft: RecipeDraft,
  rubric: Rubric,
  by: 'recipe' | 'model',
): Promise<Drafted> {
  const spec = await complete(ports, base, draft);
  if ('alreadyFixed' in spec)
    return { is: 'decline', reason: { code: 'already-fixed', detail: fixed(replayed, base, spec.alreadyFixed) } };
  return { is: 'spec', spec, rubric, by };
}

const changeOf = (base: Base, rubric: Rubric): (Change & { kind: string }) | null => {
  const change = base.configuration.changes[rubric.change];
  return change === undefined ? null : { ...change, kind: rubric.change };
};

/** The first rubric whose recipe fills all its blanks; else what the likeliest one would need to know. */
async function byRecipe(
  ports: Ports,
  base: Base,
  replayed: Replayed,
  rubrics: readonly Rubric[],
): Promise<Drafted | null> {
  let missing: readonly Asked[] | null = null;
  for (const rubric of rubrics) {
    const change = changeOf(base, rubric);
    if (rubric.recipe === null || change === null) continue;
    const draft = draftFromRecipe(rubric, replayed.rejection, replayed.frozen, change);
    if ('spec' in draft) return finish(ports, base, replayed, draft, rubric, 'recipe');
    missing ??= draft.missing;
  }
  return missing === null ? null : { is: 'ask', questions: missing };
}

const modelQuestions: Readonly<Record<string, string>> = {
  observed: say.question.whatIsWrong,
  expected: say.question.whatInstead,
  which: say.question.whichFault,
  rule: say.question.ruleOrOnce,
};

async function fromModelSpec(
  ports: Ports,
  base: Base,
  replayed: Replayed,
  drafted: DraftedSpec,
): Promise<Drafted | null> {
  const rubric = base.rubrics.find((r) => r.change === drafted.change);
  const change = base.configuration.changes[drafted.change];
  if (rubric === undefined || change === undefined) return null;
  const draft = draftFromChoice(drafted, replayed.frozen, { ...change, kind: drafted.change });
  return 'spec' in draft ? finish(ports, base, replayed, draft, rubric, 'model') : null;
}

/** Detects apart from drafting, then drafts; whatever the model gives that cannot be used goes to a person. */
async function byModel(
  ports: Ports,
  base: Base,
  replayed: Replayed,
  rubrics: readonly Rubric[],
): Promise<Drafted | null> {
  const { model } = ports;
  if (model === null) return null;
  const heard: Exchange[] = [];
  const disposition = await detectByModel(model, base, replayed, heard);
  if (disposition?.is === 'decline') return { is: 'decline', reason: { code: `model-${disposition.reason}` } };
  if (disposition?.is === 'ask')
    return { is: 'ask', questions: disposition.missing.map((slot) => ({ slot, ask: modelQuestions[slot] ?? '' })) };
  if (disposition === null) return null;
  const drafted = await draftByModel(ports, model, base, replayed, rubrics, heard);
  if (drafted?.is === 'ask')
    return {
      is: 'ask',
      questions: drafted.questions.map(({ text, choices }) => ({ slot: 'choice', ask: say.quoted(text), choices })),
    };
  if (drafted?.is !== 'spec') return null;
  const finished = await fromModelSpec(ports, base, replayed, drafted);
  return finished?.is === 'spec' ? { ...finished, heard } : finished;
}

async function draft(ports: Ports, base: Base, replayed: Replayed): Promise<Drafted> {
  const { rejection } = replayed;
  const rubrics = rubricsFor(base.rubrics, rejection);
  const steps = base.configuration.steps.map((step) => step.name);
  const recipe = await byRecipe(ports, base, replayed, rubrics);
  if (recipe !== null && recipe.is !== 'ask') return recipe;
  // Orders to the machine are declined where no complaint that a recipe understands is left beside them.
  if (instructsMachine(rejection)) return { is: 'decline', reason: { code: 'injection' } };
  const model = await byModel(ports, base, replayed, rubrics);
  return model ?? recipe ?? { is: 'ask', questions: asksWhich(steps) };
}

/** Says what was decided, once. */
async function carryOut(ports: Ports, { marker, body, receipt }: Answer): Promise<readonly Fact[]> {
  // The other one finds this by its fault: what is recorded of it already.
  if (receipt.kind === 'declined' && receipt.reason.code === 'recurred')
    await ports.queue.wakeAfter({ ...ports.ref, issue: Number(receipt.reason.detail?.slice(1)) }, 0);
  const comment = await commentOnce(ports, marker, body);
  if (receipt.kind === 'declined' && receipt.reason.code === 'already-fixed')
    await write(ports, 'close', (permit) => ports.forge.closeIssue(permit, ports.ref.issue, 'completed'));
  return [{ ...receipt, comment }];
}

/** Records what was decided before it is said: after a crash the same is said, whatever a model would say now. */
async function answer(ports: Ports, chosen: Answer): Promise<readonly Fact[]> {
  await recordAfterwards(ports, [{ kind: 'answer-chosen', ...chosen }]);
  return carryOut(ports, chosen);
}

async function decline(ports: Ports, reason: Reason, fingerprint?: string): Promise<readonly Fact[]> {
  const marker = `declined-${reason.code}-${await lastSeq(ports)}`;
  return answer(ports, {
    marker,
    body: say.declined(reason),
    receipt: { kind: 'declined', reason, ...(fingerprint !== undefined && { fingerprint }) },
  });
}

const lastSeq = async (ports: Ports): Promise<number> =>
  (await ports.ledger.read(keyOf(ports.ref))).findLast(({ fact }) => fact.kind === 'rejection-accepted')?.seq ?? 0;

async function ask(ports: Ports, issue: Issue, questions: readonly Asked[]): Promise<readonly Fact[]> {
  const two = questions.slice(0, 2);
  const missing = two.map(({ slot }) => slot);
  return answer(ports, {
    marker: `question-${await lastSeq(ports)}`,
    body: say.questionAsked(issue.author, two),
    receipt: { kind: 'question-asked', missing, textHash: textHashOf(issue) },
  });
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
  const fingerprint = fingerprintOf(spec);
  const known = await knownFault(ports, fingerprint);
  if (known !== null) return decline(ports, known, fingerprint);
  const body = say.specDrafted({
    rejection,
    spec,
    block: specBlock(spec),
    rubric,
    by,
    clearLabel: LABELS.clear,
    redacted,
  });
  return answer(ports, {
    marker: `draft-${short(hashOf({ body, seq: await lastSeq(ports) }))}`,
    body,
    receipt: {
      kind: 'draft-posted',
      bodyHash: hashText(body),
      textHash: rejection.textHash,
      fingerprint,
      rubric,
      change: spec.change,
      base: base.commit,
      by,
      ...(await transcribed(ports, drafted.heard ?? [])),
    },
  });
}

async function draftReplayed(ports: Ports, base: Base, issue: Issue): Promise<readonly Fact[]> {
  const replay = await replayTicket(ports, base, issue);
  switch (replay.is) {
    case 'no-ticket': {
      // Orders alone are no rejection, with a ticket or without.
      if (instructsMachine(parseRejection(ports.ref, issue, redactor(), base.forms)))
        return decline(ports, { code: 'injection' });
      return ask(ports, issue, [{ slot: 'ticket', ask: say.question.whichTicket }, ...asksWhich([]).slice(1)]);
    }
    case 'unknown-ticket':
      return ask(ports, issue, [{ slot: 'ticket', ask: say.question.unknownTicket(replay.ticket, replay.because) }]);
    case 'no-replay':
      return ask(ports, issue, [{ slot: 'trace', ask: say.question.pasteTrace }]);
    case 'unreadable':
      return ask(ports, issue, [{ slot: 'description', ask: intake.unreadable(replay.problems) }]);
    case 'broken':
      return refuseConfiguration(ports, [intake.replayBroken(replay.ticket, replay.because)]);
    case 'differs': {
      // What a recipe makes of the trace of then may hold on base today.
      const { pasted, ticket, where } = replay;
      const drafted = await byRecipe(ports, base, pasted, rubricsFor(base.rubrics, pasted.rejection));
      if (drafted?.is === 'decline') return decline(ports, drafted.reason);
      return decline(ports, { code: 'not-reproducible', detail: `${ticket}\n${intake.differences(where)}` });
    }
    case 'replayed': {
      const drafted = await draft(ports, base, replay);
      if (drafted.is === 'ask') return ask(ports, issue, drafted.questions);
      if (drafted.is === 'decline') return decline(ports, drafted.reason);
      return post(ports, base, replay, { ...drafted, spec: { ...drafted.spec, answers: noAnswers } });
    }
  }
}

/**
 * Turns an accepted rejection into a spec that is posted for editing, a question, or a decline with its reason. The
 * reader of the rejection has no pen: models and patterns give data, which code checks and writes (invariant 3).
 */
export async function draftSpec(ports: Ports, stage: At<'accepted'>): Promise<readonly Fact[]> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' }];
  if (stage.chosen !== null) return carryOut(ports, stage.chosen);
  const textHash = textHashOf(issue);
  if (textHash !== stage.accepted.textHash) return [{ ...stage.accepted, textHash, reporter: issue.author }];
  const refusal = await ports.sandbox.refusal();
  if (refusal !== null)
    return refuseConfiguration(ports, [{ file: 'sandbox', line: 1, problem: refusal, fix: say.retryAfterwards }]);
  const read = await readBase(ports);
  if ('problems' in read) return refuseConfiguration(ports, read.problems);
  // A form in another language says only on base which of its fields is the ticket.
  const { ticket } = parseRejection(ports.ref, issue, redactor(), read.base.forms);
  if (ticket !== stage.accepted.ticket) return [{ ...stage.accepted, ticket }];
  return draftReplayed(ports, read.base, issue);
}
