import type { Fact } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { keyOf } from './domain/rejection.ts';
import { standingOf } from './domain/standing.ts';
import { tellChecks } from './domain/tell-checks.ts';
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

/** Posts one check per part of the verdict, and the gate, all on exactly this head; anew when they were asked for again. */
export async function postChecks(
  ports: Ports,
  head: string,
  verdict: Verdict,
  { heading, report, until }: BesideVerdict = {},
): Promise<Fact> {
  const { rechecks } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const verdictHash = hashOf(verdict);
  const stamp = (rechecks.length === 0 ? verdictHash : hashOf({ verdictHash, rechecks: rechecks.length })).slice(0, 32);
  const checks = tellChecks(verdict, heading, report);
  const name = `checks ${head} ${stamp}`;
  const post = (permit: Permit, look: boolean) => ports.forge.postChecks(permit, head, stamp, checks, look);
  if (verdict.passed) await lookAtEnd(ports, { until });
  const shownAt = (await write(ports, name, post, checks.length)) ?? ports.clock.now();
  return { kind: 'checks-posted', head, verdictHash, green: verdict.passed, shownAt };
}
