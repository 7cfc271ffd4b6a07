import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { clear } from '../support/rejections.ts';
import { exampleFiles, inWorld, REPO, type World, yes } from '../support/world.ts';

const configuration = (await exampleFiles())['.github/corrigible.yml'] ?? '';
/** People's pull requests are not judged. */
const onlyOwn = { '.github/corrigible.yml': configuration.replace('pull-requests: all', 'pull-requests: own') };

const merged = async (world: World, pull: number): Promise<boolean> => (await world.pull(pull)).merged;

/** The base branch requires the gate, and takes merges from its queue alone. */
async function withQueue(world: World, others: readonly string[] = []): Promise<void> {
  const checks = {
    strict_required_status_checks_policy: false,
    required_status_checks: [
      { context: 'corrigible/gate', integration_id: world.forge.app.id },
      ...others.map((context) => ({ context })),
    ],
  };
  const queue = {
    check_response_timeout_minutes: 60,
    grouping_strategy: 'ALLGREEN',
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: 'SQUASH',
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 1,
  };
  await world.call('alice', 'POST', '/rulesets', {
    name: 'queue',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      { type: 'required_status_checks', parameters: checks },
      { type: 'merge_queue', parameters: queue },
    ],
  });
}

async function proposed(world: World) {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  await world.label(issue);
  const { number, head } = await world.onlyPull();
  return { issue, number: number as number, head: head.sha as string, branch: head.ref as string };
}

/** The groups that GitHub asked about, oldest first. */
const groupsOf = (world: World) =>
  world.forge.webhooks.log
    .filter(({ event, action }) => event === 'merge_group' && action === 'checks_requested')
    .map(({ payload }) => payload['merge_group'] as { head_sha: string; base_sha: string })
    .map(({ head_sha, base_sha }) => ({ head: head_sha, base: base_sha }));

/** A pull request of carol's with one file, let in by somebody: with the gate required, GitHub would not have. */
async function personsPull(world: World, path: string, content: string) {
  const { object } = await world.call('alice', 'GET', '/git/ref/heads/main');
  await world.call('carol', 'POST', '/git/refs', { ref: 'refs/heads/carols', sha: object.sha });
  await world.push('carols', path, content, 'carol');
  const opening = world.call('carol', 'POST', '/pulls', { title: 'Hers', head: 'carols', base: 'main', body: '' });
  const { number, head } = await world.act(opening);
  const app = { id: world.forge.app.id, slug: 'corrigible' };
  world.forge.addForeignCheck(REPO, { app, name: 'corrigible/gate', headSha: head.sha, conclusion: 'success' });
  return { number: number as number, head: head.sha as string };
}

test('where a queue merges, an approved fix goes through it: its group is judged, and then it is merged', () =>
  inWorld({}, async (world) => {
    const { issue, number } = await proposed(world);
    await withQueue(world);
    await world.approve(number);
    expect(await merged(world, number)).toBe(true);
    expect(groupsOf(world)).toHaveLength(1);
    const main = (await world.call('alice', 'GET', '/git/ref/heads/main')).object.sha;
    expect(await world.checks(main)).toMatchObject({
      'corrigible/gate': 'success',
      'corrigible/spec': 'success',
      'corrigible/step/fetch': 'success',
    });
    expect(await world.issue(issue)).toMatchObject({ state: 'closed', state_reason: 'completed' });
    expect(await world.status(issue)).toContain('Merged in #');
  }));

