import { mayWrite } from './domain/approval.ts';
import { keyOf } from './domain/rejection.ts';
import type { At, Standing } from './domain/stage.ts';
import type { Ports } from './ports.ts';

/** Heads of one pull request that are judged within an hour where its author may not write: each runs everything. */
export const HEADS_AN_HOUR = 10;
const HOUR_MS = 3_600_000;

/** Whether somebody who may write wants this head judged, or opened the pull request. */
async function isWantedByWriter(
  { forge }: Ports,
  { pull }: At<'guarded'>,
  rechecks: Standing['rechecks'],
): Promise<boolean> {
  const people = new Set([pull.author.login, ...rechecks.flatMap(({ head, by }) => (head === pull.head ? by : []))]);
  for (const login of people) if (mayWrite(await forge.permission(login))) return true;
  return false;
}

/** In how many milliseconds this head is judged: 0 for at once. */
export async function judgedIn(ports: Ports, stage: At<'guarded'>, rechecks: Standing['rechecks']): Promise<number> {
  const now = Date.parse(ports.clock.now());
  const times: number[] = [];
  let isBegun = false;
  for (const { at, fact } of await ports.ledger.read(keyOf(ports.ref))) {
    // A head that was there before, or that was pointed elsewhere meanwhile, costs as much as a new one.
    if (fact.kind === 'pull-request-found') isBegun = false;
    if (fact.kind !== 'run-queued' || fact.what !== 'judge' || fact.head === null) continue;
    times.push(Date.parse(at));
    isBegun = fact.head === stage.pull.head;
  }
  if (isBegun) return 0;
  const last = times.slice(-HEADS_AN_HOUR);
  const left = (last[0] ?? 0) + HOUR_MS - now;
  if (last.length < HEADS_AN_HOUR || left <= 0) return 0;
  return (await isWantedByWriter(ports, stage, rechecks)) ? 0 : left;
}
