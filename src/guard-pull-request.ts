import { acceptance, type Command, refusedAcceptance, toldOf } from './accept-oracle.ts';
import { type Again, againOf, refusedRecheck } from './answer-recheck.ts';
import { HEADS_AN_HOUR, judgedIn } from './bound-heads.ts';
import { mayWrite } from './domain/approval.ts';
import { namedIn } from './domain/compare-oracles.ts';
import { CONFIGURATION_FILE } from './domain/configuration.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { guard as say } from './domain/messages/guard.ts';
import { byOf, isSame, personOf } from './domain/person.ts';
import { keyOf, refOf } from './domain/rejection.ts';
import type { At, Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { GATE } from './domain/tell-checks.ts';
import type { Verdict } from './domain/verdict.ts';
import { stillHolds } from './judged-until.ts';
import { lookAgain } from './look-again.ts';
import type { Comment, Ports, PullRequest } from './ports.ts';
import { postChecks } from './post-checks.ts';
import { type ReadBase, readBase } from './read-base.ts';
import { refuseCommand } from './refuse-command.ts';
import { showReport, tellReportOf } from './show-report.ts';
import { commentOnce } from './write-once.ts';

/** Pull requests whose facts are read at once. */
const AT_ONCE = 200;

const asksForAll = (read: ReadBase): boolean => 'base' in read && read.base.configuration['pull-requests'] === 'all';

/** Base decides whether people's pull requests are judged; where it has no usable configuration, the one that they bring. */
async function isWanted(ports: Ports, head: string): Promise<boolean> {
  const base = await readBase(ports);
  if ('base' in base) return asksForAll(base);
  return asksForAll(await readBase(ports, head));
}

/** The rejection whose merged fix a pull request of the app's own takes back; null for any other. */
function undoneBy(ports: Ports, { author, headBranch }: PullRequest): number | null {
  const issue = /^corrigible\/(\d{1,10})-undo-\d+$/.exec(headBranch)?.[1];
  return author === ports.forge.me.login && issue !== undefined ? Number(issue) : null;
}

/** Who opens a pull request need not have pushed; of its own push for a revert the app knows. '' for nobody knows. */
async function pusherOf({ ledger, ref, forge }: Ports, { head }: PullRequest, undoes: number | null): Promise<string> {
  if (undoes === null) return '';
  const { intents } = standingOf(await ledger.read(`${ref.repo}#${undoes}`));
  return intents.includes(`push ${head}`) ? forge.me.login : '';
}

/** What is known of a pull request that people merge. */
type GuardedStanding = Pick<Standing, 'rechecks'> & { readonly stage: At<'guarded'> };

/** Takes up a pull request that people merge: one that the app did not open, where the repository asks for that; or a revert. */
export async function findPullRequest(ports: Ports): Promise<readonly Fact[]> {
  const pull = await ports.forge.pullRequest(ports.ref.issue);
  const undoes = undoneBy(ports, pull);
  if (!pull.open || (undoes === null && pull.author === ports.forge.me.login)) return [];
  // Asked for or not: it is the app's own.
  if (!(await isWanted(ports, pull.head)) && undoes === null) return [];
  // Everything is judged against the default branch, and by its rules. One that has checks is told so.
  const isElsewhere = pull.baseBranch !== (await ports.repository.defaultBranch());
  if (isElsewhere && standingOf(await ports.ledger.read(keyOf(ports.ref))).stage.name !== 'closed') return [];
  const { author, authorId, head, baseBranch: into } = pull;
  const by = await pusherOf(ports, pull, undoes);
  const found = { author, ...(authorId !== undefined && { authorId }), head, into, by };
  return [{ kind: 'pull-request-found', ...found, ...(undoes !== null && { undoes }) }];
}

const commandsIn = (comments: readonly Comment[]): readonly Command[] =>
  comments.flatMap((comment) => {
    const found = /^\s{0,20}\/(accept-oracle|recheck)\b[ \t]*(\w{0,64})/.exec(comment.body);
    if (found === null) return [];
    return [{ comment, name: found[1] as Command['name'], argument: found[2] ?? '' }];
  });

/** Why nobody may follow this command, or null. */
async function refusalOf(
  ports: Ports,
  stage: At<'guarded'>,
  command: Command,
  again: Again,
  given: Given,
): Promise<string | null> {
  const { by, byPerson } = command.comment;
  if (!byPerson) return 'command-bot';
  const commander = personOf(command.comment);
  if (command.name === 'recheck') return refusedRecheck(ports, again, commander, isSame(commander, stage.pull.author));
  if (!mayWrite(await ports.forge.permission(by))) return 'command-no-write';
  return refusedAcceptance(ports, stage, command, given);
}

/** How long the webhook that tells who pushed may be late, or lost and asked for again. */
const LATE_MS = 10 * 60_000;

const isFresh = (ports: Ports, { createdAt }: Comment): boolean =>
  Date.parse(ports.clock.now()) - Date.parse(createdAt) < LATE_MS;

/** All commands so far, and what follows from those before this one. */
interface Given {
  readonly solo: boolean;
  readonly all: readonly Command[];
  readonly beside: readonly Fact[];
}

/** Reasons whose words name the commit that stands there. */
const OF_HEAD = new Set(['accept-stale-head', 'accept-edited', 'accept-unseen']);

/** What follows from a command; null while it cannot be told yet. */
async function answer(
  ports: Ports,
  { stage, rechecks }: GuardedStanding,
  command: Command,
  given: Given,
): Promise<Fact | null> {
  const { comment, name } = command;
  const { head } = stage.pull;
  const { beside } = given;
  const asked = beside.filter((fact) => fact.kind === 'recheck-requested');
  // What was judged before is about to be judged again.
  const now = asked.length === 0 ? stage : { ...stage, judged: null };
  const again = againOf(head, [...rechecks, ...asked], now);
  const code = await refusalOf(ports, now, command, again, given);
  if (code === 'accept-unknown-pusher' && isFresh(ports, comment)) {
    await lookAgain(ports);
    return null;
  }
  if (code === null)
    return name === 'recheck'
      ? { kind: 'recheck-requested', head, ...byOf(personOf(comment)), comment: comment.id }
      : acceptance(stage, comment);
  const detail = OF_HEAD.has(code) ? head : comment.by;
  return refuseCommand(ports, { code, detail }, comment, { beside });
}

function headingOf({ passed, held }: Verdict): string {
  if (passed) return say.checksGreen;
  return held === 'waits' ? say.checksWait : held === 'neutral' ? say.checksNeutral : say.checksRed;
}

const hasChecked = ({ intents }: Standing, head: string) => intents.some((what) => what.startsWith(`checks ${head}`));

/** Other pull requests that stood at this commit when they were last looked at. */
async function othersAt({ ledger, ref }: Ports, head: string) {
  const keys = (await ledger.ofRepository(ref.repo)).filter((key) => key !== keyOf(ref));
  const found: { number: number; standing: Standing }[] = [];
  for (let at = 0; at < keys.length; at += AT_ONCE)
    for (const [key, recorded] of await ledger.readAll(keys.slice(at, at + AT_ONCE))) {
      const standing = standingOf(recorded);
      const { stage } = standing;
      const { issue } = refOf(ref.installation, key);
      if (stage.name === 'guarded' && stage.pull.head === head) found.push({ number: issue, standing });
      if (stage.name === 'proposed' && stage.proposal.head === head)
        found.push({ number: stage.proposal.pullRequest, standing });
    }
  return found;
}

/** Whether this app has judged the same commit for another pull request that is open: checks belong to a commit. */
async function isShared(ports: Ports, { head }: PullRequest): Promise<boolean> {
  if (hasChecked(standingOf(await ports.ledger.read(keyOf(ports.ref))), head)) return false;
  const checks = await ports.forge.checks(head);
  if (!checks.some(({ name, app }) => name === GATE && app === ports.forge.me.app)) return false;
  for (const { number, standing } of await othersAt(ports, head)) {
    if (!hasChecked(standing, head)) continue;
    const other = await ports.forge.pullRequest(number);
    if (other.open && other.head === head) return true;
  }
  return false;
}

/** This pull request no longer stands at its commit: nobody wants that judged, and whoever waits for it is looked at. */
async function leave(ports: Ports, { pull: { head }, queued }: At<'guarded'>): Promise<void> {
  if (queued?.fact.what === 'judge') await ports.queue.cancelRun(keyOf(ports.ref));
  for (const { number, standing } of await othersAt(ports, head))
    if (standing.stage.name === 'guarded' && standing.stage.held !== null)
      await ports.queue.wakeAfter({ ...ports.ref, issue: number }, 0);
}

async function hasConfiguration({ repository }: Ports): Promise<boolean> {
  const base = await repository.branch(await repository.defaultBranch());
  return base !== null && (await repository.idOf(base, CONFIGURATION_FILE)) !== null;
}

/** Another head stands there, or it is to be merged into another branch than before. */
function movedTo(ports: Ports, { pull: { author, head, by } }: At<'guarded'>, pull: PullRequest): Fact {
  const undoes = undoneBy(ports, pull);
  const opened = { author: author.login, ...(author.id !== null && { authorId: author.id }) };
  const pushed = pull.head === head ? byOf(by) : { by: '' };
  const found = { ...opened, head: pull.head, into: pull.baseBranch, ...pushed };
  return { kind: 'pull-request-found', ...found, ...(undoes !== null && { undoes }) };
}

/** Where the checks of this commit are another pull request's, nothing is posted on it, and that is said once; else null. */
async function holdShared(ports: Ports, { held }: At<'guarded'>, pull: PullRequest): Promise<readonly Fact[] | null> {
  const { head } = pull;
  if (!(await isShared(ports, pull))) return null;
  if (held !== null) return [];
  await commentOnce(ports, `shared-${head}`, say.sharedHead(head));
  return [{ kind: 'merge-refused', head, reason: { code: 'shared-head' } }];
}

/** The gate alone, which waits, and why. */
async function tellWaiting(ports: Ports, stage: At<'guarded'>, pull: PullRequest, because: string) {
  const verdict: Verdict = { name: 'gate', passed: false, held: 'waits', because };
  if (stage.posted?.verdictHash === hashOf(verdict)) return [];
  const held = await holdShared(ports, stage, pull);
  return held ?? [await postChecks(ports, pull.head, verdict, { heading: headingOf(verdict) })];
}

/** The head is next, or comes later where too many of this pull request were judged just now. */
async function judgeInTurn(
  ports: Ports,
  { stage, rechecks }: GuardedStanding,
  pull: PullRequest,
): Promise<readonly Fact[] | 'judge'> {
  const held = await holdShared(ports, stage, pull);
  if (held !== null) return held;
  const ms = await judgedIn(ports, stage, rechecks);
  if (ms === 0) return 'judge';
  await ports.queue.wakeAfter(ports.ref, ms);
  return tellWaiting(ports, stage, pull, say.manyHeads(HEADS_AN_HOUR));
}

/** The judgement of the head that still says what is so; null where it has to be judged. */
async function dueJudgement(ports: Ports, { judged }: At<'guarded'>): Promise<FactOf<'judged'> | null> {
  if (judged === null || namedIn(judged.verdict) === null || !stillHolds(ports, judged)) return null;
  // GitHub lets neutral pass: that is over when base has a configuration.
  return judged.verdict.held === 'neutral' && (await hasConfiguration(ports)) ? null : judged;
}

/** Whether its checks stand on the head, and since when is known. */
const isShown = ({ accepted, posted }: At<'guarded'>, judged: FactOf<'judged'>): boolean =>
  posted?.shownAt !== undefined && posted.verdictHash === hashOf(toldOf(judged, accepted));

async function tellJudgement(ports: Ports, { accepted, pull: { head } }: At<'guarded'>, judged: FactOf<'judged'>) {
  const verdict = toldOf(judged, accepted);
  const standing = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const report = (await tellReportOf(ports, standing, judged.tree, head))?.brief;
  return postChecks(ports, head, verdict, { heading: headingOf(verdict), report, until: judged.until });
}

/** What follows from the commands that nobody was answered yet. */
async function answerCommands(ports: Ports, guarded: GuardedStanding, solo: boolean): Promise<readonly Fact[]> {
  const answers: Fact[] = [];
  const all = commandsIn(await ports.forge.comments(ports.ref.issue));
  for (const command of all.filter(({ comment }) => !guarded.stage.answered.includes(comment.id))) {
    const fact = await answer(ports, guarded, command, { solo, all, beside: answers });
    if (fact !== null) answers.push(fact);
  }
  return answers;
}

/**
 * Keeps the checks of somebody's pull request true: each head is judged once, and again when that is asked for. `judge`:
 * that is next. People merge it; nothing here does.
 */
export async function guardPullRequest(ports: Ports, guarded: GuardedStanding): Promise<readonly Fact[] | 'judge'> {
  const { stage } = guarded;
  const pull = await ports.forge.pullRequest(ports.ref.issue);
  if (!pull.open || pull.head !== stage.pull.head) await leave(ports, stage);
  if (!pull.open) return [{ kind: 'closed-by-hand', what: 'pull-request', by: '' }];
  const read = await readBase(ports);
  const branch = await ports.repository.defaultBranch();
  const { head, into } = stage.pull;
  if (pull.head !== head || pull.baseBranch !== (into ?? branch)) return [movedTo(ports, stage, pull)];
  // What the checks say comes before what people answer to it: whoever posted them may have died before noting that.
  const due = pull.baseBranch === branch ? await dueJudgement(ports, stage) : null;
  const news = due !== null && !isShown(stage, due) ? due : null;
  // Another pull request may have got its checks on this commit meanwhile.
  const held = news === null ? null : await holdShared(ports, stage, pull);
  if (news !== null && held === null) return [await tellJudgement(ports, stage, news)];
  if (held !== null && held.length > 0) return held;
  const answers = await answerCommands(ports, guarded, 'base' in read && read.base.configuration.solo);
  if (answers.length > 0) return answers;
  // What is judged is how it goes with the default branch. GitHub shows that on the commit, wherever it goes.
  if (pull.baseBranch !== branch) return tellWaiting(ports, stage, pull, say.elsewhere(branch));
  if (due === null) return judgeInTurn(ports, guarded, pull);
  return held ?? showReport(ports, standingOf(await ports.ledger.read(keyOf(ports.ref))), ports.ref.issue, due);
}
