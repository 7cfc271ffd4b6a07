import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { propose } from '../support/propose.ts';
import { clear } from '../support/rejections.ts';
import { exampleFiles, inWorld, type Person, REPO, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const CASES = 'evals/plan.yml';
const files = await exampleFiles();
const configuration = files[CONFIGURATION] ?? '';
const plan = files['config/plan.yml'] ?? '';
const cases = files[CASES] ?? '';
const own = { [CONFIGURATION]: configuration.replace('pull-requests: all', 'pull-requests: own') };

interface Run {
  readonly id: number;
  readonly name: string;
  readonly conclusion: string;
  readonly output: { readonly title: string; readonly summary: string };
}

/** The app's check runs on the head of a pull request, by name, the latest of each. */
async function checksOf(world: World, pull: number): Promise<Readonly<Record<string, Run>>> {
  const { head } = await world.pull(pull);
  const { check_runs: runs } = await world.call('alice', 'GET', `/commits/${head.sha}/check-runs?per_page=100`);
  return Object.fromEntries((runs as Run[]).map((run) => [run.name, run]));
}

const conclusions = async (world: World, pull: number) =>
  Object.fromEntries(Object.entries(await checksOf(world, pull)).map(([name, run]) => [name, run.conclusion]));

test('a person’s pull request gets a check per step, and people merge it', () =>
  inWorld({}, async (world) => {
    const pull = await propose(world, 'README.md', 'Something else.\n');
    const found = await conclusions(world, pull);
    expect(Object.keys(found).filter((name) => name.startsWith('corrigible/step/')).length).toBeGreaterThan(1);
    expect(new Set(Object.values(found))).toEqual(new Set(['success']));
    expect(found['corrigible/gate']).toBe('success');
    await world.approve(pull);
    expect((await world.pull(pull)).merged).toBe(false);
    expect(await world.said(pull)).toEqual([]);
  }));

test('where only the app’s own pull requests are judged, a person’s gets no check', () =>
  inWorld({ files: own }, async (world) => {
    const pull = await propose(world, 'README.md', 'Something else.\n');
    expect(await conclusions(world, pull)).toEqual({});
  }));

test('a pull request that breaks a step is red by that step’s check, with the case named', () =>
  inWorld({}, async (world) => {
    const broken = plan.replace('reply: invoice-sent', 'reply: refund-started');
    const pull = await propose(world, 'config/plan.yml', broken);
    const found = await checksOf(world, pull);
    expect(found['corrigible/step/plan']).toMatchObject({ conclusion: 'failure' });
    expect(found['corrigible/step/plan']?.output.summary).toContain('an invoice is sent when we know the order');
    expect(found['corrigible/step/classify']).toMatchObject({ conclusion: 'success' });
    expect(found['corrigible/gate']).toMatchObject({ conclusion: 'failure' });
    const annotations = await world.call('bob', 'GET', `/check-runs/${found['corrigible/step/plan']?.id}/annotations`);
    const line = cases.split('\n').findIndex((text) => text.includes('an invoice is sent when we know the order')) + 1;
    expect(annotations[0]).toMatchObject({ path: CASES, start_line: line, annotation_level: 'failure' });
    expect(annotations[0].message).toContain('an invoice is sent when we know the order: green on base, red now');
    await world.push('mine', 'config/plan.yml', plan, 'carol');
    await world.push('mine', 'README.md', 'A word.\n', 'carol');
    expect((await conclusions(world, pull))['corrigible/gate']).toBe('success');
  }));

test('a pull request that changes what it is judged by waits until another writer accepts exactly that commit', () =>
  inWorld({}, async (world) => {
    const softened = cases
      .replace('value: invoice-sent', 'value: anything')
      .replace('op: eq\n        value: anything', 'op: ne\n        value: anything');
    expect(softened).not.toBe(cases);
    const pull = await propose(world, CASES, softened);
    const before = await checksOf(world, pull);
    expect(before['corrigible/gate']).toMatchObject({ conclusion: 'action_required' });
    expect(before['corrigible/oracle']?.output.summary).toContain('an invoice is sent when we know the order');
    expect(before['corrigible/oracle']?.output.title).toContain('/accept-oracle');
    const { sha } = (await world.pull(pull)).head;

    await world.comment(pull, `/accept-oracle ${sha}`, 'carol');
    await world.comment(pull, `/accept-oracle ${sha}`, 'rita');
    await world.comment(pull, `/accept-oracle ${sha.slice(0, 39)}`, 'bob');
    expect(await world.said(pull)).toEqual([
      'I did not do that, because carol opened this pull request; another writer has to accept what it is judged by.',
      'I did not do that, because rita has no write permission here.',
      `I did not do that, because that is not the commit that stands here now, by all its 40 digits. Look at what was added, then comment \`/accept-oracle ${sha}\`.`,
    ]);
    expect((await conclusions(world, pull))['corrigible/gate']).toBe('action_required');

    await world.comment(pull, `/accept-oracle ${sha}`, 'bob');
    expect(await conclusions(world, pull)).toMatchObject({
      'corrigible/gate': 'success',
      'corrigible/oracle': 'success',
    });

    await world.push('mine', CASES, softened.replace('op: ne', 'op: present'), 'bob');
    expect((await conclusions(world, pull))['corrigible/gate']).toBe('action_required');
    const next = (await world.pull(pull)).head.sha;
    for (const name of ['bob', 'carol']) world.forge.acts.renameUser(name, `${name}2`);
    await world.comment(pull, `/accept-oracle ${next}`, 'bob');
    expect((await world.said(pull)).at(-1)).toContain('bob2 pushed this commit');
    await world.comment(pull, `/accept-oracle ${next}`, 'carol');
    expect((await world.said(pull)).at(-1)).toContain('carol2 opened this pull request');
    await world.comment(pull, `/accept-oracle ${next}`, 'alice');
    expect((await conclusions(world, pull))['corrigible/gate']).toBe('success');
  }));

test('an acceptance covers what the checks named until then: what is named later waits again', () =>
  inWorld({}, async (world) => {
    const pull = await propose(world, 'checks/plan.yml', cases);
    const elsewhere = configuration.replace('cases: evals/plan.yml', 'cases: checks/plan.yml');
    await world.push('mine', CONFIGURATION, elsewhere, 'carol');
    const { sha } = (await world.pull(pull)).head;
    const oracle = async () => (await checksOf(world, pull))['corrigible/oracle'];
    const accept = (by: Person) => world.comment(pull, `/accept-oracle ${sha}`, by);
    await accept('bob');
    expect(await oracle()).toMatchObject({ conclusion: 'success' });
    await accept('alice');
    expect((await world.said(pull)).at(-1)).toContain('nothing of this commit waits to be accepted');

    // As a fix of the app's own brings it.
    const [first] = parse(cases).cases;
    const ninth = stringify({ cases: [{ ...first, name: 'the ninth' }] });
    await world.push('main', 'evals/plan/rejection-9.yml', ninth, 'alice');
    await world.comment(pull, '/recheck', 'carol');
    expect(await oracle()).toMatchObject({ conclusion: 'action_required' });
    expect((await oracle())?.output.title).toContain(
      'what `bob` accepted of this commit is not all that is named by now',
    );
    expect((await oracle())?.output.summary).toContain('• **plan: the ninth**: this case of the base branch is gone');
    expect((await oracle())?.output.summary).toContain('✓ **checks/plan.yml**');
    await accept('alice');
    expect(await oracle()).toMatchObject({ conclusion: 'success' });
  }));

test('whoever pushed does not accept it, whoever opened the pull request, or opened it again', () =>
  inWorld({}, async (world) => {
    const { object } = await world.call('bob', 'GET', '/git/ref/heads/main');
    await world.call('bob', 'POST', '/git/refs', { ref: 'refs/heads/mine', sha: object.sha });
    await world.push('mine', CASES, `${cases}\n# softened\n`, 'bob');
    const opening = { title: 'A change', head: 'mine', base: 'main', body: '' };
    const { number: pull } = await world.act(world.call('carol', 'POST', '/pulls', opening));
    const accepted = async (by: Person) => {
      const { sha } = (await world.pull(pull)).head;
      await world.comment(pull, `/accept-oracle ${sha}`, by);
      return (await conclusions(world, pull))['corrigible/gate'];
    };
    expect(await accepted('bob')).toBe('action_required');
    expect((await world.said(pull)).at(-1)).toContain('bob pushed this commit');
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { state: 'closed' }));
    await world.push('mine', CASES, `${cases}\n# softer still\n`, 'bob');
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { state: 'open' }));
    expect(await accepted('bob')).toBe('action_required');
    expect(await accepted('alice')).toBe('success');
  }));

