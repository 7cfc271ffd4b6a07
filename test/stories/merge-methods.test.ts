import { expect, test } from 'vitest';
import { merged, proposed } from '../support/proposed.ts';
import { inWorld, REPO, type World } from '../support/world.ts';

interface Commit {
  readonly commit: { readonly message: string };
  readonly parents: readonly object[];
}

/** Merges the example's fix in a repository with these settings; the commits of main, newest first. */
async function mergedWith(world: World, settings: object): Promise<readonly Commit[]> {
  await world.call('alice', 'PATCH', '', settings);
  const { issue, pull, branch } = await proposed(world);
  await world.approve(pull);
  expect(await merged(world, pull)).toBe(true);
  expect(await world.status(issue)).toContain(`Merged in #${pull} as`);
  expect((await world.issue(issue)).state).toBe('closed');
  const { token } = world.forge.addUser('alice');
  expect((await world.forge.api(token, 'GET', `/repos/${REPO}/git/ref/heads/${branch}`)).status).toBe(404);
  return world.call('alice', 'GET', '/commits?per_page=5');
}

const origin = /\n\nRejection: #\d+\nRubric: [\w-]+@\w{10}\nSpec: \w{64}/;

test('by squash: one commit that says where it is from and who approved it', () =>
  inWorld({}, async (world) => {
    const [tip, before] = await mergedWith(world, {});
    expect(tip?.parents).toHaveLength(1);
    expect(tip?.commit.message).toMatch(new RegExp(`${origin.source}\nApproved-by: bob$`));
    expect(before?.commit.message).not.toMatch(origin);
  }));

test('else by a merge commit: it says so, and so do the two commits that it brings', () =>
  inWorld({}, async (world) => {
    const [tip, ...others] = await mergedWith(world, { allow_squash_merge: false });
    expect(tip?.parents).toHaveLength(2);
    expect(tip?.commit.message).toMatch(new RegExp(`${origin.source}\nApproved-by: bob$`));
    expect(others.filter(({ commit }) => origin.test(commit.message))).toHaveLength(2);
  }));

test('else by a rebase: the two commits say where they are from; who approved is known on GitHub alone', () =>
  inWorld({}, async (world) => {
    const settings = { allow_squash_merge: false, allow_merge_commit: false };
    const [fix, cases, before] = await mergedWith(world, settings);
    expect(fix?.commit.message).toMatch(origin);
    expect(cases?.commit.message).toMatch(/^Add the cases of rejection #\d+\n/);
    expect(cases?.commit.message).toMatch(origin);
    expect(before?.commit.message).not.toMatch(origin);
    expect([fix?.parents, cases?.parents].map((parents) => parents?.length)).toEqual([1, 1]);
  }));

test('a draft is not merged, in words; ready, it is', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    world.forge.acts.setDraft(REPO, pull, true);
    await world.approve(pull);
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('Not merged, because the pull request is a draft.');
    world.forge.acts.setDraft(REPO, pull, false);
    await world.comment(pull, 'Ready.');
    expect(await merged(world, pull)).toBe(true);
  }));
