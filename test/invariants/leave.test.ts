import { expect, test } from 'vitest';
import { advance } from '../../src/loop.ts';
import type { Forge, Permit } from '../../src/ports.ts';
import { commentOnce, issueOnce, write } from '../../src/write-once.ts';
import { approvalOf, inWorld } from '../github/support.ts';
import { REF, smallWorld } from './support/small-world.ts';

const late = { what: 'late', left: () => 0, signal: new AbortController().signal } as unknown as Permit;

type Write = (forge: Forge, permit: Permit, head: string) => Promise<unknown>;
const check = { name: 'corrigible/gate', conclusion: 'success', title: 'Green', summary: 'All green' } as const;
const writes = {
  postComment: (forge, permit) => forge.postComment(permit, 1, 'status', 'Hello.'),
  editComment: (forge, permit) => forge.editComment(permit, 1, 'status', 'Hello.'),
  deleteComment: (forge, permit) => forge.deleteComment(permit, 1),
  openIssue: (forge, permit) => forge.openIssue(permit, { title: 'Part', body: '', labels: [] }),
  closeIssue: (forge, permit) => forge.closeIssue(permit, 1, 'completed'),
  reopenIssue: (forge, permit) => forge.reopenIssue(permit, 1),
  ensureLabels: (forge, permit) => forge.ensureLabels(permit, [{ name: 'new', color: 'ffffff', description: '' }]),
  openPullRequest: (forge, permit) =>
    forge.openPullRequest(permit, { branch: 'fix', base: 'main', title: 'Fix', body: '' }),
  requestReview: (forge, permit) => forge.requestReview(permit, 1, { people: ['grace'], teams: [] }),
  postChecks: (forge, permit, head) => forge.postChecks(permit, head, 's', [check], false),
  merge: (forge, permit, head) => forge.merge(permit, 1, approvalOf(head), { title: 'Fix', body: '' }),
  deleteBranch: (forge, permit) => forge.deleteBranch(permit, 'fix'),
} satisfies Partial<Record<keyof Forge, Write>> as Readonly<Record<string, Write>>;

test('invariant 8: whoever has no leave left writes nothing, whatever the write', () =>
  inWorld(async (world) => {
    const head = await world.branch('fix', { 'rules.json': '{"a":1}' });
    world.calls();
    for (const [name, make] of Object.entries(writes)) {
      const failed = await make(world.forge, late, head).then(
        () => 'written',
        (error: Error) => error.message,
      );
      expect(failed, name).toMatch(/was not begun in time/);
    }
    expect(world.calls().filter((call) => !call.startsWith('GET ') && !call.endsWith('/access_tokens'))).toEqual([]);
  }));

test('invariant 8: every write is an intent in the ledger before it is a call', async () => {
  const order: string[] = [];
  const world = smallWorld({
    around: (name, call) => {
      if (name === 'ledger.append' || name.startsWith('forge.') || name === 'repository.push') order.push(name);
      return call();
    },
  });
  await write(world.ports, 'push abc', async (permit) => {
    expect((await world.facts()).at(-1)).toEqual({ kind: 'intent', what: 'push abc' });
    expect(permit.left()).toBeGreaterThan(0);
  });
  await commentOnce(world.ports, 'hello', 'Hello.');
  expect(order.slice(-2)).toEqual(['ledger.append', 'forge.postComment']);
});

test('invariant 8: leave that is refused leaves neither intent nor write', async () => {
  const world = smallWorld();
  const ports = { ...world.ports, leave: { toWrite: () => Promise.reject(new Error('no leave')) } };
  await expect(commentOnce(ports, 'hello', 'Hello.')).rejects.toThrow('no leave');
  expect(await world.facts()).toEqual([]);
  expect(world.said()).toEqual([]);
});

