import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, type Person, type World, yes } from '../support/world.ts';

const WEIGHTS = 'config/fetch.json';
const GATE = 'corrigible/gate';

/** A rejection up to its merged fix. */
async function merged(world: World): Promise<{ issue: number; pull: number; sha: string }> {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  await world.label(issue);
  const { number: pull } = await world.onlyPull();
  await world.approve(pull);
  const { merge_commit_sha: sha, merged: is } = await world.pull(pull);
  expect(is).toBe(true);
  return { issue, pull, sha };
}

/** Pull requests beside this one. */
const others = async (world: World, pull: number): Promise<readonly { number: number; head: { ref: string } }[]> =>
  (await world.pulls()).filter(({ number }: { number: number }) => number !== pull);

const mergeByHand = (world: World, pull: number, by: Person = 'carol') =>
  world.act(world.call(by, 'PUT', `/pulls/${pull}/merge`, { merge_method: 'squash' }));

/** The revert that was opened for a fix. */
async function revertOf(world: World, pull: number) {
  const [revert] = await others(world, pull);
  return world.call('alice', 'GET', `/pulls/${revert?.number}`);
}

test('a writer undoes a merged fix: a pull request takes it back, people merge it, and the rejection is drafted again', () =>
  inWorld({}, async (world) => {
    const { issue, pull, sha } = await merged(world);
    await world.comment(pull, '/undo It broke the answers about invoices, said mail@customer.org.\n@rita', 'bob');
    const revert = await revertOf(world, pull);
    expect(revert).toMatchObject({
      title: `Revert "${(await world.pull(pull)).title}" (#${pull})`,
      head: { ref: `corrigible/${issue}-undo-1` },
      state: 'open',
    });
    expect(revert.body).toContain(`Reverts #${pull}`);
    expect(revert.body).toContain('Asked for by @bob with `/undo`:\n\n> It broke the answers about invoices');
    expect(revert.body).not.toMatch(/customer\.org|@rita/);
    expect(revert.body).toMatch(/Red again when this is merged[\s\S]*- `fetch`: /);

    expect(await world.issue(issue)).toMatchObject({ state: 'open', state_reason: 'reopened' });
    const history = (await world.said(issue)).at(-1) ?? '';
    expect(history).toMatch(/^@rita, @alice, @bob: this rejection is open again\./);
    expect(history).toContain('Cleared by alice.');
    expect(history).toContain(`Merged in #${pull} as \`${sha.slice(0, 10)}\`, on the approval of bob.`);
    expect(history).toContain(`It is being undone in #${revert.number}, which bob has asked for.`);
    expect(await world.status(issue)).toContain(`people merge #${revert.number}`);

    const checks = await world.checks(revert.head.sha);
    expect(Object.keys(checks)).toHaveLength(6);
    expect(new Set(Object.values(checks))).toEqual(new Set(['success']));

    await mergeByHand(world, revert.number);
    expect(await world.file(WEIGHTS)).not.toContain('"KB-107": 9');
    expect(await world.status(issue)).toMatch(/The commit `\w{10}` takes the fix back: .* is red again/);
    const afterwards = await world.said(issue);
    expect(afterwards.filter((text) => text.includes('this rejection is open again'))).toHaveLength(1);

    await world.comment(issue, '/retry', 'rita');
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.unlabel(issue);
    await world.label(issue);
    const again = (await others(world, pull)).find(({ head }) => head.ref === `corrigible/${issue}-2`);
    await world.approve(again?.number ?? 0);
    expect((await world.pull(again?.number ?? 0)).merged).toBe(true);
    expect(await world.file(WEIGHTS)).toContain('"KB-107": 9');
    const said = await world.said(issue);
    expect(said.filter((text) => text.startsWith('@rita, thank you'))).toHaveLength(2);
    expect(await world.issue(issue)).toMatchObject({ state: 'closed' });
  }));