test('a command in a comment that somebody edited accepts nothing, however soon that was', () =>
  inWorld({}, async (world) => {
    const pull = await propose(world, CASES, `${cases}\n# softened\n`);
    const { sha } = (await world.pull(pull)).head;
    const { id } = await world.call('bob', 'POST', `/issues/${pull}/comments`, { body: 'I look at it tomorrow.' });
    await world.act(world.call('carol', 'PATCH', `/issues/comments/${id}`, { body: `/accept-oracle ${sha}` }));
    expect((await world.said(pull)).at(-1)).toContain('that comment was edited, and nobody can tell by whom');
    expect((await conclusions(world, pull))['corrigible/gate']).toBe('action_required');
    await world.comment(pull, `/accept-oracle ${sha}`, 'bob');
    expect((await conclusions(world, pull))['corrigible/gate']).toBe('success');
  }));

test('whoever is refused again and again is told three times for one head, however many commands wait', () =>
  inWorld({}, async (world) => {
    const pull = await propose(world, CASES, `${cases}\n# softened\n`);
    const { sha } = (await world.pull(pull)).head;
    world.forge.webhooks.dropNext(35);
    await Promise.all(
      Array.from({ length: 35 }, () =>
        world.call('rita', 'POST', `/issues/${pull}/comments`, { body: `/accept-oracle ${sha}` }),
      ),
    );
    await world.comment(pull, `/accept-oracle ${sha}`, 'bob');
    expect(await world.said(pull)).toHaveLength(3);
    expect(world.logs.join('')).not.toContain('no end to the moves');
    expect((await conclusions(world, pull))['corrigible/gate']).toBe('success');
  }));

