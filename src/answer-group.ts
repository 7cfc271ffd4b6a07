import { acceptNamed, namedIn } from './domain/compare-oracles.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import { oracle } from './domain/messages/guard.ts';
import { groupWords as say } from './domain/messages/queue.ts';
import { keyOf } from './domain/rejection.ts';
import type { At, Group, Standing } from './domain/stage.ts';
import type { Verdict } from './domain/verdict.ts';
import { stillHolds } from './judged-until.ts';
import type { Ports } from './ports.ts';
import { postChecks } from './post-checks.ts';

/** GitHub tells of a group's commit before every server of its has it. */
const LATE_MS = 10 * 60_000;
const AGAIN_MS = 10_000;

const alone = (because: string, held?: Verdict['held']): Verdict => ({
  name: 'gate',
  passed: false,
  because,
  ...(held !== undefined && { held }),
});

/** `judge`: what this group makes of its base is not judged yet. */
type Answered = Verdict | 'judge' | 'unseen';

/** Whether the group is exactly its base with this head merged into it. */
async function isMergeOf({ repository }: Ports, { base, head }: Group, pullHead: string): Promise<boolean> {
  const merged = await repository.merge(base, pullHead);
  return 'tree' in merged && merged.tree === (await repository.treeOf(head));
}

/** What was judged as exactly this tree against exactly this base. */
async function judgementOf(
  ports: Ports,
  { judgements }: At<'proposed'> | At<'guarded'>,
  { base, head, anew }: Group,
): Promise<FactOf<'judged'> | undefined> {
  const tree = await ports.repository.treeOf(head);
  const isOfIt = (one: FactOf<'judged'>) => one.head === head || (!anew && one.base === base && one.tree === tree);
  return judgements.findLast((one) => isOfIt(one) && stillHolds(ports, one) && namedIn(one.verdict) !== null);
}

/** The app put it in, and took it out again. */
const isWithdrawn = ({ enqueued, proposal }: At<'proposed'>): boolean =>
  enqueued?.head === proposal.head && enqueued.left;

async function verdictOn(ports: Ports, { stage }: Standing, group: Group): Promise<Answered> {
  const { repository, forge, ref } = ports;
  await repository.fetch(await forge.gitAccess(false));
  const branch = await repository.defaultBranch();
  const worked = stage.name === 'proposed' || stage.name === 'guarded';
  if (!worked) {
    if (ref.issue === 0) return alone(say.stray);
    const pull = await forge.pullRequest(group.pull);
    // A check that blocks here protects nothing: its head was let into the queue without one.
    return pull.author === forge.me.login ? alone(say.ended) : alone(say.notAsked, 'neutral');
  }
  if (group.into !== branch) return alone(say.elsewhere(branch));
  if (stage.name === 'proposed' && isWithdrawn(stage)) return alone(say.withdrawn);
  if (!(await repository.has(group.head)) || !(await repository.has(group.base))) return 'unseen';
  const judged = await judgementOf(ports, stage, group);
  if (judged === undefined) return 'judge';
  if (stage.name === 'proposed') return judged.verdict;
  const { accepted, pull } = stage;
  const holds = accepted !== null && (await isMergeOf(ports, group, pull.head));
  return acceptNamed(judged.verdict, holds ? accepted : { by: '' }, () => oracle.inQueue);
}

/**
 * Answers what a merge queue asks: checks of the same names as on a head, on the commit that is about to become the tip
 * of base. What is judged is exactly that commit against the one it is built on.
 */
export async function answerGroup(ports: Ports, standing: Standing, group: Group): Promise<readonly Fact[] | 'judge'> {
  const answered = await verdictOn(ports, standing, group);
  if (answered === 'judge') return 'judge';
  if (answered !== 'unseen')
    return [await postChecks(ports, group.head, answered, { heading: say.heading(answered.passed) })];
  if (Date.parse(ports.clock.now()) - Date.parse(group.at) > LATE_MS) {
    ports.log.warn('a merge group is not here', { rejection: keyOf(ports.ref), group: group.head });
    return [{ kind: 'group-gone', head: group.head, because: '' }];
  }
  await ports.queue.wakeAfter(ports.ref, AGAIN_MS);
  return [];
}
