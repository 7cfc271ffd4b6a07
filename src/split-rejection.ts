import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { stripHidden } from './domain/hidden-text.ts';
import { hasLabel, LABELS } from './domain/labels.ts';
import { parseRejection } from './domain/parse-rejection.ts';
import { fromLine, namedPart, partIssue } from './domain/part-issue.ts';
import { byOf, personOf } from './domain/person.ts';
import { accountsOf, type Redactor, redactor } from './domain/redact.ts';
import { keyOf, type Rejection } from './domain/rejection.ts';
import { ticketsIn } from './domain/report/choose-tickets.ts';
import { chooseParts, inTurn, type Listed, listedParts, ticketsNamed } from './domain/split.ts';
import type { PartOf } from './domain/split-fact.ts';
import type { StageName, Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { learnTicket } from './know-people.ts';
import { type Comment, type Issue, type Ports, Shut } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { readText, type Text } from './read-text.ts';
import { replayTicket } from './replay-ticket.ts';
import { issueOnce } from './write-once.ts';

const DAY_MS = 86_400_000;

/** The rejection without what is personal, also of what only its trace and these stored tickets tell. */
async function redacted(
  ports: Ports,
  base: Base,
  { issue, said }: Text,
  tickets: readonly string[],
): Promise<{ readonly rejection: Rejection; readonly by: Redactor }> {
  const replay = await replayTicket(ports, base, issue, said);
  const known = replay.is === 'differs' ? replay.pasted : replay;
  const by = known.is === 'replayed' ? known.by : redactor({ accounts: accountsOf(base.configuration) });
  for (const ticket of tickets) await learnTicket(ports, base, ticket, by);
  return { rejection: parseRejection(ports.ref, issue, by, base.forms, said), by };
}

const storedTickets = async ({ repository }: Ports, { configuration, commit }: Base): Promise<readonly string[]> =>
  configuration.tickets === undefined ? [] : ticketsIn(await repository.list(commit, configuration.tickets));

/**
 * The split that a writer asks for, as it is going to be carried out; or why there is none. `listing` stands behind
 * the command: a list of parts, or nothing, which means those that the app proposed. Every part says what the reporter said.
 */
export async function chooseSplit(
  ports: Ports,
  base: Base,
  { accepted, family }: Standing,
  comment: Comment,
  listing: string,
): Promise<FactOf<'split'> | Reason> {
  if (family.partOf !== null) return { code: 'split-part', detail: String(family.partOf.rejection) };
  if (family.split !== null) return { code: 'split-again' };
  const listed: readonly Listed[] | Reason | null =
    listing === '' ? family.proposed && inTurn(family.proposed) : listedParts(stripHidden(listing).visible);
  if (listed === null) return { code: 'split-nothing' };
  if ('code' in listed) return listed;
  const refusal = await ports.sandbox.refusal();
  if (refusal !== null) return { code: 'no-sandbox', detail: refusal };
  const text = await readText(ports, { accepted, family });
  const { issue, said } = text;
  if (!issue.open) return { code: 'split-closed' };
  const words = [issue.title, issue.body, ...said.answers.map((one) => one.words)].join('\n');
  const tickets = ticketsNamed(words, await storedTickets(ports, base));
  const { rejection, by } = await redacted(ports, base, text, tickets);
  const own = listed.map(({ quotes, after }) => ({ after, quotes: quotes.map((quote) => by.redact(quote)) }));
  const parts = chooseParts(own, rejection, tickets);
  if ('code' in parts) return parts;
  const { often } = rejection.annotations;
  const [who, since] = [byOf(personOf(comment)), comment.createdAt];
  return { kind: 'split', comment: comment.id, ...who, since, ...(often !== undefined && { often }), parts };
}

/** Opens what a split still lacks, one issue at a time, and wakes those that nothing is known of yet. */
export async function openParts(ports: Ports, { family }: Standing): Promise<readonly Fact[]> {
  const { split, opened } = family;
  if (split === null) return [];
  const part = split.parts.findIndex((_, at) => at > 0 && !opened.some((one) => one.part === at + 1)) + 1;
  if (part === 0) return wakeNew(ports, family.opened);
  // For the kill switch alone.
  await readBase(ports);
  const { issue: rejection } = ports.ref;
  const text = partIssue(rejection, split, part);
  if (text === null) throw new Error(`part ${part} of ${keyOf(ports.ref)} says nothing`);
  const own = { ...text, labels: [LABELS.rejection], line: fromLine(rejection, part), since: split.since };
  return [{ kind: 'part-opened', part, issue: await issueOnce(ports, `part-${part}`, own) }];
}

/** What the app itself did is no event: a part that has no facts has not heard of itself. */
async function wakeNew({ ledger, queue, ref }: Ports, opened: Standing['family']['opened']): Promise<readonly Fact[]> {
  for (const { issue } of opened) {
    const part = { ...ref, issue };
    if ((await ledger.read(keyOf(part))).length === 0) await queue.wakeAfter(part, 0);
  }
  return [];
}

/**
 * What an issue of the app's own is a part of, and who reported that; null where the ledger of the rejection that it names
 * does not tell of exactly this issue.
 */
export async function partIn(
  { ledger, ref }: Ports,
  { body }: Issue,
): Promise<{ readonly partOf: PartOf; readonly reporter: string } | null> {
  for (const line of body.split(/\r\n?|\n/)) {
    const named = namedPart(line);
    if (named === null) continue;
    const { family, accepted } = standingOf(await ledger.read(keyOf({ ...ref, issue: named.rejection })));
    const { part, rejection } = named;
    const issueOf = (one: number): number | null =>
      one === 1 ? rejection : (family.opened.find((opened) => opened.part === one)?.issue ?? null);
    if (accepted === null || issueOf(part) !== ref.issue) continue;
    const first = family.split?.parts[part - 1]?.after ?? null;
    return { partOf: { rejection, part, after: first === null ? null : issueOf(first) }, reporter: accepted.reporter };
  }
  return null;
}

function nullWhereGone(error: unknown): null {
  if (error instanceof Shut && error.because === 'issue-gone') return null;
  throw error;
}

const OVER: ReadonlySet<StageName> = new Set(['declined', 'merged', 'returned', 'closed', 'forgotten']);

/** Whether a part that comes before this one is over. One that was never taken up is, when nobody can take it up any more. */
async function isOver({ ledger, forge, ref }: Ports, other: number): Promise<boolean> {
  const { stage } = standingOf(await ledger.read(keyOf({ ...ref, issue: other })));
  if (stage.name !== 'new') return OVER.has(stage.name);
  const issue = await forge.issue(other).catch(nullWhereGone);
  return issue === null || !issue.open || !hasLabel(issue.labels, LABELS.rejection);
}

/** A part begins when the one that it waits for is over, whatever became of that. null: it waits for none. */
export async function awaitTurn(ports: Ports, { family }: Standing): Promise<readonly Fact[] | null> {
  const { waitsFor } = family;
  if (waitsFor === null) return null;
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' }];
  if (await isOver(ports, waitsFor)) return [{ kind: 'part-began', after: waitsFor }];
  // Where the other one was deleted nothing tells of its end.
  await ports.queue.wakeAfter(ports.ref, DAY_MS - (Date.parse(ports.clock.now()) % DAY_MS));
  return [];
}

/** Wakes the parts that waited for this one. */
export async function wakeWaiting(ports: Ports, { stage, family }: Standing): Promise<void> {
  if (!OVER.has(stage.name) || (family.split === null && family.partOf === null)) return;
  const { ledger, queue, ref } = ports;
  const whole = family.partOf?.rejection ?? ref.issue;
  const { opened } = standingOf(await ledger.read(keyOf({ ...ref, issue: whole }))).family;
  const known = await ledger.readAll(opened.map(({ issue }) => keyOf({ ...ref, issue })));
  for (const { issue } of opened) {
    const other = standingOf(known.get(keyOf({ ...ref, issue })) ?? []);
    if (other.stage.name === 'accepted' && other.family.waitsFor === ref.issue)
      await queue.wakeAfter({ ...ref, issue }, 0);
  }
}