test('a new case that the head itself does not pass is red, whoever accepts it', () =>
  inWorld({}, async (world) => {
    const harder = cases.replace(
      /^cases:\n/m,
      `cases:\n  - name: cannot be\n    input: {}\n    expect: [{ path: /reply/id, op: eq, value: nothing }]\n`,
    );
    const pull = await propose(world, CASES, harder);
    const { sha } = (await world.pull(pull)).head;
    await world.comment(pull, `/accept-oracle ${sha}`, 'bob');
    const found = await checksOf(world, pull);
    expect(found['corrigible/gate']).toMatchObject({ conclusion: 'failure' });
    expect(found['corrigible/step/plan']?.output.summary).toContain('cannot be');
  }));

test('the first configuration is validated and blocks nobody; with mistakes it is red, with file and line', () =>
  inWorld({ files: { [CONFIGURATION]: null } }, async (world) => {
    const pull = await propose(world, CONFIGURATION, configuration);
    expect(await conclusions(world, pull)).toEqual({ 'corrigible/gate': 'neutral' });
    expect((await checksOf(world, pull))['corrigible/gate']?.output.title).toContain('is valid');
    await world.push('mine', CASES, 'cases: []\n', 'carol');
    expect((await checksOf(world, pull))['corrigible/gate']).toMatchObject({
      conclusion: 'failure',
      output: { title: expect.stringContaining(`${CASES}:1`) },
    });
  }));

test('what could be compared with nothing is judged as soon as base has a configuration', () =>
  inWorld({ files: { [CONFIGURATION]: null } }, async (world) => {
    const pull = await propose(world, CONFIGURATION, configuration);
    await world.push('mine', 'config/plan.yml', plan.replace('reply: invoice-sent', 'reply: refund-started'), 'carol');
    expect(await conclusions(world, pull)).toEqual({ 'corrigible/gate': 'neutral' });
    await world.push('main', CONFIGURATION, configuration, 'alice');
    expect((await conclusions(world, pull))['corrigible/gate']).toBe('failure');
  }));