test('what was put in before a fix may make its group red: it leaves the queue, and is told why', () =>
  inWorld({ files: onlyOwn }, async (world) => {
    const { issue, number, head, branch } = await proposed(world);
    await withQueue(world, ['ci']);
    const ci = (headSha: string) =>
      world.forge.addForeignCheck(REPO, { app: { id: 99, slug: 'ci' }, name: 'ci', headSha, conclusion: 'success' });
    const [first] = parse(await world.file(`evals/fetch/rejection-${issue}.yml`, branch)).cases;
    const kept = { ...first, name: 'as ever', expect: [{ path: '/articles/0/id', op: 'eq', value: 'KB-104' }] };
    const other = await personsPull(world, 'evals/fetch/kept.yml', stringify({ cases: [kept] }));
    ci(other.head);
    ci(head);
    await world.act(world.enqueue(other.number, 'carol'));
    await world.approve(number);
    expect(await world.said(number)).toEqual([]);
    const [before, own] = groupsOf(world);
    expect(own?.base).toBe(before?.head);
    expect(await world.checks(own?.head ?? '')).toMatchObject({
      'corrigible/gate': 'failure',
      'corrigible/step/fetch': 'failure',
    });
    ci(before?.head ?? '');
    // GitHub moves the queue by itself; nobody's call waits for it.
    await expect.poll(() => world.said(number), { timeout: 60_000 }).toHaveLength(1);
    await world.settled();
    expect(await merged(world, other.number)).toBe(true);
    expect(await merged(world, number)).toBe(false);
    const [told, ...more] = await world.said(number);
    expect(more).toEqual([]);
    expect(told).toContain('it was taken out of the merge queue: with what was before it there, the checks are red');
    expect(await world.status(issue)).toContain('it was taken out of the merge queue');
  }));

test('what is held while its group is green leaves the queue, and is put in again when nobody holds it', () =>
  inWorld({}, async (world) => {
    const { issue, number, head } = await proposed(world);
    await withQueue(world, ['ci']);
    const ci = (headSha: string) =>
      world.forge.addForeignCheck(REPO, { app: { id: 99, slug: 'ci' }, name: 'ci', headSha, conclusion: 'success' });
    ci(head);
    await world.approve(number);
    const [green] = groupsOf(world);
    expect(await world.checks(green?.head ?? '')).toMatchObject({ 'corrigible/gate': 'success' });
    const runs = async (): Promise<readonly { readonly id: number; readonly name: string }[]> => {
      const found = await world.call('alice', 'GET', `/commits/${green?.head}/check-runs?per_page=100`);
      return found.check_runs.filter((run: { name: string }) => run.name === 'corrigible/gate');
    };
    const [before] = await runs();
    await world.act(world.call('bob', 'POST', `/check-runs/${before?.id}/rerequest`));
    expect((await runs()).some(({ id }) => id > (before?.id ?? 0))).toBe(true);
    expect(await world.checks(green?.head ?? '')).toMatchObject({ 'corrigible/gate': 'success' });
    await world.label(number, 'corrigible-hold', 'tom');
    expect(world.forge.webhooks.log.filter(({ action }) => action === 'dequeued')).toHaveLength(1);
    expect(await world.status(issue)).toContain('Not merged, because the label');
    ci(green?.head ?? '');
    await world.settled();
    expect(await merged(world, number)).toBe(false);
    await world.unlabel(number, 'corrigible-hold', 'tom');
    expect(await world.status(issue)).not.toContain('Not merged');
    ci(groupsOf(world).at(-1)?.head ?? '');
    await expect.poll(() => merged(world, number), { timeout: 60_000 }).toBe(true);
    await world.settled();
    expect(await world.issue(issue)).toMatchObject({ state: 'closed' });
  }));

test('a person’s pull request in the queue gets the same checks, by what base and it bring along', () =>
  inWorld({}, async (world) => {
    const rules = await world.file('config/fetch.json');
    const { object } = await world.call('alice', 'GET', '/git/ref/heads/main');
    await world.call('carol', 'POST', '/git/refs', { ref: 'refs/heads/better', sha: object.sha });
    await world.push('better', 'config/fetch.json', rules.replace('"KB-107": 5', '"KB-107": 6'), 'carol');
    const opened = world.call('carol', 'POST', '/pulls', { title: 'Better', head: 'better', base: 'main', body: '' });
    const { number } = await world.act(opened);
    await withQueue(world);
    await world.push('main', 'README.md', 'Moved.\n', 'alice');
    await world.act(world.enqueue(number, 'carol'));
    expect(await merged(world, number)).toBe(true);
    const main = (await world.call('alice', 'GET', '/git/ref/heads/main')).object.sha;
    expect(await world.checks(main)).toMatchObject({
      'corrigible/gate': 'success',
      'corrigible/step/fetch': 'success',
    });
  }));

