import { expect, test } from 'vitest';
import { type Metrics, openMetrics } from '../../src/adapters/telemetry/metrics.ts';
import { creates, routeOf } from '../../src/adapters/telemetry/route-of.ts';
import { suitesOf } from '../../src/compose.ts';
import type { Fact, Recorded } from '../../src/domain/fact.ts';
import { Fenced, type KeptOutput, type Ledger, type Suites, Weather } from '../../src/ports.ts';

const figures = {
  undrained: 3,
  oldestUndrainedMs: 1500,
  owed: 2,
  oldestOwedMs: 0,
  gatesShut: 0,
  paused: 0,
  runsQueued: 4,
  runsRunning: 1,
  executors: 2,
};
const opened = (read = async () => figures): Metrics => openMetrics({ figures: read });

/** The lines of one metric, without its help. */
const linesOf = async (metrics: Metrics, name: string): Promise<readonly string[]> =>
  (await metrics.text()).body.split('\n').filter((line) => line.startsWith(name));

/** A ledger in memory whose facts came at these times. */
function ledgerWith(facts: readonly (readonly [at: string, fact: Fact])[]): Ledger {
  const all: Recorded[] = facts.map(([at, fact], i) => ({ seq: i + 1, at, fact }));
  return {
    read: async () => [...all],
    append: async (_key: string, after: number, added: readonly Fact[]) => {
      if (all.length !== after) return false;
      for (const fact of added) all.push({ seq: all.length + 1, at: new Date().toISOString(), fact });
      return true;
    },
  } as unknown as Ledger;
}

const KEY = 'acme/support#7';
const spent = { seconds: 5, tokens: 700, requests: 3, money: 0.5 };
const accepted: Fact = {
  kind: 'rejection-accepted',
  reporter: 'rita',
  textHash: 'h',
  ticket: 'T-1',
  hidden: 0,
  after: 0,
};
const approved = {
  kind: 'spec-approved',
  event: 1,
  by: 'alice',
  approvalHash: 'h',
  spec: {},
  paths: [],
} as unknown as Fact;
const drafted = { kind: 'draft-posted', comment: 1, base: 'b' } as unknown as Fact;
const verdict = (passed: boolean) => ({ name: 'gate', passed, because: '' });

async function appendAll(metrics: Metrics, ledger: Ledger, batches: readonly (readonly Fact[])[]): Promise<void> {
  const counted = metrics.counting(ledger);
  for (const facts of batches) {
    const last = (await counted.read(KEY)).at(-1)?.seq ?? 0;
    expect(await counted.append(KEY, last, facts)).toBe(true);
  }
}

test('a stage that is left tells how long the rejection stood in it', async () => {
  const metrics = opened();
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const minuteAgo = new Date(Date.now() - 60_000).toISOString();
  const ledger = ledgerWith([
    [hourAgo, accepted],
    [minuteAgo, { kind: 'intent', what: 'draft' }],
  ]);
  await appendAll(metrics, ledger, [[drafted], [{ kind: 'status-posted', comment: 2 }]]);
  const told = await linesOf(metrics, 'corrigible_stage_duration_seconds');
  expect(told).toContain('corrigible_stage_duration_seconds_count{stage="accepted",next="drafted"} 1');
  expect(told).toContain('corrigible_stage_duration_seconds_bucket{le="900",stage="accepted",next="drafted"} 0');
  expect(told).toContain('corrigible_stage_duration_seconds_bucket{le="14400",stage="accepted",next="drafted"} 1');
  expect(told.filter((line) => line.includes('_count'))).toHaveLength(1);
});