test('judging again is asked for by a comment or by GitHub’s button, and gives new checks', () =>
  inWorld({}, async (world) => {
    const pull = await propose(world, 'README.md', 'Something else.\n');
    const gate = async () => (await checksOf(world, pull))['corrigible/gate'];
    const [first] = [await gate()];
    await world.comment(pull, '/recheck', 'rita');
    expect((await gate())?.id).toBe(first?.id);
    await world.comment(pull, '/recheck', 'carol');
    const second = await gate();
    expect(second).toMatchObject({ conclusion: 'success' });
    expect(second?.id).toBeGreaterThan(first?.id ?? 0);
    await world.act(world.call('bob', 'POST', `/check-runs/${second?.id}/rerequest`));
    expect((await gate())?.id).toBeGreaterThan(second?.id ?? 0);
    expect(await world.said(pull)).toEqual(['I did not do that, because rita has no write permission here.']);
  }));

test('whoever may not write has a commit judged again three times, and is told what to do then', () =>
  inWorld({}, async (world) => {
    const pull = await propose(world, 'README.md', 'Something else.\n');
    world.forge.setPermission(REPO, 'carol', 'read');
    const gate = async () => (await checksOf(world, pull))['corrigible/gate']?.id ?? 0;
    for (let times = 0; times < 3; times++) {
      const before = await gate();
      await world.comment(pull, '/recheck', 'carol');
      expect(await gate()).toBeGreaterThan(before);
    }
    const last = await gate();
    await world.comment(pull, '/recheck', 'carol');
    expect(await gate()).toBe(last);
    expect(await world.said(pull)).toEqual([
      'I did not do that, because this commit was judged again as often as carol may ask for it without write permission. Push a new commit, which is judged by itself, or ask somebody who may write here to comment `/recheck`.',
    ]);
    await world.comment(pull, '/recheck', 'bob');
    expect(await gate()).toBeGreaterThan(last);
  }));

test('what was judged into the default branch is over once the pull request points elsewhere, and judged anew when it is back', () =>
  inWorld({}, async (world) => {
    const pull = await propose(world, 'README.md', 'Something else.\n');
    const first = await checksOf(world, pull);
    expect(first['corrigible/gate']).toMatchObject({ conclusion: 'success' });
    const { object } = await world.call('alice', 'GET', '/git/ref/heads/main');
    await world.call('alice', 'POST', '/git/refs', { ref: 'refs/heads/release', sha: object.sha });
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { base: 'release' }));
    const away = await checksOf(world, pull);
    expect(away['corrigible/gate']).toMatchObject({ conclusion: 'action_required' });
    expect(away['corrigible/gate']?.output.title).toContain('only pull requests into `main` are judged');
    for (const name of ['corrigible/oracle', 'corrigible/step/plan'])
      expect(away[name]).toMatchObject({ conclusion: 'cancelled' });
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { base: 'main' }));
    const back = await checksOf(world, pull);
    expect(new Set(Object.values(back).map(({ conclusion }) => conclusion))).toEqual(new Set(['success']));
    expect(Object.keys(back).toSorted()).toEqual(Object.keys(first).toSorted());
    expect(back['corrigible/gate']?.id).toBeGreaterThan(away['corrigible/gate']?.id ?? 0);
  }));

test('a verdict that has no parts tells the checks of an earlier one on the same commit that they hold no more', () =>
  inWorld({}, async (world) => {
    const pull = await propose(world, 'README.md', 'Something else.\n');
    expect((await conclusions(world, pull))['corrigible/step/plan']).toBe('success');
    await world.push('main', 'README.md', 'Something of base.\n', 'alice');
    await world.push('main', CASES, `${cases}\n# Looked at.\n`, 'alice');
    await world.comment(pull, '/recheck', 'carol');
    const found = await checksOf(world, pull);
    expect(found['corrigible/gate']?.output.title).toContain('bring it up to date with `main`');
    const { 'corrigible/gate': gate, ...others } = found;
    expect(gate?.conclusion).toBe('action_required');
    expect(new Set(Object.values(others).map(({ conclusion }) => conclusion))).toEqual(new Set(['cancelled']));
    expect(others['corrigible/step/plan']?.output.title).toContain('which holds no more');
  }));

