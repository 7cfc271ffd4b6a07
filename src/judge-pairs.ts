import { acceptInverse } from './accept-inverse.ts';
import type { FactOf } from './domain/fact.ts';
import { guard } from './domain/messages/guard.ts';
import { groupWords as say } from './domain/messages/queue.ts';
import type { At, Group } from './domain/stage.ts';
import { judgeByToday } from './judge-by-today.ts';
import { judgeHead } from './judge-candidate.ts';
import { judgePull } from './judge-pull.ts';
import { untilEndOf } from './judged-until.ts';
import type { Pair } from './oracle-paths.ts';
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

/** What is told while it is judged. */
interface Heard {
  readonly onSound?: Sound | undefined;
  readonly onForgiven?: () => void;
}

/** By base's suites, and by its own. */
async function judgePair(
  ports: Ports,
  pair: Pair,
  { head, merge, undoes }: As,
  signal: AbortSignal,
  { onSound, onForgiven }: Heard = {},
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
  onSound?.(tree);
  const judged = await judgePull(ports, pair, signal, onForgiven);
  const verdict = undoes === null ? judged : await acceptInverse(ports, judged, undoes, pair);
  const seconds = Math.round((performance.now() - since) / 10) / 100;
  return { kind: 'judged', base, tree, head, merge, verdict, seconds, ...until };
}

/** It conflicts with base, into which it would have to be merged to be judged. */
function behind(head: string, base: string, because: string): FactOf<'judged'> {
  const verdict = { name: 'gate', passed: false, held: 'waits' as const, because };
  return { kind: 'judged', base, tree: '', head, merge: false, verdict, seconds: 0 };
}

/** The head of somebody's pull request, against base, with what stored tickets come to. */
export async function judgeGuarded(
  ports: Ports,
  { pull: { head, undoes } }: At<'guarded'>,
  reports: Reporting,
  signal: AbortSignal,
): Promise<void> {
  await ports.repository.fetch(await ports.forge.gitAccess(false));
  const branch = await ports.repository.defaultBranch();
  const now = await ports.repository.branch(branch);
  // A head that was pushed over meanwhile is somebody else's turn.
  if (now === null || !(await ports.repository.has(head))) return;
  const how = { head, merge: false, undoes };
  const byToday = await judgeByToday(ports, head, now, async (pair, onForgiven) => {
    const judge = (onSound?: Sound) => judgePair(ports, pair, how, signal, { onSound, onForgiven });
    const read = await readBase(ports, pair.from);
    return 'base' in read ? reports.beside(read.base, judge) : [await judge()];
  });
  await recordAfterwards(
    ports,
    'judged' in byToday ? byToday.judged : [behind(head, now, guard[byToday.behind](branch))],
  );
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
