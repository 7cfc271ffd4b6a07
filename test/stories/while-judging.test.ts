import { expect, test } from 'vitest';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { sandboxedSuites } from '../../src/adapters/suites/sandboxed-suites.ts';
import type { Suites } from '../../src/ports.ts';
import { clear } from '../support/rejections.ts';
import { exampleFiles, inWorld, type World, yes } from '../support/world.ts';

const files = await exampleFiles();
const plan = files['config/plan.yml'] ?? '';
const broken = plan.replace('reply: invoice-sent', 'reply: refund-started');

/** Suites that can be held: what is asked of them meanwhile waits, or is stopped. */
function holdable() {
  let held: { readonly asked: PromiseWithResolvers<void>; readonly release: PromiseWithResolvers<void> } | null = null;
  const tools = (stateDir: string) => {
    const real = sandboxedSuites(bubblewrapSandbox({ stateDir, firstUid: 64_600 }));
    const suites: Suites = {
      ...real,
      async outputs(checkout, step, inputs, signal) {
        held?.asked.resolve();
        const stopped = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
        await Promise.race([held?.release.promise, stopped]);
        return real.outputs(checkout, step, inputs, signal);
      },
    };
    return { suites };
  };
  return {
    tools,
    /** Holds from now on; resolves with `asked` once something is judged. */
    hold: () => {
      held = { asked: Promise.withResolvers(), release: Promise.withResolvers() };
      return held.asked.promise;
    },
    release: () => {
      held?.release.resolve();
      held = null;
    },
  };
}

const shaOf = async (world: World, branch: string): Promise<string> =>
  (await world.call('carol', 'GET', `/git/ref/heads/${branch}`)).object.sha;

/** A commit with one changed file on top of main, on no branch. */
async function commitOn(world: World, path: string, content: string): Promise<string> {
  const from = await shaOf(world, 'main');
  await world.call('carol', 'POST', '/git/refs', { ref: 'refs/heads/draft', sha: from });
  await world.push('draft', path, content, 'carol');
  return shaOf(world, 'draft');
}

const move = (world: World, branch: string, sha: string) =>
  world.call('carol', 'PATCH', `/git/refs/heads/${branch}`, { sha, force: true });

test('a push by force while a head is judged: the verdict is about the new head, and none is on it from the old one', () => {
  const { tools, hold, release } = holdable();
  return inWorld({ tools }, async (world) => {
    const bad = await commitOn(world, 'config/plan.yml', broken);
    await world.call('carol', 'PATCH', '/git/refs/heads/draft', { sha: await shaOf(world, 'main'), force: true });
    await world.push('draft', 'README.md', 'Something else.\n', 'carol');
    const good = await shaOf(world, 'draft');
    await world.call('carol', 'POST', '/git/refs', { ref: 'refs/heads/mine', sha: bad });
    const judging = hold();
    const opening = { title: 'A change', head: 'mine', base: 'main', body: '' };
    const { number: pull } = await world.call('carol', 'POST', '/pulls', opening);
    await judging;
    await move(world, 'mine', good);
    await world.forge.webhooks.settled();
    release();
    await world.settled();
    expect((await world.pull(pull)).head.sha).toBe(good);
    const found = await world.checks(good);
    expect(found['corrigible/gate']).toBe('success');
    expect(new Set(Object.values(found))).toEqual(new Set(['success']));
    expect((await world.checks(bad))['corrigible/gate'] ?? 'failure').toBe('failure');
  });
});

