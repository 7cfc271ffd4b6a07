import type { Fact } from '../../../src/domain/fact.ts';
import { hashText } from '../../../src/domain/hash.ts';
import { standingOf } from '../../../src/domain/standing.ts';
import { tellStatus } from '../../../src/domain/tell-status.ts';
import type { LedgerSeen } from './orders.ts';
import type { People } from './people.ts';
import type { World } from './world.ts';

/** What is there in the end, in words that do not depend on ids, hashes and times. */
export interface FinalState {
  readonly issues: unknown;
  readonly pulls: unknown;
  readonly branches: unknown;
  readonly history: unknown;
  readonly labels: unknown;
  readonly ledger: unknown;
}

const normal = (text: string | null): string =>
  (text ?? '')
    .replace(/\b[0-9a-f]{7,64}\b/g, '<hash>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/[\d.]+ s\b/g, '<seconds> s')
    .replace(/\d+ model tokens/g, '<n> model tokens')
    .replace(/issuecomment-\d+/g, '<comment>')
    .replace(/<!-- corrigible:review-\d+ -->/g, '<!-- review -->')
    .replace(/<!-- corrigible:revision-\d+ -->/g, '<!-- revision -->')
    .replace(/<!-- corrigible:reply-\d+-\d+ -->/g, '<!-- reply -->')
    .replace(/\bReview: \d+/g, 'Review: <n>')
    .replace(/<!-- corrigible:command-\d+ -->/g, '<!-- command -->')
    .replace(/127\.0\.0\.1:\d+/g, '<host>');

interface Comment {
  readonly body: string;
  readonly user: { readonly login: string };
}

async function commentsOn(people: People, number: number) {
  const comments: readonly Comment[] = await people.call('alice', 'GET', `/issues/${number}/comments?per_page=100`);
  return comments.map(({ body, user }) => ({ by: user.login, body: normal(body) }));
}

const names = (of: readonly { name?: string; login?: string }[]): readonly string[] =>
  of.map(({ name, login }) => name ?? login ?? '').sort();

async function issuesOf(people: People) {
  const all = await people.call('alice', 'GET', '/issues?state=all&per_page=100&direction=asc');
  const issues = all.filter((one: object) => !('pull_request' in one));
  return Promise.all(
    issues.map(async (one: { number: number; title: string; state: string; state_reason: string; labels: [] }) => ({
      number: one.number,
      title: one.title,
      state: one.state,
      reason: one.state_reason,
      labels: names(one.labels),
      comments: await commentsOn(people, one.number),
    })),
  );
}

interface Check {
  readonly name: string;
  readonly conclusion: string;
  readonly external_id: string;
  readonly output: { readonly title: string; readonly summary: string };
}

async function checksOn(people: People, head: string) {
  const at = `/commits/${head}/check-runs?per_page=100&filter=all`;
  const { check_runs: runs } = (await people.call('alice', 'GET', at)) as { check_runs: readonly Check[] };
  return runs
    .map(({ name, conclusion, output }) => ({
      name,
      conclusion,
      title: normal(output.title),
      summary: normal(output.summary),
    }))
    .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

async function pullsOf(people: People) {
  const pulls = await people.call('alice', 'GET', '/pulls?state=all&per_page=100&direction=asc');
  return Promise.all(
    pulls.map(async ({ number }: { number: number }) => {
      const pull = await people.pull(number);
      const reviews = await people.call('alice', 'GET', `/pulls/${number}/reviews?per_page=100`);
      const commits = await people.call('alice', 'GET', `/pulls/${number}/commits?per_page=100`);
      return {
        number,
        title: pull.title,
        body: normal(pull.body),
        state: pull.state,
        merged: pull.merged,
        branch: pull.head.ref,
        base: pull.base.ref,
        asked: names(pull.requested_reviewers),
        reviews: reviews.map((one: { user: { login: string }; state: string }) => [one.user.login, one.state]),
        comments: await commentsOn(people, number),
        threads: (await people.threads(number)).map(({ said, ...of }) => ({ ...of, said: said.map(normal) })),
        commits: await Promise.all(
          commits.map(async (one: { sha: string; commit: { message: string; tree: { sha: string } } }) => ({
            message: normal(one.commit.message),
            tree: one.commit.tree.sha,
            checks: await checksOn(people, one.sha),
          })),
        ),
      };
    }),
  );
}

async function historyOf(people: People, branch: string) {
  const commits = await people.call('alice', 'GET', `/commits?sha=${encodeURIComponent(branch)}&per_page=100`);
  return commits.map((one: { commit: { message: string; tree: { sha: string } } }) => ({
    message: normal(one.commit.message),
    tree: one.commit.tree.sha,
  }));
}

/** Kinds that an accident may add, or that tell what was shown on the way: what is shown in the end is compared itself. */
const ON_THE_WAY = new Set<Fact['kind']>([
  'intent',
  'run-lost',
  'run-restarted',
  'delayed',
  'resumed',
  // The status that stands in the end is held to the facts, whenever it was noted.
  'status-posted',
  'status-shown',
  // What stands in a merge queue is asked for while the app notes that it put it there, and goes when its time comes.
  'group-asked',
  'group-gone',
  // Its comment is compared. Where people have gone on by it before it was noted, the next review stands in its place.
  'review-refused',
]);

/** Where a crash came between showing “Ready” and noting that, a label set meanwhile counts for nothing, and is set again. */
const setTooEarly = (fact: Fact): boolean =>
  fact.kind === 'clearance-refused' && fact.reason.code === 'clear-not-ready';

/** GitHub itself did not merge, which is told, and tried again: an accident may add that. */
const byGithub = (fact: Fact): boolean => fact.kind === 'merge-refused' && fact.reason.code === 'merge-refused';

/** What counts once, however often an accident has it recorded; null for what counts each time. */
function onceOf(fact: Fact, groups: ReadonlySet<string>): string | null {
  // Found among the comments, and told by its webhook afterwards.
  if (fact.kind === 'stop-asked') return `stop ${fact.comment}`;
  // A round that was made again.
  if (fact.kind === 'nudged') return `nudge ${fact.round}`;
  // A group that was withdrawn is answered once more, or gone before.
  return fact.kind === 'checks-posted' && groups.has(fact.head) ? `group ${fact.head}` : null;
}

/** The kinds of a ledger without what an accident may add: repeated beginnings, and what is queued anew after a loss. */
function kindsOf(facts: readonly Fact[]): readonly string[] {
  const kinds: string[] = [];
  let lost = false;
  let begun = false;
  let head = '';
  const groups = new Set<string>();
  const seen = new Set<string>();
  for (const fact of facts) {
    if (fact.kind === 'group-asked') groups.add(fact.head);
    // Read from GitHub first, and told by the push afterwards with the name of who pushed.
    const sameHead = fact.kind === 'head-moved' && fact.head === head;
    if (fact.kind === 'head-moved') head = fact.head;
    const once = onceOf(fact, groups);
    const again =
      sameHead ||
      byGithub(fact) ||
      (once !== null && seen.has(once)) ||
      (fact.kind === 'round-started' && begun) ||
      (fact.kind === 'run-queued' && lost) ||
      setTooEarly(fact);
    if (once !== null) seen.add(once);
    if (fact.kind === 'run-lost' || fact.kind === 'run-queued') lost = fact.kind === 'run-lost';
    if (fact.kind === 'round-started') begun = true;
    if (fact.kind === 'round-ended' || fact.kind === 'round-failed' || fact.kind === 'spec-approved') begun = false;
    // A round that was made again stands on the base of then, and is judged there at once.
    if (fact.kind === 'carried') {
      kinds.splice(kinds.lastIndexOf('round-ended') + 1);
      lost = true;
    }
    if (fact.kind !== 'carried' && !ON_THE_WAY.has(fact.kind) && !again) kinds.push(fact.kind);
  }
  return kinds;
}

/** Reads everything that people and auditors can see. */
export async function readFinalState({ people }: World, ledger: readonly LedgerSeen[]): Promise<FinalState> {
  const branches: readonly { name: string }[] = await people.call('alice', 'GET', '/branches?per_page=100');
  return {
    issues: await issuesOf(people),
    pulls: await pullsOf(people),
    branches: await Promise.all(
      branches.map(async ({ name }) => ({ name, tree: (await historyOf(people, name))[0]?.tree })),
    ),
    history: await historyOf(people, 'main'),
    labels: names(await people.call('alice', 'GET', '/labels?per_page=100')),
    ledger: ledger.map(({ rejection, recorded }) => ({
      rejection,
      kinds: kindsOf(recorded.map(({ fact }) => fact)),
    })),
  };
}

async function doubledChecks(people: People): Promise<readonly string[]> {
  const pulls: readonly { number: number }[] = await people.call('alice', 'GET', '/pulls?state=all&per_page=100');
  const found: string[] = [];
  for (const { number } of pulls) {
    const commits = await people.call('alice', 'GET', `/pulls/${number}/commits?per_page=100`);
    for (const { sha } of commits) {
      const at = `/commits/${sha}/check-runs?per_page=100&filter=all`;
      const { check_runs: runs } = (await people.call('alice', 'GET', at)) as { check_runs: readonly Check[] };
      const seen = new Set<string>();
      for (const { name, external_id } of runs) {
        if (seen.has(`${name} ${external_id}`)) found.push(`check ${name} twice on a head of #${number}`);
        seen.add(`${name} ${external_id}`);
      }
    }
  }
  return found;
}

async function doubledComments(people: People): Promise<readonly string[]> {
  const all = await people.call('alice', 'GET', '/issues?state=all&per_page=100');
  const found: string[] = [];
  for (const { number } of all) {
    const comments: readonly Comment[] = await people.call('alice', 'GET', `/issues/${number}/comments?per_page=100`);
    const seen = new Set<string>();
    for (const { body, user } of comments) {
      const marker = user.login.endsWith('[bot]') ? /<!--[\s\S]*?-->/.exec(body)?.[0] : undefined;
      if (marker === undefined) continue;
      if (seen.has(marker)) found.push(`a comment twice on #${number}: ${marker}`);
      seen.add(marker);
    }
  }
  return found;
}

/** In the end each status comment says exactly what follows from the facts, and the facts say that it was shown. */
async function staleStatuses(people: People, ledger: readonly LedgerSeen[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { rejection, recorded } of ledger) {
    const standing = standingOf(recorded);
    if (standing.accepted === null) continue;
    const text = tellStatus(standing);
    const { statusComment: id, statusShown } = standing;
    const { body } = id === null ? { body: '' } : await people.call('alice', 'GET', `/issues/comments/${id}`);
    if (!body.startsWith(text)) found.push(`the status of ${rejection} says what does not hold: ${body}`);
    if (statusShown !== hashText(text)) found.push(`nothing says that the status of ${rejection} was shown`);
  }
  return found;
}

/** What must never be, whatever the story: stale words, broken chains, doubles, and requests that GitHub would not understand. */
export async function findDamage({ people, forge }: World, ledger: readonly LedgerSeen[]): Promise<readonly string[]> {
  return [
    ...ledger.filter(({ broken }) => broken !== null).map((one) => `broken chain of ${one.rejection}: ${one.broken}`),
    ...(await staleStatuses(people, ledger)),
    ...(await doubledChecks(people)),
    ...(await doubledComments(people)),
    ...forge.problems.map((problem) => `the forge objects: ${problem}`),
  ];
}