test('where people’s pull requests are not judged, their groups are let through in words', () =>
  inWorld({ files: onlyOwn }, async (world) => {
    const { number } = await personsPull(world, 'README.md', 'Better.\n');
    await withQueue(world);
    await world.act(world.enqueue(number, 'carol'));
    expect(await merged(world, number)).toBe(true);
    const main = (await world.call('alice', 'GET', '/git/ref/heads/main')).object.sha;
    expect(await world.checks(main)).toEqual({ 'corrigible/gate': 'neutral' });
  }));

test('what a writer accepted of a person’s head holds in the queue, for exactly that head', () =>
  inWorld({}, async (world) => {
    const { object } = await world.call('alice', 'GET', '/git/ref/heads/main');
    await world.call('carol', 'POST', '/git/refs', { ref: 'refs/heads/cases', sha: object.sha });
    const cases = await world.file('evals/plan.yml');
    await world.push('cases', 'evals/plan.yml', `${cases}\n# Looked at.\n`, 'carol');
    const opening = world.call('carol', 'POST', '/pulls', { title: 'Cases', head: 'cases', base: 'main', body: '' });
    const { number, head } = await world.act(opening);
    expect(await world.checks(head.sha)).toMatchObject({ 'corrigible/gate': 'action_required' });
    await world.comment(number, `/accept-oracle ${head.sha}`, 'bob');
    await withQueue(world);
    await world.push('main', 'README.md', 'Moved.\n', 'alice');
    await world.act(world.enqueue(number, 'carol'));
    expect(await merged(world, number)).toBe(true);
    const [group] = groupsOf(world);
    expect(await world.checks(group?.head ?? '')).toMatchObject({
      'corrigible/gate': 'success',
      'corrigible/oracle': 'success',
    });
  }));

test('what became oracle after a writer accepted a head is not covered in the queue, and is named', () =>
  inWorld({}, async (world) => {
    const { object } = await world.call('alice', 'GET', '/git/ref/heads/main');
    await world.call('carol', 'POST', '/git/refs', { ref: 'refs/heads/moved', sha: object.sha });
    const cases = await world.file('evals/fetch.yml');
    await world.push('moved', 'checks/fetch.yml', cases, 'carol');
    const elsewhere = configuration.replace('cases: evals/fetch.yml', 'cases: checks/fetch.yml');
    await world.push('moved', '.github/corrigible.yml', elsewhere, 'carol');
    const opening = { title: 'Elsewhere', head: 'moved', base: 'main', body: '' };
    const { number, head } = await world.act(world.call('carol', 'POST', '/pulls', opening));
    await world.comment(number, `/accept-oracle ${head.sha}`, 'bob');
    expect(await world.checks(head.sha)).toMatchObject({ 'corrigible/gate': 'success' });
    await withQueue(world);
    // As a fix of the app's own brings it.
    const [first] = parse(cases).cases;
    await world.push(
      'main',
      'evals/fetch/rejection-9.yml',
      stringify({ cases: [{ ...first, name: 'the ninth' }] }),
      'alice',
    );
    await world.act(world.enqueue(number, 'carol'));
    expect(await merged(world, number)).toBe(false);
    const [group] = groupsOf(world);
    expect(await world.checks(group?.head ?? '')).toMatchObject({
      'corrigible/gate': 'action_required',
      'corrigible/oracle': 'action_required',
    });
    const { check_runs: runs } = await world.call('alice', 'GET', `/commits/${group?.head}/check-runs`);
    const { output } = runs.find((run: { name: string }) => run.name === 'corrigible/oracle');
    expect(output.title).toContain('bring it up to date with the base branch');
    expect(output.summary).toContain('• **fetch: the ninth**: this case of the base branch is gone');
    expect(output.summary).toContain('✓ **checks/fetch.yml**');
  }));