test('of two pull requests with one head, both of which are being judged, one has its checks on it and the other is told', () => {
  const { tools, hold, release } = holdable();
  return inWorld({ tools }, async (world) => {
    const sha = await commitOn(world, 'config/plan.yml', broken);
    const judging = hold();
    const pulls: number[] = [];
    for (const head of ['mine', 'theirs']) {
      await world.call('carol', 'POST', '/git/refs', { ref: `refs/heads/${head}`, sha });
      const opening = { title: 'A change', head, base: 'main', body: '' };
      pulls.push((await world.call('carol', 'POST', '/pulls', opening)).number);
      await judging;
      await world.forge.webhooks.settled();
    }
    release();
    await world.settled();
    const gates = async (): Promise<number> => {
      const { check_runs } = await world.call('carol', 'GET', `/commits/${sha}/check-runs?filter=all&per_page=100`);
      return check_runs.filter(({ name }: { name: string }) => name === 'corrigible/gate').length;
    };
    expect(await gates()).toBe(1);
    const words = await Promise.all(pulls.map(async (pull) => (await world.said(pull)).join()));
    const told = words.findIndex((one) => one.includes('was judged for another pull request already'));
    expect(words[1 - told]).toBe('');
    const [waits = 0, first = 0] = [pulls[told], pulls[1 - told]];
    await world.comment(waits, `/accept-oracle ${sha}`, 'bob');
    expect((await world.said(waits)).at(-1)).toContain('another pull request with the same commit was judged already');
    await world.act(world.call('carol', 'PATCH', `/pulls/${first}`, { state: 'closed' }));
    expect(await gates()).toBe(2);
  });
});

const proposed = async (world: World) => {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  await world.label(issue);
  const { number, head } = await world.onlyPull();
  return { issue, pull: number as number, head: head.sha as string, branch: head.ref as string };
};

/** Pushes to the app's own branch, and returns the new head once it is being judged. */
async function pushAndHold(world: World, branch: string, change: (text: string) => string, judging: Promise<void>) {
  const path = '/contents/config/fetch.json';
  const { sha, content } = await world.call('bob', 'GET', `${path}?ref=${encodeURIComponent(branch)}`);
  const text = change(Buffer.from(content, 'base64').toString('utf8'));
  const body = { message: 'By hand', content: Buffer.from(text).toString('base64'), branch, sha };
  const { commit } = await world.call('bob', 'PUT', path, body);
  await judging;
  return commit.sha as string;
}

const approve = (world: World, pull: number, head: string) =>
  world.call('carol', 'POST', `/pulls/${pull}/reviews`, { event: 'APPROVE', body: '', commit_id: head });

test('an approval while its head is judged merges nothing before the verdict, and holds once that is green', () => {
  const { tools, hold, release } = holdable();
  return inWorld({ tools }, async (world) => {
    const { issue, pull, branch } = await proposed(world);
    const better = (text: string) => text.replace('"KB-107": 9', '"KB-107": 10');
    const head = await pushAndHold(world, branch, better, hold());
    await approve(world, pull, head);
    await world.forge.webhooks.settled();
    expect((await world.pull(pull)).merged).toBe(false);
    release();
    await world.settled();
    expect((await world.checks(head))['corrigible/gate']).toBe('success');
    expect((await world.pull(pull)).merged).toBe(true);
    expect(await world.status(issue)).toContain('Merged in #2');
  });
});

test('an approval while its head is judged merges nothing where the verdict is red, and the status says why', () => {
  const { tools, hold, release } = holdable();
  return inWorld({ tools }, async (world) => {
    const { issue, pull, branch } = await proposed(world);
    const head = await pushAndHold(world, branch, (text) => text.replace('"KB-107": 9', '"KB-107": 4'), hold());
    await approve(world, pull, head);
    release();
    await world.settled();
    expect((await world.checks(head))['corrigible/gate']).toBe('failure');
    expect((await world.pull(pull)).merged).toBe(false);
    expect(await world.status(issue)).toContain('still red');
  });
});

test('a push by force while an approved head is judged: the approval is of the older one, and merges nothing', () => {
  const { tools, hold, release } = holdable();
  return inWorld({ tools }, async (world) => {
    const { pull, head: first, branch } = await proposed(world);
    const head = await pushAndHold(world, branch, (text) => text.replace('"KB-107": 9', '"KB-107": 10'), hold());
    await approve(world, pull, head);
    await world.call('bob', 'PATCH', `/git/refs/heads/${branch}`, { sha: first, force: true });
    await world.forge.webhooks.settled();
    release();
    await world.settled();
    const now = await world.pull(pull);
    expect([now.merged, now.head.sha]).toEqual([false, first]);
    expect((await world.said(pull)).join('\n')).toMatch(/but the head is now `\w{10}`/);
  });
});
