import { expect, test } from 'vitest';
import { merged, proposed } from '../support/proposed.ts';
import { clear } from '../support/rejections.ts';
import { inWorld, yes } from '../support/world.ts';

test('invariant 1: an approval of an older commit does not merge what was pushed after it', () =>
  inWorld({}, async (world) => {
    const { issue, pull, head, branch } = await proposed(world);
    await world.push(branch, 'README.md', 'Pushed by a person.\n', 'carol');
    await world.approve(pull, 'bob', head);
    expect(await merged(world, pull)).toBe(false);
    const said = await world.said(pull);
    expect(said.at(-1)).toMatch(
      /^This approval does not count, because the approval was given for `\w{10}`, but the head is now `\w{10}`\./,
    );
    expect(await world.status(issue)).toContain('carol pushed to the branch. The agent has stopped for good');
  }));

test('invariant 1: whoever cleared the fix cannot approve it', () =>
  inWorld({}, async (world) => {
    const { pull } = await proposed(world);
    await world.approve(pull, 'alice');
    expect(await merged(world, pull)).toBe(false);
    expect((await world.said(pull)).at(-1)).toContain('alice cleared this fix, so somebody else has to approve it');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(true);
  }));

test('invariant 1: neither does a new name of the account, of who cleared the fix or of who pushed last', () =>
  inWorld({}, async (world) => {
    const { pull, branch } = await proposed(world);
    world.forge.acts.renameUser('alice', 'alice2');
    await world.approve(pull, 'alice');
    expect(await merged(world, pull)).toBe(false);
    expect((await world.said(pull)).at(-1)).toContain('alice2 cleared this fix, so somebody else has to approve it');
    await world.push(branch, 'README.md', 'Pushed by a person.\n', 'carol');
    world.forge.acts.renameUser('carol', 'carol2');
    await world.approve(pull, 'carol');
    expect(await merged(world, pull)).toBe(false);
    expect((await world.said(pull)).at(-1)).toContain('carol2 pushed the last commit');
  }));

test('in solo mode whoever cleared the fix may approve it', async () => {
  const { exampleFiles } = await import('../support/world.ts');
  const configuration = (await exampleFiles())['.github/corrigible.yml'];
  await inWorld({ files: { '.github/corrigible.yml': `${configuration}\nsolo: true\n` } }, async (world) => {
    const { pull } = await proposed(world);
    await world.approve(pull, 'alice');
    expect(await merged(world, pull)).toBe(true);
  });
});

test('invariant 1: an approval by somebody below write does not merge', () =>
  inWorld({}, async (world) => {
    const { pull } = await proposed(world);
    await world.approve(pull, 'rita');
    await world.approve(pull, 'tom');
    expect(await merged(world, pull)).toBe(false);
    expect((await world.said(pull)).at(-1)).toContain('tom has no write permission here');
  }));

test('invariant 1: the permission that counts is the one at the moment of the merge', () =>
  inWorld({}, async (world) => {
    const { pull } = await proposed(world);
    world.forge.setPermission('acme/support', 'bob', 'read');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
  }));

test('a request for changes by a writer holds an approval back', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    await world.requestChanges(pull, 'Not like this.', 'carol');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('carol asked for changes, and I made none, because');
  }));

test('whoever pushed last cannot approve, somebody else can, and the gate judges what was pushed', () =>
  inWorld({}, async (world) => {
    const { pull, branch } = await proposed(world);
    const fetchRules = await world.file('config/fetch.json', branch);
    await world.push(branch, 'config/fetch.json', fetchRules.replace('"KB-107": 9', '"KB-107": 10'), 'bob');
    const { head } = await world.pull(pull);
    expect(await world.checks(head.sha)).toMatchObject({ 'corrigible/gate': 'success', 'corrigible/spec': 'success' });
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect((await world.said(pull)).at(-1)).toContain('bob pushed the last commit, so somebody else has to approve it');
    await world.approve(pull, 'carol');
    expect(await merged(world, pull)).toBe(true);
  }));

