import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { exampleFiles, inWorld, REPO, type World, yes } from '../support/world.ts';

const files = await exampleFiles();
const plan = files['config/plan.yml'] ?? '';
const CASES = 'evals/plan.yml';
const cases = files[CASES] ?? '';
const broken = plan.replace('reply: invoice-sent', 'reply: refund-started');

/** A copy of the repository that rita, who may only read there, pushes to as she likes. */
async function forkOf(world: World) {
  const { forge } = world;
  const { token } = forge.addUser('rita');
  const name = await forge.fork(REPO, 'rita');
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await forge.api(token, method, `/repos/${name}${path}`, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const push = async (branch: string, path: string, content: string) => {
    const { sha } = await call('GET', `/contents/${path}?ref=${encodeURIComponent(branch)}`);
    const change = { message: `Change ${path}`, content: Buffer.from(content).toString('base64'), branch, sha };
    return world.act(call('PUT', `/contents/${path}`, change));
  };
  /** A pull request of hers with one changed file. */
  const propose = async (path: string, content: string, branch = 'mine'): Promise<number> => {
    const { object } = await call('GET', '/git/ref/heads/main');
    await call('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: object.sha });
    await push(branch, path, content);
    const opening = { title: 'From a fork', head: `rita:${branch}`, base: 'main', body: '' };
    return (await world.act(world.call('rita', 'POST', '/pulls', opening))).number;
  };
  return { push, propose };
}

const checksOf = async (world: World, pull: number) => world.checks((await world.pull(pull)).head.sha);

test('a pull request from a fork is judged step by step, and each of its heads anew', () =>
  inWorld({}, async (world) => {
    const fork = await forkOf(world);
    const pull = await fork.propose('config/plan.yml', broken);
    expect((await world.pull(pull)).head).toMatchObject({ label: 'rita:mine', repo: { full_name: 'rita/support' } });
    expect(await checksOf(world, pull)).toMatchObject({
      'corrigible/gate': 'failure',
      'corrigible/step/plan': 'failure',
      'corrigible/step/classify': 'success',
    });
    await fork.push('mine', 'config/plan.yml', plan);
    await fork.push('mine', 'README.md', 'A word.\n');
    expect((await checksOf(world, pull))['corrigible/gate']).toBe('success');
    expect(await world.said(pull)).toEqual([]);
  }));

test('the first head of a fork nobody saw pushed: two writers accept what it is judged by, a later one needs one', () =>
  inWorld({}, async (world) => {
    const fork = await forkOf(world);
    const pull = await fork.propose(CASES, `${cases}\n# Looked at.\n`);
    const gate = async () => (await checksOf(world, pull))['corrigible/gate'];
    const accept = async (by: 'alice' | 'bob' | 'rita') =>
      world.comment(pull, `/accept-oracle ${(await world.pull(pull)).head.sha}`, by);
    expect(await gate()).toBe('action_required');
    await accept('rita');
    await accept('alice');
    expect(await gate()).toBe('action_required');
    await accept('bob');
    expect(await gate()).toBe('success');
    await fork.push('mine', CASES, `${cases}\n# Looked at again.\n`);
    expect(await gate()).toBe('action_required');
    await accept('alice');
    expect(await gate()).toBe('success');
    expect(await world.said(pull)).toEqual(['I did not do that, because rita has no write permission here.']);
  }));

test('a branch of a fork that is named like the app’s own is nobody’s but its owner’s', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const { number, head } = await world.onlyPull();
    const fork = await forkOf(world);
    const pull = await fork.propose('config/plan.yml', broken, head.ref);
    expect((await checksOf(world, pull))['corrigible/gate']).toBe('failure');
    await fork.push(head.ref, 'README.md', 'A word.\n');
    expect((await world.pull(number)).head.sha).toBe(head.sha);
    await world.approve(number);
    expect((await world.pull(number)).merged).toBe(true);
    expect((await world.pull(pull)).state).toBe('open');
  }));