test('rounds, verdicts, attempts and what was spent are counted from the facts, each once', async () => {
  const metrics = opened();
  const candidate = { base: 'b', tree: 't' };
  await appendAll(metrics, ledgerWith([[new Date().toISOString(), accepted]]), [
    [drafted],
    [approved],
    [{ kind: 'round-started', round: 1, base: 'b' }],
    [{ kind: 'round-ended', round: 1, candidate, spent, by: 'model' }],
    [{ kind: 'judged', base: 'b', tree: 't', head: null, merge: false, verdict: verdict(false), seconds: 2 }],
    [{ kind: 'round-started', round: 2, base: 'b' }],
    [{ kind: 'round-failed', round: 2, reason: { code: 'agent-cannot', detail: 'words' }, spent }],
    [{ kind: 'stopped', reason: { code: 'agent-cannot', detail: 'words' } }],
  ]);
  const { body } = await metrics.text();
  for (const line of [
    'corrigible_rounds_total{end="candidate"} 1',
    'corrigible_rounds_total{end="agent-cannot"} 1',
    'corrigible_verdicts_total{judged="candidate",verdict="red"} 1',
    'corrigible_attempt_rounds_sum{end="stopped"} 2',
    'corrigible_spent_tokens_total{on="round"} 1400',
    'corrigible_spent_seconds_total{on="judging"} 2',
    'corrigible_spent_requests_total{on="round"} 6',
    'corrigible_spent_money_total{on="round"} 1',
    'corrigible_facts_total{kind="round-started"} 2',
  ])
    expect(body.split('\n')).toContain(line);
  expect(body).not.toContain('words');
  expect(body).not.toContain('acme');
});

test('an append that was refused or fenced counts nothing', async () => {
  const metrics = opened();
  const ledger = metrics.counting(ledgerWith([]));
  expect(await ledger.append(KEY, 5, [accepted])).toBe(false);
  const fenced = metrics.counting({ ...ledgerWith([]), append: () => Promise.reject(new Fenced()) });
  await expect(fenced.append(KEY, 0, [accepted])).rejects.toThrow(Fenced);
  expect(await linesOf(metrics, 'corrigible_facts_total{')).toEqual([]);
});

test('advances are told by how they ended', async () => {
  const metrics = opened();
  const advance = (work: () => Promise<unknown>) => metrics.observer.around('engine.advance', {}, work).catch(() => {});
  await advance(async () => {});
  await advance(() => Promise.reject(new Weather('down')));
  await advance(() => Promise.reject(new Fenced()));
  await advance(() => Promise.reject(new TypeError('bug')));
  expect(await linesOf(metrics, 'corrigible_advance_duration_seconds_count')).toEqual(
    ['done', 'weather', 'fenced', 'failed'].map((end) => `corrigible_advance_duration_seconds_count{end="${end}"} 1`),
  );
});

test('deliveries are told by event, and invented events make no more lines', async () => {
  const metrics = opened();
  const deliver = (what: string, found: string) =>
    metrics.observer.around('engine.deliver', { what }, async () => found);
  await deliver('issues', 'new');
  await deliver('issues', 'known');
  await deliver('Not An Event', 'new');
  for (let i = 0; i < 300; i++) await deliver(`event_${'x'.repeat(i % 30)}_${'y'.repeat(i % 7)}`, 'new');
  const told = await linesOf(metrics, 'corrigible_deliveries_total');
  expect(told).toContain('corrigible_deliveries_total{event="issues",found="new"} 1');
  expect(told).toContain('corrigible_deliveries_total{event="issues",found="known"} 1');
  expect(told.some((line) => line.includes('event="other",found="new"'))).toBe(true);
  expect(told.length).toBeLessThan(85);
});

test.each([
  ['/repos/acme/support/issues/7/comments', '/repos/{owner}/{repo}/issues/{id}/comments'],
  ['/api/v3/repos/issues/pulls/pulls/9/merge', '/repos/{owner}/{repo}/pulls/{id}/merge'],
  ['/repos/a/b/contents/rubrics/issues/pulls.md', '/repos/{owner}/{repo}/contents/{path}'],
  ['/repos/a/b/git/refs/heads/corrigible/7-1', '/repos/{owner}/{repo}/git/refs/{ref}'],
  ['/repos/a/b/commits/0f3/check-runs', '/repos/{owner}/{repo}/commits/{id}/check-runs'],
  ['/repos/a/b/collaborators/rita/permission', '/repos/{owner}/{repo}/collaborators/{id}/permission'],
  ['/app/installations/77/access_tokens', '/app/installations/{id}/access_tokens'],
  ['/', '/'],
])('a route holds no name and no number: %s', (path, route) => {
  expect(routeOf(path)).toBe(route);
});

