import { askModel, type Exchange, transcribed } from './ask-model.ts';
import type { UsedUp } from './domain/budget.ts';
import { hiddenFromAgents } from './domain/case-files.ts';
import type { Configuration } from './domain/configuration.ts';
import { givesOrders } from './domain/detect.ts';
import type { Fact, Reason, RoutedRemark } from './domain/fact.ts';
import { oracleGlobs } from './domain/integrity.ts';
import * as say from './domain/messages/review.ts';
import { plainText } from './domain/prompts/plain.ts';
import { parseReview, renderReview, type SortedRemark } from './domain/prompts/review.ts';
import { accountsOf } from './domain/redact.ts';
import { keyOf } from './domain/rejection.ts';
import {
  asksOnly,
  type PlainKind,
  plainKindOf,
  quotesHoldOut,
  type Remark,
  remarksHash,
  remarksOf,
} from './domain/review.ts';
import type { At, Revision } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { consult, reasonOf, untilTomorrow } from './keep-budget.ts';
import { knowingPeople } from './know-people.ts';
import type { Agent, Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { rememberingAnswers } from './remember-answers.ts';
import { shownChange } from './show-change.ts';

/** A review that asks for changes of an open pull request. */
export interface Reviewed {
  readonly stage: At<'proposed'>;
  readonly revision: Revision;
  readonly base: Base;
}

/** What the review says now; null when there is none of this number. */
export async function readRemarks(
  ports: Ports,
  pullRequest: number,
  review: number,
  where: Pick<Base, 'configuration' | 'commit'>,
): Promise<ReturnType<typeof remarksOf> | null> {
  const found = (await ports.forge.reviews(pullRequest)).find(({ id }) => id === review);
  if (found === undefined) return null;
  return remarksOf(found, await ports.forge.reviewThreads(pullRequest), await knowingPeople(ports, where));
}

/** Who can make the same fix in another way: never a recipe, which would make the very same again. */
export function revisingAgent(ports: Ports, configuration: Configuration): Agent | null {
  const { kind } = configuration.agent;
  return kind === 'auto' || kind === 'model' ? ports.agents.model(configuration) : null;
}

const byRecipe = ({ stage, base }: Reviewed): boolean =>
  stage.approved.spec.slots !== undefined && base.configuration.agent.kind !== 'model';

/** Why it goes back to people before anybody has read its sense; null when it does not. */
async function refusalOf(
  ports: Ports,
  { stage, revision }: Reviewed,
  remarks: ReturnType<typeof remarksOf> | null,
): Promise<Reason | null> {
  if (stage.proposal.lastPusher !== null) return { code: 'revision-overtaken' };
  const { intents } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (revision.of !== stage.proposal.head && !intents.includes(`push ${revision.of}`))
    return { code: 'revision-stale', detail: revision.of };
  if (remarks === null) return { code: 'revision-withdrawn' };
  if (remarks === 'too-much') return { code: 'revision-too-much' };
  if (remarks.length === 0) return { code: 'revision-nothing' };
  const text = remarks.map(({ words }) => words).join('\n');
  if (quotesHoldOut(text, stage.approved.spec)) return { code: 'revision-hold-out' };
  return givesOrders(text) ? { code: 'revision-orders' } : null;
}

/** The change as it stands, against the commit of base that it stands on, without what a model may not see. */
async function diffOf(ports: Ports, { stage, base }: Reviewed): Promise<string> {
  const { repository, ref } = ports;
  const { head } = stage.proposal;
  const from = (await repository.mergeBase(base.commit, head)) ?? base.commit;
  return shownChange(
    ports,
    from,
    head,
    hiddenFromAgents(ref.issue, base.configuration),
    accountsOf(base.configuration),
  );
}

async function byModel(
  ports: Ports,
  reviewed: Reviewed,
  remarks: readonly Remark[],
  heard: Exchange[],
): Promise<readonly SortedRemark[] | UsedUp | null> {
  const { spec, paths } = reviewed.stage.approved;
  if (ports.model === null) return null;
  const diff = await diffOf(ports, reviewed);
  const request = renderReview({ spec, paths, diff, remarks });
  const read = await consult(ports, reviewed.base.configuration, async ({ model }) => {
    if (model === null) return null;
    const asked = rememberingAnswers(ports, model, 'review', String(reviewed.revision.review));
    return askModel(asked, request, (text) => parseReview(text, remarks), heard);
  });
  return 'usedUp' in read ? read : read.said;
}

const fromRecord = (ports: Ports, reviewed: Reviewed, { about }: Extract<PlainKind, { is: 'question' }>): string => {
  const { spec, rubric, by } = reviewed.stage.approved;
  const agent = byRecipe(reviewed) ? 'recipe' : 'model';
  const of = { spec, rubric, by, issue: ports.ref.issue, base: reviewed.stage.proposal.base, agent } as const;
  return say.fromRecord(about, of);
};

type Kind = { readonly is: 'question'; readonly answer: string } | { readonly is: 'how' | 'what' | 'unclear' };

/** What each remark is. What is certain is not asked; of the rest a model says it, and nobody knows without one. */
async function kindsOf(
  ports: Ports,
  reviewed: Reviewed,
  remarks: readonly Remark[],
  heard: Exchange[],
): Promise<readonly Kind[] | UsedUp> {
  const oracle = oracleGlobs(reviewed.base.configuration);
  const plain = remarks.map((remark) => plainKindOf(remark, oracle));
  const open = remarks.filter((_, index) => plain[index] === null);
  const wanted = plain.some((kind) => kind?.is === 'what');
  const sorted = open.length === 0 || wanted ? null : await byModel(ports, reviewed, open, heard);
  if (sorted !== null && 'usedUp' in sorted) return sorted;
  const { redact } = await knowingPeople(ports, reviewed.base);
  return remarks.map((remark, index): Kind => {
    const known = plain[index] ?? null;
    if (known?.is === 'what') return known;
    if (known !== null) return { is: 'question', answer: fromRecord(ports, reviewed, known) };
    const found = sorted?.[open.indexOf(remark)];
    if (found?.is === 'question')
      return { is: 'question', answer: say.fromModel(redact(plainText(found.answer, 1000))) };
    if (found !== undefined) return { is: found.is };
    return { is: ports.model === null && !asksOnly(remark.words) ? 'how' : 'unclear' };
  });
}

/**
 * Decides what a review wants: answers, another round within the approved spec, or something that only people decide.
 * Its words are data: where they leave a doubt, they go back to people, and nothing is spent (invariants 3 and 12). Where
 * the day leaves nothing for a model to read it, it waits for the next.
 */
export async function sortReview(ports: Ports, reviewed: Reviewed): Promise<readonly Fact[]> {
  const { stage, revision, base } = reviewed;
  const { review } = revision;
  const stop = (reason: Reason): readonly Fact[] => [{ kind: 'revision-stopped', review, reason }];
  const stopped = (code: string, detail?: string) => stop({ code, ...(detail !== undefined && { detail }) });
  const read = await readRemarks(ports, stage.proposal.pullRequest, review, base);
  const reason = await refusalOf(ports, reviewed, read);
  if (reason !== null || read === null || read === 'too-much') return stop(reason ?? { code: '' });
  const heard: Exchange[] = [];
  const kinds = await kindsOf(ports, reviewed, read, heard);
  if ('usedUp' in kinds) return kinds.usedUp === 'day' ? untilTomorrow(ports, kinds) : stop(reasonOf(kinds));
  if (kinds.some(({ is }) => is === 'what')) return stopped('revision-respec');
  if (kinds.some(({ is }) => is === 'unclear')) return stopped('revision-unclear');
  const route = kinds.some(({ is }) => is === 'how') ? 'round' : 'answer';
  const after = Math.max(0, ...stage.rounds.map(({ round }) => round));
  if (route === 'round' && revisingAgent(ports, base.configuration) === null)
    return stopped('revision-same', byRecipe(reviewed) ? 'recipe' : '');
  const remarks = read.map(({ thread, comment }, index): RoutedRemark => {
    const kind = kinds[index];
    return { thread, comment, ...(kind?.is === 'question' && { answer: kind.answer }) };
  });
  const transcript = await transcribed(ports, heard);
  return [{ kind: 'revision-routed', review, route, remarks, remarksHash: remarksHash(read), after, ...transcript }];
}