test('of two pull requests with one head the first is judged, and the second is told', () =>
  inWorld({}, async (world) => {
    const first = await propose(world, 'README.md', 'Something else.\n');
    const { sha } = (await world.pull(first)).head;
    const gate = (await checksOf(world, first))['corrigible/gate'];
    await world.call('bob', 'POST', '/git/refs', { ref: 'refs/heads/theirs', sha });
    const { number: second } = await world.act(
      world.call('bob', 'POST', '/pulls', { title: 'The same', head: 'theirs', base: 'main', body: '' }),
    );
    expect((await world.said(second)).join()).toContain('was judged for another pull request already');
    expect((await checksOf(world, second))['corrigible/gate']?.id).toBe(gate?.id);
    // Nor does pointing it elsewhere, and back, say anything on the commit of the first.
    const { object } = await world.call('alice', 'GET', '/git/ref/heads/main');
    await world.call('alice', 'POST', '/git/refs', { ref: 'refs/heads/release', sha: object.sha });
    for (const base of ['release', 'main']) {
      await world.act(world.call('bob', 'PATCH', `/pulls/${second}`, { base }));
      expect(await checksOf(world, second)).toEqual(await checksOf(world, first));
      expect((await checksOf(world, first))['corrigible/gate']).toMatchObject({ id: gate?.id, conclusion: 'success' });
    }
    await world.push('theirs', 'README.md', 'More.\n', 'bob');
    expect((await conclusions(world, second))['corrigible/gate']).toBe('success');
  }));

test('a commit whose first pull request is closed while its gate waits is judged for the second', () =>
  inWorld({}, async (world) => {
    const first = await propose(world, CASES, `${cases}\n# softened\n`);
    const { sha } = (await world.pull(first)).head;
    await world.call('bob', 'POST', '/git/refs', { ref: 'refs/heads/theirs', sha });
    const opening = { title: 'The same', head: 'theirs', base: 'main', body: '' };
    const { number: second } = await world.act(world.call('bob', 'POST', '/pulls', opening));
    expect((await world.said(second)).join()).toContain('was judged for another pull request already');
    await world.act(world.call('carol', 'PATCH', `/pulls/${first}`, { state: 'closed' }));
    await world.comment(second, `/accept-oracle ${sha}`, 'alice');
    expect((await conclusions(world, second))['corrigible/gate']).toBe('success');
  }));

test('a pull request that was closed and opened again is judged again where its head moved', () =>
  inWorld({}, async (world) => {
    const pull = await propose(world, 'README.md', 'Something else.\n');
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { state: 'closed' }));
    await world.push('mine', 'config/plan.yml', plan.replace('reply: invoice-sent', 'reply: refund-started'), 'carol');
    expect((await conclusions(world, pull))['corrigible/gate'] ?? 'none').not.toBe('failure');
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { state: 'open' }));
    expect((await conclusions(world, pull))['corrigible/gate']).toBe('failure');
  }));

test('the app’s own pull request is judged again on a comment or by GitHub’s button, and keeps its approval', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const { number: pull } = await world.onlyPull();
    const gate = async () => (await checksOf(world, pull))['corrigible/gate'];
    const first = await gate();
    await world.comment(pull, '/recheck', 'rita');
    expect((await gate())?.id).toBe(first?.id);
    expect((await world.said(pull)).at(-1)).toBe('I did not do that, because rita has no write permission here.');
    await world.comment(pull, '/recheck', 'bob');
    const second = await gate();
    expect(second?.id).toBeGreaterThan(first?.id ?? 0);
    await world.act(world.call('bob', 'POST', `/check-runs/${second?.id}/rerequest`));
    expect((await gate())?.id).toBeGreaterThan(second?.id ?? 0);
    expect(await gate()).toMatchObject({ conclusion: 'success' });
    await world.approve(pull);
    expect((await world.pull(pull)).merged).toBe(true);
  }));