test('who may not write undoes nothing; asked twice, one revert is opened; what is not merged cannot be undone', () =>
  inWorld({}, async (world) => {
    const waiting = await world.reject({ ...clear, title: 'Not merged' });
    await world.comment(waiting, '/undo', 'bob');
    expect((await world.said(waiting)).at(-1)).toContain('only a fix that was merged can be undone');
    await world.editIssue(waiting, { state: 'closed' }, 'alice');

    const { issue, pull } = await merged(world);
    await world.comment(issue, '/undo please', 'rita');
    expect((await world.said(issue)).at(-1)).toBe('I did not do that, because rita has no write permission here.');
    expect(await others(world, pull)).toEqual([]);
    expect(await world.issue(issue)).toMatchObject({ state: 'closed' });

    await world.comment(issue, '/undo', 'carol');
    const revert = await revertOf(world, pull);
    expect(revert.body).toContain('Asked for by @carol with `/undo`, without a reason.');
    await world.comment(pull, '/undo', 'bob');
    expect((await world.said(pull)).at(-1)).toContain(`it is being undone already, in #${revert.number}`);
    expect(await others(world, pull)).toHaveLength(1);
    await world.comment(revert.number, '/undo', 'bob');
    expect((await world.said(revert.number)).at(-1)).toContain('only a fix that was merged can be undone');
  }));

test('where later changes build on the fix, nothing is pushed, and that is said', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await merged(world);
    const weights = await world.file(WEIGHTS);
    await world.push('main', WEIGHTS, weights.replace('"KB-107": 9', '"KB-107": 8'), 'carol');
    await world.comment(pull, '/undo', 'bob');
    expect((await world.said(pull)).at(-1)).toContain(`what came after the fix builds on it in \`${WEIGHTS}\``);
    expect(await others(world, pull)).toEqual([]);
    expect(await world.issue(issue)).toMatchObject({ state: 'closed' });
  }));

test('a revert that somebody adds to is no inverse any more: its oracle waits for a writer', () =>
  inWorld({}, async (world) => {
    const { pull } = await merged(world);
    await world.comment(pull, '/undo', 'bob');
    const revert = await revertOf(world, pull);
    await world.push(revert.head.ref, 'README.md', 'Something else.\n', 'carol');
    const { head } = await world.pull(revert.number);
    expect(await world.checks(head.sha)).toMatchObject({ [GATE]: 'action_required' });
    await world.comment(revert.number, `/accept-oracle ${head.sha}`, 'bob');
    expect(await world.checks(head.sha)).toMatchObject({ [GATE]: 'success' });
  }));

test.each([
  ['GitHub’s button', (sha: string) => `Revert "The fix"\n\nThis reverts commit ${sha}.`, /The commit `\w{10}` takes/],
  ['a change of somebody’s own', () => 'Weights as they were', /The case “[^”]+” is red again on the base branch\./],
])('a fix that is taken back by %s is recognised, told once, and open again', (_, message, recognised) =>
  inWorld({}, async (world) => {
    const { issue, sha } = await merged(world);
    const weights = await world.file(WEIGHTS);
    const { sha: blob } = await world.call('alice', 'GET', `/contents/${WEIGHTS}`);
    const content = Buffer.from(weights.replace('"KB-107": 9', '"KB-107": 2')).toString('base64');
    const change = { message: message(sha), content, branch: 'main', sha: blob };
    await world.act(world.call('carol', 'PUT', `/contents/${WEIGHTS}`, change));
    const returned = (await world.said(issue)).filter((text) => text.includes('this rejection is open again'));
    expect(returned).toHaveLength(1);
    expect(returned[0]).toMatch(recognised);
    expect(await world.issue(issue)).toMatchObject({ state: 'open' });
    await world.push('main', 'README.md', 'Something else.\n', 'carol');
    expect((await world.said(issue)).filter((text) => text.includes('rejection is open again'))).toHaveLength(1);
    await world.comment(issue, '/undo', 'bob');
    expect((await world.said(issue)).at(-1)).toContain('the fix was taken back already');

    const second = await world.reject({ ...clear, title: 'The same again' });
    expect(await world.status(second)).toContain(
      `it is the same fault as #${issue}, whose fix was merged not long ago`,
    );
    await world.comment(second, '/retry', 'rita');
    expect((await world.specComment(second)).body).toContain('### Spec: ');
  }),
);