/** A comment of the app's, and a newer one with the same marker. */
async function withTwin() {
  const world = smallWorld();
  const first = await commentOnce(world.ports, 'hello', 'Hello.');
  const at = world.now();
  const twin = { on: REF.issue, by: world.ports.forge.me.login, byPerson: false, createdAt: at, updatedAt: at };
  world.state.comments.push({ ...twin, id: first + 1, marker: 'hello', body: 'Hello.' });
  world.wait(60);
  return { world, first };
}

test('invariant 8: of two issues of one part the older stays, and the newer is closed', async () => {
  const world = smallWorld();
  const part = { title: 'A part', body: '#7, part 2', labels: ['rejection'] };
  const once = () => issueOnce(world.ports, 'part-2', { ...part, line: part.body, since: '2026-01-01T00:00:00Z' });
  const first = await once();
  world.state.opened.push({ ...part, number: first + 1, open: true });
  for (const _ of ['once', 'and again']) {
    world.wait(60);
    expect(await once()).toBe(first);
    expect(world.state.opened.map(({ open }) => open)).toEqual([true, false]);
  }
  const removed = (await world.facts()).filter(({ kind }) => kind === 'duplicate-removed');
  expect(removed).toEqual([{ kind: 'duplicate-removed', comment: first + 1, kept: first, what: 'issue' }]);
});

test('invariant 8: of two comments under one name the older stays, and that is recorded', async () => {
  const { world, first } = await withTwin();
  expect(await commentOnce(world.ports, 'hello', 'Hello.')).toBe(first);
  expect(world.state.comments.map(({ id }) => id)).toEqual([first]);
  expect((await world.facts()).at(-1)).toEqual({ kind: 'duplicate-removed', comment: first + 1, kept: first });
});

test('invariant 8: a twin whose removal nobody could note is noted on the next look', async () => {
  const { world, first } = await withTwin();
  const { forge } = world.ports;
  const deleteComment: Forge['deleteComment'] = async (...of) => {
    await forge.deleteComment(...of);
    throw new Error('died here');
  };
  const dying = { ...world.ports, forge: { ...forge, deleteComment } };
  await expect(commentOnce(dying, 'hello', 'Hello.')).rejects.toThrow('died here');
  expect((await world.facts()).at(-1)).toEqual({ kind: 'intent', what: `remove ${first + 1}, twin of ${first}` });
  for (let again = 0; again < 2; again += 1) {
    world.wait(60);
    expect(await commentOnce(world.ports, 'hello', 'Hello.')).toBe(first);
  }
  const removed = (await world.facts()).filter(({ kind }) => kind === 'duplicate-removed');
  expect(removed).toEqual([{ kind: 'duplicate-removed', comment: first + 1, kept: first }]);
});

test('invariant 8: a comment that arrives after its leave is read back, and goes when another worker was first', async () => {
  const world = smallWorld();
  const { forge } = world.ports;
  const postComment: Forge['postComment'] = async (...of) => {
    // Frozen here: meanwhile the other worker found nothing and posted its own.
    await forge.postComment(...of);
    await new Promise((done) => setTimeout(done, 30));
    return forge.postComment(...of);
  };
  const leave = { toWrite: async () => 20 };
  await commentOnce({ ...world.ports, leave, forge: { ...forge, postComment } }, 'hello', 'Hello.');
  expect(world.state.comments).toHaveLength(1);
});

test('a merge whose answer was lost is told as the merge of whoever approved it', async () => {
  const world = smallWorld();
  await world.proposed();
  world.approve('bob');
  const { forge } = world.ports;
  const lost: Forge['merge'] = async (...of) => {
    await forge.merge(...of);
    throw new Error('the process died here');
  };
  await expect(advance({ ...world.ports, forge: { ...forge, merge: lost } })).rejects.toThrow('died here');
  await world.settle();
  const merged = (await world.facts()).find(({ kind }) => kind === 'merged');
  expect(merged).toMatchObject({ by: 'bob', asJudged: true });
});
