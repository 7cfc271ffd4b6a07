import { expect, test } from 'vitest';
import { githubApp } from '../../src/adapters/github/app.ts';
import { permit } from '../support/permit.ts';
import { silent } from '../support/silent-log.ts';
import { inWorld, REPO, type World } from './support.ts';

const failureOf = async (call: Promise<unknown>): Promise<Error & { because?: string }> =>
  call.then(
    () => Promise.reject(new Error('it did not fail')),
    (error) => error,
  );

const becauseOf = async (call: Promise<unknown>) => (await failureOf(call)).because;

/** Ada's rejection #1, with tokens minted already, as in the middle of a run. */
const midRun = (test: (world: World) => Promise<void>) => () =>
  inWorld(async (world) => {
    await world.as('ada', 'POST', `/repos/${REPO}/issues`, { title: 'Wrong' });
    await world.forge.issue(1);
    await test(world);
  });

const comment = ({ forge }: World) => forge.postComment(permit, 1, 'm', 'hello');

test(
  'an installation that is suspended in the middle of a run is told from a refusal, and works again once that is lifted',
  midRun(async (world) => {
    const { local, forge } = world;
    local.acts.suspend('ada', true);
    expect(await becauseOf(forge.issue(1))).toBe('installation-suspended');
    expect(await becauseOf(comment(world))).toBe('installation-suspended');
    expect(await failureOf(forge.gitAccess(true))).toMatchObject({
      name: 'Shut',
      message: 'The installation of the App is suspended. Lift the suspension to go on.',
    });
    local.acts.suspend('ada', false);
    expect(await comment(world)).toBeGreaterThan(0);
  }),
);

test(
  'an installation that is removed in the middle of a run is gone',
  midRun(async (world) => {
    world.local.acts.uninstall('ada');
    expect(await becauseOf(world.forge.issue(1))).toBe('installation-gone');
    expect(await becauseOf(comment(world))).toBe('installation-gone');
    expect(await becauseOf(world.app.repositories(world.installation))).toBe('installation-gone');
  }),
);

test(
  'reads and writes find a repository that is renamed in the middle of a run, and write once',
  midRun(async (world) => {
    const { local, forge, as } = world;
    await local.acts.rename(REPO, 'store');
    expect(await forge.issue(1)).toMatchObject({ number: 1, title: 'Wrong' });
    const id = await comment(world);
    const posted = await as('ada', 'GET', '/repos/ada/store/issues/1/comments');
    expect(posted.map((one: { id: number }) => one.id)).toEqual([id]);
    await forge.closeIssue(permit, 1, 'completed');
    expect(await forge.issue(1)).toMatchObject({ open: false });
  }),
);

test(
  'a repository that goes to an owner without the App is gone; one that is archived says so when written to',
  midRun(async (world) => {
    const { local, forge } = world;
    local.acts.archive(REPO, true);
    expect((await forge.issue(1)).open).toBe(true);
    expect(await becauseOf(comment(world))).toBe('repository-archived');
    local.acts.archive(REPO, false);
    expect(await comment(world)).toBeGreaterThan(0);
    await local.acts.transfer(REPO, 'grace');
    expect(await becauseOf(forge.issue(1))).toBe('repository-gone');
    // Another token is minted for git, and already that is refused.
    expect(await becauseOf(forge.gitAccess(true))).toBe('repository-gone');
  }),
);

test(
  'a repository that is deleted in the middle of a run is told from an issue or comment that is missing',
  midRun(async (world) => {
    const { local, forge } = world;
    expect(await forge.comment(999_999)).toBeNull();
    expect(await becauseOf(forge.issue(99))).toBe('issue-gone');
    expect(await failureOf(forge.pullRequest(99))).toMatchObject({ name: 'GithubRefused', status: 404 });
    await local.acts.deleteRepository(REPO);
    expect(await becauseOf(forge.issue(1))).toBe('repository-gone');
    expect(await becauseOf(forge.pullRequest(99))).toBe('repository-gone');
    expect(await becauseOf(forge.labelEvents(1))).toBe('repository-gone');
  }),
);

test(
  'an issue that is deleted, or goes elsewhere, is gone, whatever GitHub leads to',
  midRun(async (world) => {
    const { local, forge, as } = world;
    await local.addRepository('ada/other', { files: { a: 'a' } });
    await as('ada', 'POST', '/repos/ada/other/issues', { title: 'Is there' });
    await as('ada', 'POST', `/repos/${REPO}/issues`, { title: 'Goes' });
    await local.acts.deleteIssue(REPO, 1);
    expect(await becauseOf(forge.issue(1))).toBe('issue-gone');
    expect(await becauseOf(comment(world))).toBe('issue-gone');
    await local.acts.transferIssue(REPO, 2, 'ada/other');
    expect(await becauseOf(forge.issue(2))).toBe('issue-gone');
    // Over there it has the very same number.
    const wide = await (await world.app.forge(world.installation, 'ada/other')).issue(2);
    expect(wide.title).toBe('Goes');
  }),
);

test(
  'a conversation that is locked takes no word of the App, new or changed, and goes on for whoever may write',
  midRun(async (world) => {
    const { forge, as } = world;
    const id = await comment(world);
    await as('ada', 'PUT', `/repos/${REPO}/issues/1/lock`);
    expect(await becauseOf(comment(world))).toBe('issue-locked');
    expect(await becauseOf(forge.editComment(permit, id, 'm', 'hello again'))).toBe('issue-locked');
    await as('ada', 'POST', `/repos/${REPO}/issues/1/comments`, { body: 'Told.' });
    expect((await forge.issue(1)).open).toBe(true);
    await as('ada', 'DELETE', `/repos/${REPO}/issues/1/lock`);
    expect(await forge.editComment(permit, id, 'm', 'hello again')).toBe(true);
  }),
);

test('an App whose key was rotated says so, and how to mend it', () =>
  inWorld(async ({ local, app, installation }) => {
    local.acts.rotateKey();
    expect(await failureOf(app.installations())).toMatchObject({
      because: 'app-refused',
      message: expect.stringContaining('Make a new private key'),
    });
    expect(await becauseOf(app.repositories(installation))).toBe('app-refused');
  }));

test.each([
  ['behind', 3_600_000],
  ['ahead', -3_600_000],
])('with a clock an hour %s the App still works: GitHub’s own time counts', (_, aheadMs) =>
  inWorld(async ({ local, as }) => {
    local.setClockAhead(aheadMs);
    await as('ada', 'POST', `/repos/${REPO}/issues`, { title: 'Wrong' });
    const { id, privateKey, webhookSecret } = local.app;
    const app = await githubApp({ appId: id, privateKey, webhookSecret, apiUrl: local.url, log: silent });
    const [installation] = await app.installations();
    const forge = await app.forge(installation!.id, REPO);
    const paths: string[] = [];
    app.onCall = ({ path }) => paths.push(path);
    for (let times = 0; times < 3; times++) expect((await forge.issue(1)).title).toBe('Wrong');
    // One token, asked for twice because of the clock, serves all three.
    expect(paths.filter((path) => path.endsWith('/access_tokens'))).toHaveLength(2);
  }),
);