const suite = `import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import test from 'node:test';
const plan = readFileSync('config/plan.yml', 'utf8');
test('an order leads to an invoice', () => assert.match(plan, /reply: invoice-sent/));
test('there is a plan', () => assert.notEqual(plan, ''));
`;
const withSuite = {
  'tests/plan.test.mjs': suite,
  [CONFIGURATION]: `${configuration.replace(
    '    cases: evals/plan.yml\n',
    `    cases: evals/plan.yml
    report:
      run: node --test --test-reporter=junit --test-reporter-destination=report.xml tests/plan.test.mjs
      file: report.xml
      format: junit
      oracle: [tests/**]
`,
  )}`,
};

test('a suite of the repository’s own is run on both sides, and each of its cases counts', () =>
  inWorld({ files: withSuite }, async (world) => {
    const green = await propose(world, 'README.md', 'Something else.\n');
    expect((await checksOf(world, green))['corrigible/step/plan']?.conclusion).toBe('success');
    const red = await propose(
      world,
      'config/plan.yml',
      plan.replace('reply: invoice-sent', 'reply: refund-started'),
      'carol',
      'red',
    );
    const check = (await checksOf(world, red))['corrigible/step/plan'];
    expect(check?.conclusion).toBe('failure');
    expect(check?.output.summary).toContain('an order leads to an invoice');
    expect(check?.output.summary).not.toContain('there is a plan');
  }));

test('a test that is taken out of such a suite is named, and base’s own still has to hold', () =>
  inWorld({ files: withSuite }, async (world) => {
    const softer = suite.replace(/test\('an order.*\n/, '');
    const pull = await propose(world, 'tests/plan.test.mjs', softer);
    const oracle = (await checksOf(world, pull))['corrigible/oracle'];
    expect(oracle?.conclusion).toBe('action_required');
    expect(oracle?.output.summary).toContain('an order leads to an invoice');
    expect(oracle?.output.summary).toContain('is gone');
    await world.push('mine', 'config/plan.yml', plan.replace('reply: invoice-sent', 'reply: refund-started'), 'carol');
    expect((await checksOf(world, pull))['corrigible/oracle']?.output.summary).toContain(
      'it was green by the base branch’s suites',
    );
  }));

test.each([
  ['is taken out', configuration],
  ['is run on other files', withSuite[CONFIGURATION].replace('report.xml tests/plan', 'report.xml tests/other')],
])('where such a suite %s by the configuration, each case that goes with it is named', (_, without) =>
  inWorld(
    { files: { ...withSuite, 'tests/other.test.mjs': "import test from 'node:test';\ntest('other', () => {});\n" } },
    async (world) => {
      const pull = await propose(world, CONFIGURATION, without);
      const oracle = (await checksOf(world, pull))['corrigible/oracle'];
      expect(oracle?.conclusion).toBe('action_required');
      for (const name of ['an order leads to an invoice', 'there is a plan'])
        expect(oracle?.output.summary).toContain(`${name}**: this case of the base branch is gone`);
    },
  ),
);

test('a fix of the app’s own keeps such a suite green', () =>
  inWorld({ files: withSuite }, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const { number: pull } = await world.onlyPull();
    expect((await checksOf(world, pull))['corrigible/step/plan']?.output.title).toMatch(/cases as before/);
    await world.approve(pull);
    expect((await world.pull(pull)).merged).toBe(true);
  }));

test('a case in quarantine is told and does not block; who quarantines one has to be accepted', () => {
  const day = (after: number) => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10);
  const file = '.github/corrigible-quarantine.yml';
  const list = (name: string) =>
    `quarantine:\n  - { step: plan, case: ${name}, owner: carol, since: ${day(-1)}, until: ${day(5)}, reason: it wavers }\n`;
  const named = 'an invoice is sent when we know the order';
  const broken = plan.replace('reply: invoice-sent', 'reply: refund-started');
  return inWorld({ files: { [file]: list(named) } }, async (world) => {
    const pull = await propose(world, 'config/plan.yml', broken);
    const found = await checksOf(world, pull);
    expect(found['corrigible/step/plan']?.output.summary).toContain(`**${named}**: quarantined until ${day(5)}`);
    const others = found['corrigible/step/plan']?.output.title ?? '';
    expect(others).not.toContain(named);
    const more = await propose(world, file, list('the invoice article without an order'), 'carol', 'more');
    const oracle = (await checksOf(world, more))['corrigible/oracle'];
    expect(oracle).toMatchObject({ conclusion: 'action_required' });
    expect(oracle?.output.summary).toContain("only a person's pull request may do that");
  });
});
