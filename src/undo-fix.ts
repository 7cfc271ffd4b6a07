import { mayWrite } from './domain/approval.ts';
import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { pullRequestTitle } from './domain/messages/people.ts';
import * as say from './domain/messages/undo.ts';
import { isSame, personOf } from './domain/person.ts';
import { type Redactor, redactor } from './domain/redact.ts';
import type { At, Stage } from './domain/stage.ts';
import { knowingPeople } from './know-people.ts';
import type { Permit, Ports } from './ports.ts';
import { pushBranch } from './push-branch.ts';
import { readBase } from './read-base.ts';
import { refuseCommand } from './refuse-command.ts';
import { undoMerge } from './undo-merge.ts';
import { write } from './write-once.ts';

type Merged = At<'merged'> | At<'returned'>;

/** Most characters of a reason that are quoted. */
const REASON = 1000;

interface Asking {
  /** '' for the app itself. */
  readonly by: string;
  readonly comment: number | null;
  readonly why: string;
}

/** The commit that takes the fix back on today's base, on a branch of its own; or why there is none. */
async function pushRevert(ports: Ports, stage: Merged, words: say.RevertWords, base: string, branch: string) {
  const { repository, ref } = ports;
  const { sha } = stage.merged;
  const undone = await undoMerge(ports, { sha, issue: ref.issue, again: stage.approved.again }, base);
  if (undone === null) return { code: 'undo-unknown', detail: sha };
  if ('conflicts' in undone) return { code: 'undo-conflicts', detail: undone.conflicts.slice(0, 5).join(', ') };
  if (undone.tree === (await repository.treeOf(base))) return { code: 'undo-nothing' };
  const make = () => repository.commit(undone.tree, [base], say.revertMessage(words));
  const head = await pushBranch(ports, branch, make);
  return head === null ? { code: 'undo-not-pushed', detail: branch } : { head };
}

/**
 * Opens the pull request that takes a merged fix back: today's base without what the fix brought, its cases included,
 * which would be red. It is judged like a person's, and people merge it. Nothing is pushed where it conflicts.
 */
async function openRevert(
  ports: Ports,
  stage: Merged,
  { by, comment, why }: Asking,
): Promise<FactOf<'revert-opened'> | Reason> {
  const { repository, forge, ref, queue } = ports;
  // For the kill switch, and what base is now: nothing of its files is needed, which may be what has to be undone.
  await readBase(ports);
  const into = await repository.defaultBranch();
  const base = await repository.branch(into);
  if (base === null) return { code: 'undo-nothing' };
  const { spec } = stage.approved;
  const { pullRequest: fix } = stage.proposal;
  const fixed = { title: pullRequestTitle(spec), pullRequest: fix, sha: stage.merged.sha };
  const words = { ...fixed, issue: ref.issue, by, why, red: spec.acceptance };
  const branch = `corrigible/${ref.issue}-undo-${stage.reverts + 1}`;
  const pushed = await pushRevert(ports, stage, words, base, branch);
  if (!('head' in pushed)) return pushed;
  const from = { branch, base: into, title: say.revertTitle(words), body: say.revertBody(words) };
  const open = (permit: Permit) => forge.openPullRequest(permit, from);
  const pullRequest = await write(ports, `open ${branch}`, open, 1);
  // It has a ledger of its own, and what the app does wakes nobody.
  await queue.wakeAfter({ ...ref, issue: pullRequest }, 0);
  return { kind: 'revert-opened', pullRequest, branch, base, head: pushed.head, by, comment };
}

/** Why a merged fix cannot be undone as it stands; null when it can. */
function refusalOf(stage: Stage): Reason | null {
  if (stage.name !== 'merged' && stage.name !== 'returned') return { code: 'undo-not-merged' };
  if (stage.revert !== null) return { code: 'undo-already', detail: String(stage.revert.pullRequest) };
  return stage.outcome?.outcome === 'reverted' ? { code: 'undo-reverted' } : null;
}

/** What the comment says after the command, for people: personal data is taken out. Null when it asks no more. */
async function reasonIn(
  ports: Ports,
  { comment, by }: FactOf<'undo-asked'>,
  { redact }: Pick<Redactor, 'redact'>,
): Promise<string | null> {
  const found = await ports.forge.comment(comment);
  const theirs = found !== null && isSame(personOf(found), personOf({ by }));
  const [, words] = (theirs && /^\s{0,20}\/undo\b([\s\S]*)$/.exec(found.body)) || [];
  if (words === undefined) return null;
  return redact(words.trim()).slice(0, REASON);
}

/** Follows a person's `/undo`, or says once in words why not. Whether that person may write is read now. */
export async function answerUndo(ports: Ports, stage: Stage, asked: FactOf<'undo-asked'>): Promise<readonly Fact[]> {
  // For the kill switch: a refusal is a comment, too.
  const read = await readBase(ports);
  const refuse = async (reason: Reason) => [
    await refuseCommand(ports, reason, { id: asked.comment, by: asked.by }, asked),
  ];
  if (!mayWrite(await ports.forge.permission(asked.by))) return refuse({ code: 'command-no-write', detail: asked.by });
  const refusal = refusalOf(stage);
  if (refusal !== null) return refuse(refusal);
  const why = await reasonIn(ports, asked, 'base' in read ? await knowingPeople(ports, read.base) : redactor());
  if (why === null) return refuse({ code: 'undo-withdrawn' });
  const opened = await openRevert(ports, stage as Merged, { by: asked.by, comment: asked.comment, why });
  return 'code' in opened ? refuse(opened) : [opened];
}

/**
 * Proposes to take back what was judged red after its merge, because base had moved in that moment. Null where there is
 * nothing of the kind, or no revert can be made: then it is told in words alone.
 */
export async function undoRed(ports: Ports, stage: At<'merged'>): Promise<readonly Fact[] | null> {
  const { red } = stage.merged;
  if (red === undefined) return null;
  const opened = await openRevert(ports, stage, { by: '', comment: null, why: say.afterRace(red) });
  if (!('code' in opened)) return [opened];
  ports.log.warn('what was merged red cannot be taken back', { because: opened.code });
  return null;
}
