import { expect, test } from 'vitest';
import { documents } from '../../src/adapters/github/documents.ts';
import { type ForgeWorld, inForge } from './forge-world.ts';

const CHECKS = { required_status_checks: [{ context: 'ci' }], strict_required_status_checks_policy: true };

async function withQueue(world: ForgeWorld): Promise<void> {
  await world.post(world.tokens.ann, `${world.repo}/rulesets`, {
    name: 'queue',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [{ type: 'merge_queue' }, { type: 'required_status_checks', parameters: CHECKS }],
  });
}

/** A pull request with one file, whose head has passed. */
async function proposed(world: ForgeWorld, name: string, text = name) {
  const { ann } = world.tokens;
  const main = await world.get(ann, `${world.repo}/git/ref/heads/main`);
  await world.post(ann, `${world.repo}/git/refs`, { ref: `refs/heads/${name}`, sha: main.body.object.sha });
  const content = Buffer.from(text).toString('base64');
  await world.put(ann, `${world.repo}/contents/shared-${text.length}.txt`, { message: name, content, branch: name });
  const { body } = await world.post(ann, `${world.repo}/pulls`, { title: name, head: name, base: 'main' });
  await pass(world, body.head.sha);
  return { number: body.number as number, id: body.node_id as string, head: body.head.sha as string };
}

const pass = (world: ForgeWorld, sha: string, state = 'success') =>
  world.post(world.tokens.ann, `${world.repo}/statuses/${sha}`, { state, context: 'ci' });

const put = async (world: ForgeWorld, { id, head }: { id: string; head: string }) => {
  const variables = { pullRequestId: id, head };
  const operationName = 'enqueuePullRequest';
  return (await world.post(world.tokens.ann, '/graphql', { query: documents[operationName], operationName, variables }))
    .body;
};

const merged = async (world: ForgeWorld, { number }: { number: number }): Promise<boolean> =>
  (await world.get(world.tokens.ann, `${world.repo}/pulls/${number}`)).body.merged;

const told = (world: ForgeWorld, event: string, action: string) =>
  world.forge.webhooks.log.filter((one) => one.event === event && one.action === action);
const groups = (world: ForgeWorld) =>
  told(world, 'merge_group', 'checks_requested').map(
    ({ payload }) => payload['merge_group'] as { head_sha: string; base_sha: string; head_ref: string },
  );
const reasons = (world: ForgeWorld, event: string, action: string) =>
  told(world, event, action).map(({ payload }) => payload['reason']);

test('each entry is built on the one before it, and merged when its checks have passed and its turn has come', () =>
  inForge(async (world) => {
    await withQueue(world);
    const [one, two] = [await proposed(world, 'one'), await proposed(world, 'three')];
    await put(world, one);
    await put(world, two);
    await world.forge.webhooks.settled();
    const [first, second] = groups(world);
    expect(first?.head_ref).toBe(`refs/heads/gh-readonly-queue/main/pr-${one.number}-${first?.base_sha}`);
    expect(second?.base_sha).toBe(first?.head_sha);
    await pass(world, second!.head_sha);
    expect(await merged(world, two)).toBe(false);
    await pass(world, first!.head_sha);
    expect([await merged(world, one), await merged(world, two)]).toEqual([true, true]);
    const main = await world.get(world.tokens.ann, `${world.repo}/git/ref/heads/main`);
    expect(main.body.object.sha).toBe(second?.head_sha);
    await world.forge.webhooks.settled();
    expect(reasons(world, 'merge_group', 'destroyed')).toEqual(['merged', 'merged']);
    expect(reasons(world, 'pull_request', 'dequeued')).toEqual(['MERGE', 'MERGE']);
    expect(told(world, 'pull_request', 'enqueued')).toHaveLength(2);
  }));

test('a red group leaves, and what was built on it is built anew', () =>
  inForge(async (world) => {
    await withQueue(world);
    const [one, two] = [await proposed(world, 'one'), await proposed(world, 'three')];
    await put(world, one);
    await put(world, two);
    await world.forge.webhooks.settled();
    const base = groups(world)[0]?.base_sha;
    await pass(world, groups(world)[0]!.head_sha, 'failure');
    await world.forge.webhooks.settled();
    expect(await merged(world, one)).toBe(false);
    expect(reasons(world, 'pull_request', 'dequeued')).toEqual(['CI_FAILURE']);
    expect(reasons(world, 'merge_group', 'destroyed')).toEqual(['dequeued', 'invalidated']);
    expect(groups(world).at(-1)).toMatchObject({ base_sha: base });
    await pass(world, groups(world).at(-1)!.head_sha);
    expect(await merged(world, two)).toBe(true);
  }));

test('a conflict with what is before it, a push and a closing put a pull request out', () =>
  inForge(async (world) => {
    await withQueue(world);
    const one = await proposed(world, 'one', 'aaa');
    const two = await proposed(world, 'two', 'bbb');
    const other = await proposed(world, 'other', 'cccc');
    for (const pull of [one, two, other]) await put(world, pull);
    await world.patch(world.tokens.ann, `${world.repo}/pulls/${other.number}`, { state: 'closed' });
    const content = Buffer.from('more').toString('base64');
    await world.put(world.tokens.ann, `${world.repo}/contents/more.txt`, { message: 'm', content, branch: 'one' });
    await world.forge.webhooks.settled();
    expect(reasons(world, 'pull_request', 'dequeued')).toEqual([
      'MERGE_CONFLICT',
      'BRANCH_PROTECTIONS',
      'BRANCH_PROTECTIONS',
    ]);
  }));

test('who may not come in is told why', () =>
  inForge(async (world) => {
    const one = await proposed(world, 'one');
    const message = async (of = one) => (await put(world, of)).errors?.[0]?.message;
    expect(await message()).toContain('does not have a merge queue');
    await withQueue(world);
    expect(await message({ ...one, head: 'f'.repeat(40) })).toContain('modified');
    await put(world, one);
    expect(await message()).toContain('already in the queue');
    const merging = await world.put(world.tokens.ann, `${world.repo}/pulls/${one.number}/merge`, {});
    expect(merging).toMatchObject({ status: 405, body: { message: 'Changes must be made through the merge queue' } });
    expect((await put(world, { ...one, id: 'PR_0' })).errors?.[0]?.type).toBe('NOT_FOUND');
  }));