test('GitHub’s calls are told by route, status and whether they create; what GitHub leaves, by installation', async () => {
  const metrics = opened();
  const path = '/repos/acme/support/issues/7/comments';
  metrics.onCall({ method: 'POST', path, status: 201, installation: 5, remaining: 4999 });
  metrics.onCall({ method: 'GET', path, status: 304 });
  metrics.onCall({ method: 'GET', path, status: null });
  const route = 'route="/repos/{owner}/{repo}/issues/{id}/comments"';
  expect(await linesOf(metrics, 'corrigible_github_')).toEqual([
    `corrigible_github_calls_total{method="POST",${route},status="201",creates="yes"} 1`,
    `corrigible_github_calls_total{method="GET",${route},status="304",creates="no"} 1`,
    `corrigible_github_calls_total{method="GET",${route},status="none",creates="no"} 1`,
    'corrigible_github_remaining_calls{installation="5"} 4999',
  ]);
  expect(creates('POST', '/app/installations/{id}/access_tokens')).toBe(false);
});

test('outputs of steps are told by whether they had to be run', async () => {
  const metrics = opened();
  const bare = {
    outputs: async (_c: unknown, _s: unknown, inputs: readonly unknown[]) =>
      inputs.map(() => ({ status: 'output', output: 1 })),
  };
  const lasting = new Map<string, KeptOutput | null>();
  const store = {
    get: async (_: string, names: readonly string[]) =>
      new Map(names.flatMap((name) => (lasting.get(name) ? [[name, lasting.get(name) as KeptOutput]] : []))),
    put: async (_: string, outputs: ReadonlyMap<string, KeptOutput | null>) => {
      for (const [name, kept] of outputs) lasting.set(name, kept);
    },
  };
  const tools = { suites: bare as unknown as Suites, image: async () => '' };
  const inAProcess = () => suitesOf(tools, 'acme/support', { store, onOutputs: metrics.onOutputs });
  const checkout = { tree: 't' } as never;
  const step = { run: 'r', lines: false, timeout: 1 } as never;
  const first = inAProcess();
  await first.outputs(checkout, step, ['a', 'b']);
  await first.outputs(checkout, step, ['a', 'b', 'c']);
  const second = inAProcess();
  await second.outputs(checkout, step, ['a', 'b', 'd']);
  await second.outputs(checkout, step, ['a']);
  expect((await linesOf(metrics, 'corrigible_suite_outputs_total')).toSorted()).toEqual([
    'corrigible_suite_outputs_total{from="memory"} 3',
    'corrigible_suite_outputs_total{from="sandbox"} 4',
    'corrigible_suite_outputs_total{from="store"} 2',
  ]);
});

test('the queues’ figures are gauges; where the database is down they are left out, and the page still comes', async () => {
  const told = await linesOf(opened(), 'corrigible_');
  expect(told).toContain('corrigible_deliveries_oldest_seconds 1.5');
  expect(told).toContain('corrigible_advances_oldest_seconds 0');
  expect(told).toContain('corrigible_workers 2');
  expect(told).toContain('corrigible_database_up 1');
  const down = opened(() => Promise.reject(new Error('no database')));
  const lines = await linesOf(down, 'corrigible_');
  expect(lines.filter((line) => !line.includes('{'))).toEqual(['corrigible_database_up 0']);
  expect(await linesOf(down, 'process_resident_memory_bytes')).toHaveLength(1);
});

test('two scrapes at once ask the database once', async () => {
  let asked = 0;
  const metrics = opened(async () => {
    asked += 1;
    return figures;
  });
  await Promise.all([metrics.text(), metrics.text()]);
  expect(asked).toBe(1);
});

test('two apps in one process count apart', async () => {
  const [one, other] = [opened(), opened()];
  one.onCall({ method: 'GET', path: '/app', status: 200 });
  expect(await linesOf(other, 'corrigible_github_calls_total')).toEqual([]);
  expect((await one.text()).contentType).toContain('text/plain');
});