test('invariant 5: a push that touches what it is judged by is red and does not merge', () =>
  inWorld({}, async (world) => {
    const { issue, pull, branch } = await proposed(world);
    const cases = await world.file('evals/fetch.yml', branch);
    await world.push(branch, 'evals/fetch.yml', `${cases}\n# easier now\n`, 'bob');
    const { head } = await world.pull(pull);
    expect(await world.checks(head.sha)).toMatchObject({
      'corrigible/gate': 'failure',
      'corrigible/integrity': 'failure',
    });
    await world.approve(pull, 'carol');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('it changes what it is judged by: `evals/fetch.yml`');
  }));

test('a base that moved is judged together with the head before the merge', () =>
  inWorld({}, async (world) => {
    const { pull } = await proposed(world);
    await world.push('main', 'README.md', 'The base moves.\n', 'carol');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(true);
    expect(await world.file('README.md')).toBe('The base moves.\n');
    expect(await world.file('config/fetch.json')).toContain('"KB-107": 9');
  }));

test('a base that moved into a conflict is not merged, and the files are named', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    const rules = await world.file('config/fetch.json');
    await world.push('main', 'config/fetch.json', rules.replace('"KB-107": 5', '"KB-107": 7'), 'carol');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('it conflicts with the base branch in `config/fetch.json`');
  }));

test('a rejection closed by hand is not merged; reopened, it goes on', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    await world.editIssue(issue, { state: 'closed' }, 'alice');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('alice closed the rejection, so the work ended. Reopen it to go on.');
    await world.editIssue(issue, { state: 'open' }, 'alice');
    expect(await merged(world, pull)).toBe(true);
  }));

test('a pull request closed by hand ends the work in words; reopened, it goes on', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { state: 'closed' }));
    expect(await world.status(issue)).toContain('closed the pull request, so the work ended. Reopen it to go on');
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { state: 'open' }));
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(true);
  }));

test('a pull request that was pointed at another branch is not merged there', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    const { object } = await world.call('carol', 'GET', '/git/ref/heads/main');
    await world.call('carol', 'POST', '/git/refs', { ref: 'refs/heads/release', sha: object.sha });
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { base: 'release' }));
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('the pull request no longer goes into `main`. Point it there again');
  }));

test('a step that looks the approved cases up finds none: the gate is red', async () => {
  const { exampleFiles } = await import('../support/world.ts');
  const files = await exampleFiles();
  const configuration = files['.github/corrigible.yml'] ?? '';
  const wide = configuration.replace('paths: [config/fetch.json]', 'paths: [config/fetch.json, src/step.ts]');
  expect(wide).not.toBe(configuration);
  const cheat = (files['src/step.ts'] ?? '')
    .replace(
      'import { type StepName',
      "import { existsSync, readdirSync, readFileSync } from 'node:fs';\nimport { type StepName",
    )
    .replace(
      '    return { id, output: steps[step](input, rules) };',
      `    const folder = 'evals/fetch';
    const known = existsSync(folder) ? readdirSync(folder).map((file) => readFileSync(folder + '/' + file, 'utf8')).join() : '';
    if (step === 'fetch' && known.includes('value: KB-107')) return { id, output: { articles: [{ id: 'KB-107', score: 1 }] } };
    return { id, output: steps[step](input, rules) };`,
    );
  await inWorld({ files: { '.github/corrigible.yml': wide } }, async (world) => {
    const { pull, branch } = await proposed(world);
    world.forge.webhooks.hold();
    await world.push(branch, 'src/step.ts', cheat, 'bob');
    const rules = await world.file('config/fetch.json', branch);
    await world.push(branch, 'config/fetch.json', rules.replace('"KB-107": 9', '"KB-107": 5'), 'bob');
    await world.forge.webhooks.release();
    await world.settled();
    const { head } = await world.pull(pull);
    expect(await world.checks(head.sha)).toMatchObject({ 'corrigible/gate': 'failure', 'corrigible/spec': 'failure' });
    await world.approve(pull, 'carol');
    expect(await merged(world, pull)).toBe(false);
  });
});

test('invariant 2: the label put back by somebody below write does not let it merge', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    await world.unlabel(issue);
    await world.label(issue, 'fix-clear', 'tom');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('was put back by tom, whose label does not count');
    await world.unlabel(issue);
    await world.label(issue);
    expect(await merged(world, pull)).toBe(true);
  }));

test('invariant 2: a rejection whose text was changed after it was cleared is not merged', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    await world.editIssue(issue, { title: 'No, sorry: it was right' });
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('the text of the rejection was changed after it was cleared');
  }));

