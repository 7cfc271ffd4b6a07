import type { Fact } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { keyOf } from './domain/rejection.ts';
import { standingOf } from './domain/standing.ts';
import { type Check, endOthers, tellChecks } from './domain/tell-checks.ts';
import type { Verdict } from './domain/verdict.ts';
import { lookAtEnd } from './judged-until.ts';
import type { Permit, Ports } from './ports.ts';
import { write } from './write-once.ts';

/** What the gate's check says beside the verdict. */
export interface BesideVerdict {
  readonly heading?: string;
  readonly report?: string | undefined;
  /** The last day on which a green verdict holds: it is looked at on the next one. */
  readonly until?: string | undefined;
}

/** Checks that an earlier judgement of this commit left there. Asks GitHub only where there may be some. */
async function others({ forge }: Ports, head: string, checks: readonly Check[], isFirst: boolean) {
  if (isFirst && checks.length > 1) return [];
  const posted = await forge.checks(head);
  return endOthers(
    checks,
    posted.filter(({ app }) => app === forge.me.app),
  );
}

/**
 * Posts one check per part of the verdict, and the gate, all on exactly this head; anew when they were asked for again.
 * What is no part of it any more is told to be over, before the gate says anything.
 */
export async function postChecks(
  ports: Ports,
  head: string,
  verdict: Verdict,
  { heading, report, until }: BesideVerdict = {},
): Promise<Fact> {
  const recorded = await ports.ledger.read(keyOf(ports.ref));
  const { rechecks, intents } = standingOf(recorded);
  const verdictHash = hashOf(verdict);
  // What was said before, and then something else, is said anew: GitHub shows the latest.
  const times = recorded.filter(({ fact }) => fact.kind === 'checks-posted' && fact.head === head).length;
  const isPlain = rechecks.length === 0 && times === 0;
  const stamp = (isPlain ? verdictHash : hashOf({ verdictHash, rechecks: rechecks.length, times })).slice(0, 32);
  const name = `checks ${head} ${stamp}`;
  const isFirst = !intents.some((what) => what.startsWith(`checks ${head} `) && what !== name);
  const told = tellChecks(verdict, heading, report);
  const checks = [...(await others(ports, head, told, isFirst)), ...told];
  const post = (permit: Permit, look: boolean) => ports.forge.postChecks(permit, head, stamp, checks, look);
  if (verdict.passed) await lookAtEnd(ports, { until });
  const shownAt = (await write(ports, name, post, checks.length)) ?? ports.clock.now();
  return { kind: 'checks-posted', head, verdictHash, green: verdict.passed, shownAt };
}
