import { blankSpec } from './blank-spec.ts';
import { mayWrite } from './domain/approval.ts';
import { wordsBehind } from './domain/command.ts';
import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { hashOf, hashText } from './domain/hash.ts';
import { stripHidden } from './domain/hidden-text.ts';
import * as say from './domain/messages/commands.ts';
import { lacks } from './domain/messages/hints.ts';
import { isSame, personOf } from './domain/person.ts';
import { plainLine } from './domain/prompts/plain.ts';
import { keyOf } from './domain/rejection.ts';
import { parseSpecComment } from './domain/spec-comment.ts';
import type { Standing } from './domain/stage.ts';
import { tellStory } from './domain/tell-story.ts';
import { knowingPeople } from './know-people.ts';
import { fingerprintOf, likenessOf } from './known-fault.ts';
import type { Comment, Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { readHints } from './read-hints.ts';
import { textHashNow } from './read-text.ts';
import { followed, refuseCommand } from './refuse-command.ts';
import { chooseSplit } from './split-rejection.ts';
import { weighHint } from './weigh-hint.ts';
import { commentOnce } from './write-once.ts';

type Asked = FactOf<'command-asked'>;
type Accepted = FactOf<'rejection-accepted'>;

/** A command, whoever gave it, and where the rejection stood then. */
interface Given {
  readonly ports: Ports;
  readonly standing: Standing;
  readonly asked: Asked;
  readonly comment: Comment;
  /** What stands behind its name. */
  readonly words: string;
  readonly base: Base;
}

/** Facts, or why nothing follows. */
type Answered = readonly Fact[] | Reason;

/** Nothing is being made yet: what people say now is drafted from. */
const isOpenToDrafts = ({ stage: { name } }: Standing): boolean =>
  name === 'accepted' || name === 'asked' || name === 'declined' || name === 'drafted';

const tooLate: Reason = { code: 'command-too-late' };

/** Taken up anew, with everything that was said until this comment. */
const anew = ({ standing, comment }: Given, more: Partial<Accepted> = {}): readonly Fact[] =>
  standing.accepted === null ? [] : [{ ...standing.accepted, after: comment.id, ...more }];

async function hint(given: Given): Promise<Answered> {
  const { ports, standing, words, comment, base } = given;
  if (!isOpenToDrafts(standing)) return tooLate;
  if (words === '') return { code: 'command-empty', detail: 'hint' };
  const before = await readHints(ports, standing.accepted?.hints);
  const weighed = await weighHint(ports, base, words, before);
  if ('nowhere' in weighed)
    return {
      code: 'hint-nowhere',
      detail: (await knowingPeople(ports, base)).redact(weighed.nowhere.slice(0, 5).join('\n')),
    };
  if (weighed.missing.length > 0) await commentOnce(ports, `hint-${comment.id}`, lacks(weighed.missing));
  return anew(given, { hints: [...(standing.accepted?.hints ?? []), comment.id] });
}

async function decline({ ports, standing, words, comment, base }: Given): Promise<Answered> {
  if (!isOpenToDrafts(standing)) return tooLate;
  if (standing.stage.name === 'declined') return { code: 'decline-already' };
  const { redact } = await knowingPeople(ports, base);
  const because = plainLine(redact(stripHidden(words).visible), 300);
  if (because === '') return { code: 'command-empty', detail: 'decline' };
  return [{ kind: 'declined', reason: { code: 'by-hand', detail: `${comment.by}\n${because}` }, comment: comment.id }];
}

async function ask(given: Given): Promise<Answered> {
  const { ports, standing, words, comment } = given;
  if (!isOpenToDrafts(standing)) return tooLate;
  if (words === '') return { code: 'command-empty', detail: 'ask' };
  const textHash = await textHashNow(ports, await ports.forge.issue(ports.ref.issue));
  return [...anew(given, { textHash }), { kind: 'question-asked', comment: comment.id, missing: ['asked'], textHash }];
}

/** The comment itself is the spec from now on: people edit it, and the app never does. */
async function spec(given: Given): Promise<Answered> {
  const { ports, standing, comment, words, base } = given;
  if (!isOpenToDrafts(standing)) return tooLate;
  const { waitsFor } = standing.family;
  if (waitsFor !== null) return { code: 'part-waits', detail: String(waitsFor) };
  if (words === '') return blankSpec(ports, base, standing, comment);
  const parsed = parseSpecComment(comment.body);
  if ('problems' in parsed) return { code: 'spec-unreadable', detail: parsed.problems.join(' ') };
  const { change } = parsed.spec;
  const rubric = base.rubrics.find((one) => one.change === change);
  const textHash = await textHashNow(ports, await ports.forge.issue(ports.ref.issue));
  return [
    ...anew(given, { textHash }),
    {
      kind: 'draft-posted',
      comment: comment.id,
      bodyHash: hashText(comment.body),
      textHash,
      fingerprint: fingerprintOf(parsed.spec),
      likeness: likenessOf(parsed.spec),
      rubric: rubric === undefined ? { id: 'none', hash: hashOf(change) } : { id: rubric.id, hash: rubric.hash },
      change,
      base: base.commit,
      by: 'person',
    },
  ];
}

/** What is left here is taken up anew; the parts are opened by the moves that follow. */
async function split(given: Given): Promise<Answered> {
  const { ports, standing, comment, words, base } = given;
  if (!isOpenToDrafts(standing)) return tooLate;
  const chosen = await chooseSplit(ports, base, standing, comment, words);
  return 'code' in chosen ? chosen : [chosen, ...anew(given)];
}

function detach(given: Given): Answered {
  const { stage, family } = given.standing;
  if (stage.name === 'accepted' && family.waitsFor !== null)
    return [{ kind: 'part-began', after: family.waitsFor, by: given.comment.by }];
  if (stage.name !== 'declined' || stage.declined.reason.code !== 'duplicate') return { code: 'detach-nothing' };
  return anew(given, { alone: true });
}

async function why({ ports, asked, comment }: Given): Promise<Answered> {
  const recorded = await ports.ledger.read(keyOf(ports.ref));
  const told = recorded.filter(
    ({ fact }) =>
      fact.kind === 'command-followed' && fact.command === 'why' && isSame(personOf(fact), personOf(comment)),
  );
  // Anybody may ask, any number of times.
  if (told.length >= WHYS) return [];
  const story = tellStory(recorded, false);
  if (story !== null) await commentOnce(ports, `why-${comment.id}`, say.story(story), asked.on);
  return [];
}

const WHYS = 3;

/** A label or approval follows from the stage itself; elsewhere there is nothing to approve. */
const approve = ({ standing }: Given): Answered => ({
  code: standing.stage.name === 'guarded' ? 'command-elsewhere' : 'approve-nothing',
});

const answers: Readonly<Record<Asked['command'], (given: Given) => Answered | Promise<Answered>>> = {
  hint,
  decline,
  ask,
  spec,
  split,
  detach,
  why,
  approve,
};

/** Whether this person may give this command: reporters may ask why, and take their own rejection from another. */
async function may(ports: Ports, { command }: Asked, { by, byId }: Comment, standing: Standing): Promise<boolean> {
  if (command === 'why') return true;
  const reporter = standing.accepted?.reporter ?? '';
  const isReporter = reporter !== '' && isSame({ login: by, id: byId ?? null }, { login: reporter, id: null });
  return (command === 'detach' && isReporter) || mayWrite(await ports.forge.permission(by));
}

async function answerTo(ports: Ports, standing: Standing, asked: Asked, comment: Comment): Promise<Answered> {
  if (!comment.byPerson) return { code: 'command-bot', detail: comment.by };
  if (!(await may(ports, asked, comment, standing))) return { code: 'command-no-write', detail: comment.by };
  if (asked.command !== 'why' && (asked.on !== ports.ref.issue || standing.stage.name === 'guarded'))
    return { code: 'command-elsewhere' };
  const words = wordsBehind(asked.command, comment.body);
  if (words === null) return { code: 'command-edited' };
  // Also for the kill switch.
  const read = await readBase(ports);
  if ('problems' in read) return { code: 'command-mistakes' };
  return answers[asked.command]({ ports, standing, asked, comment, words, base: read.base });
}

/**
 * Follows what a person asked for in a comment, or says once in words why not. What the comment says, who wrote it and what
 * that person may do is read now; a comment that is gone asks for nothing.
 */
export async function answerCommand(ports: Ports, standing: Standing, asked: Asked): Promise<readonly Fact[]> {
  const comment = await ports.forge.comment(asked.comment);
  if (comment === null) return [followed(asked, asked)];
  const answered = await answerTo(ports, standing, asked, comment);
  if ('code' in answered) return [await refuseCommand(ports, answered, comment, { on: asked.on })];
  return [...answered, followed(asked, comment)];
}