test('a pull request that was closed, with its branch gone, is given up for a new attempt by a new label', () =>
  inWorld({}, async (world) => {
    const { issue, pull, branch } = await proposed(world);
    await world.act(world.call('carol', 'DELETE', `/git/refs/heads/${branch}`));
    expect((await world.pull(pull)).state).toBe('closed');
    expect(await world.status(issue)).toContain('or set the label on the rejection again for a new attempt');
    await world.unlabel(issue);
    await world.label(issue);
    const pulls = await world.pulls();
    expect(pulls.map((one: { state: string }) => one.state).sort()).toEqual(['closed', 'open']);
  }));

test('a pull request that people merged while it was red is not called a fix', () =>
  inWorld({}, async (world) => {
    const { issue, pull, branch } = await proposed(world);
    const rules = await world.file('config/fetch.json', branch);
    await world.push(branch, 'config/fetch.json', rules.replace('"KB-107": 9', '"KB-107": 4'), 'bob');
    await world.act(world.call('alice', 'PUT', `/pulls/${pull}/merge`, { merge_method: 'squash' }));
    expect(await world.status(issue)).toMatch(
      /^\*\*Corrigible\*\*\n\nOpen: it was merged .* was not green\. The case .* is red on/,
    );
    expect((await world.said(issue)).join('\n')).not.toContain('thank you: this is fixed');
    expect((await world.issue(issue)).state).toBe('open');
  }));

test('an approval that is quicker than the app merges all the same', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue, 'fix-clear', 'alice', false);
    await expect.poll(async () => (await world.pulls()).length, { timeout: 60_000, interval: 3 }).toBe(1);
    const { number } = await world.onlyPull();
    await world.approve(number);
    expect(await merged(world, number)).toBe(true);
  }));

test('a base that moves between judging and opening is what the proposal stands on and was judged against', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue, 'fix-clear', 'alice', false);
    const ledger = world.app().store.ledger;
    const begun = async () => (await ledger.read(`acme/support#${issue}`)).map(({ fact }) => fact.kind as string);
    await expect.poll(begun, { timeout: 60_000, interval: 3 }).toContain('round-started');
    await world.push('main', 'README.md', 'The base moves.\n', 'carol');
    const { number, head, base } = await world.onlyPull();
    expect(await begun()).toContain('carried');
    expect(await world.file('README.md', head.ref)).toBe('The base moves.\n');
    const main = await world.call('alice', 'GET', '/git/ref/heads/main');
    expect(base.sha).toBe(main.object.sha);
    expect(await world.checks(head.sha)).toMatchObject({ 'corrigible/gate': 'success' });
    await world.approve(number);
    expect(await merged(world, number)).toBe(true);
    expect((await begun()).filter((kind) => kind === 'judged')).toHaveLength(2);
  }));

test('where branches have to be up to date, base is merged in before anybody approves; an approved head is asked for again', () =>
  inWorld({}, async (world) => {
    const { issue, pull, head: first } = await proposed(world);
    const parameters = {
      strict_required_status_checks_policy: true,
      required_status_checks: [{ context: 'corrigible/gate', integration_id: world.forge.app.id }],
    };
    await world.call('alice', 'POST', '/rulesets', {
      name: 'strict',
      target: 'branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [{ type: 'required_status_checks', parameters }],
    });
    const head = async (): Promise<string> => (await world.pull(pull)).head.sha;

    await world.push('main', 'README.md', 'Moved once.\n', 'carol');
    const second = await head();
    expect(second).not.toBe(first);
    expect(await world.checks(second)).toMatchObject({ 'corrigible/gate': 'success' });
    expect(await world.status(issue)).not.toContain('pushed to the branch');
    await world.push('main', 'README.md', 'Moved twice.\n', 'carol');
    expect(await head()).toBe(second);

    await world.approve(pull);
    const third = await head();
    expect(third).not.toBe(second);
    expect(await merged(world, pull)).toBe(false);
    const said = await world.said(pull);
    expect(said.filter((text) => text.includes('unchanged'))).toEqual([said.at(-1)]);
    expect(said.at(-1)).toContain(`@bob, you approved \`${second.slice(0, 10)}\``);
    await world.approve(pull);
    expect(await merged(world, pull)).toBe(true);
    expect(await world.file('README.md')).toBe('Moved twice.\n');
  }));
