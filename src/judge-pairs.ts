import { acceptInverse } from './accept-inverse.ts';
import type { FactOf } from './domain/fact.ts';
import { guard } from './domain/messages/guard.ts';
import { groupWords as say } from './domain/messages/queue.ts';
import type { At, Group } from './domain/stage.ts';
import { judgeHead } from './judge-candidate.ts';
import { judgePull } from './judge-pull.ts';
import { untilEndOf } from './judged-until.ts';
import { oracleChanges, type Pair } from './oracle-paths.ts';
import type { Ports } from './ports.ts';
import { readBase } from './read-base.ts';
import type { Reporting, Sound } from './report-tickets.ts';
import { recordAfterwards } from './write-once.ts';

interface As {
  /** The commit that the judgement is about. */
  readonly head: string;
  /** It is what a merge queue makes of base. */
  readonly merge: boolean;
  readonly undoes: number | null;
}

/** By base's suites, and by its own. */
async function judgePair(
  ports: Ports,
  pair: Pair,
  { head, merge, undoes }: As,
  signal: AbortSignal,
  onSound: Sound = () => {},
): Promise<FactOf<'judged'>> {
  const since = performance.now();
  const base = pair.from;
  const sides = [await readBase(ports, pair.from), await readBase(ports, pair.head)];
  const until = untilEndOf(
    ports,
    sides.map((read) => ('base' in read ? read.base.quarantine : [])),
  );
  const tree = await ports.repository.treeOf(pair.head);
  // Whoever opens a pull request has its code run in the sandbox.
  onSound(tree);
  const judged = await judgePull(ports, pair, signal);
  const verdict = undoes === null ? judged : await acceptInverse(ports, judged, undoes, pair);
  const seconds = Math.round((performance.now() - since) / 10) / 100;
  return { kind: 'judged', base, tree, head, merge, verdict, seconds, ...until };
}

/**
 * A head against the commit of base that it stands on. Where base is judged by other files since then, its merge into
 * base against base, so that nobody chooses by what they are judged; null where the two conflict.
 */
async function pairOf(ports: Ports, head: string, now: string): Promise<Pair | null> {
  const { repository } = ports;
  const from = (await repository.mergeBase(now, head)) ?? now;
  const ruled = await oracleChanges(ports, { from, head: now });
  if (ruled.length === 0) return { from, head };
  const merged = await repository.merge(now, head);
  return 'conflicts' in merged ? null : { from: now, head: await repository.commit(merged.tree, [now, head], '') };
}

/** The head of somebody's pull request, against base. */
export async function judgeGuarded(
  ports: Ports,
  { pull: { head, undoes } }: At<'guarded'>,
  reports: Reporting,
  signal: AbortSignal,
): Promise<void> {
  await ports.repository.fetch(await ports.forge.gitAccess(false));
  const now = await ports.repository.branch(await ports.repository.defaultBranch());
  // A head that was pushed over meanwhile is somebody else's turn.
  if (now === null || !(await ports.repository.has(head))) return;
  const pair = await pairOf(ports, head, now);
  if (pair === null) {
    const behind = guard.behind(await ports.repository.defaultBranch());
    const verdict = { name: 'gate', passed: false, held: 'waits' as const, because: behind };
    return recordAfterwards(ports, [{ kind: 'judged', base: now, tree: '', head, merge: false, verdict, seconds: 0 }]);
  }
  const judge = (sound?: Sound) => judgePair(ports, pair, { head, merge: false, undoes }, signal, sound);
  const read = await readBase(ports, pair.from);
  await recordAfterwards(ports, 'base' in read ? await reports.beside(read.base, judge) : [await judge()]);
}

/** A merge group: the app's own as a merge result, with its approved cases; a person's as their head. */
export async function judgeGroup(
  ports: Ports,
  stage: At<'proposed'> | At<'guarded'>,
  group: Pick<Group, 'head' | 'base'>,
  signal: AbortSignal,
): Promise<void> {
  const { head, base } = group;
  await ports.repository.fetch(await ports.forge.gitAccess(false));
  if (stage.name === 'guarded') {
    const how = { head, merge: true, undoes: stage.pull.undoes };
    return recordAfterwards(ports, [await judgePair(ports, { from: base, head }, how, signal)]);
  }
  const read = await readBase(ports, base);
  if ('problems' in read) {
    const why = read.problems.map(({ file, problem }) => `${file}: ${problem}`).join(' ');
    return recordAfterwards(ports, [groupNotJudged(group, why)]);
  }
  const tree = await ports.repository.treeOf(head);
  await recordAfterwards(ports, [
    await judgeHead(ports, read.base, stage.approved, { commit: head, tree, merge: true }, signal),
  ]);
}

/** Judged as not passed, where trying again is no use. */
export function groupNotJudged({ head, base }: Pick<Group, 'head' | 'base'>, why: string): FactOf<'judged'> {
  const verdict = { name: 'gate', passed: false, because: say.notJudged(why) };
  return { kind: 'judged', base, tree: '', head, merge: true, verdict, seconds: 0 };
}
