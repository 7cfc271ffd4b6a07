import { expect, test } from 'vitest';
import type { Reviewers } from '../../src/ports.ts';
import { shopFiles } from '../invariants/support/shop.ts';
import { type SmallWorld, smallWorld } from '../invariants/support/small-world.ts';

const people = (...names: string[]): Reviewers => ({ people: names, teams: [] });

/** The world at its pull request, with these files on base. Alice has cleared the fix of `rules/price.json`. */
async function opened(files: Readonly<Record<string, string | null>>, wrong: (world: SmallWorld) => void = () => {}) {
  const world = smallWorld({ files });
  wrong(world);
  await world.proposed();
  return world;
}

test.each<[string, Reviewers]>([
  ['', people('bob', 'carol')],
  ['* @bob', people('bob')],
  ['* @BOB @bob', people('bob')],
  ['* @carol @alice @bob', people('bob', 'carol')],
  ['rules/ @bob\nevals/ @carol', people('bob', 'carol')],
  ['rules/ @bob\n/rules/price.json', people('bob', 'carol')],
  ['* @acme/Pricing @acme/pricing @other/pricing', { people: [], teams: ['acme/Pricing'] }],
  ['* @acme/pricing @bob', { people: ['bob'], teams: ['acme/pricing'] }],
  // Nobody of them can be asked: the requester, people below write, somebody unknown, an address.
  ['* @alice', people('bob', 'carol')],
  ['* @rita @tom @ghost', people('bob', 'carol')],
  ['* bob@shop.example', people('bob', 'carol')],
])('with CODEOWNERS %j the owners of what was changed are asked, else writers', async (owners, first) => {
  const { state } = await opened({ '.github/CODEOWNERS': owners });
  expect(state.asked).toEqual([first]);
  const mentions = state.pull?.body.match(/@[\w/-]+/g);
  expect(mentions).toEqual([...first.people, ...first.teams].map((name) => `@${name}`));
});

test('the first of the three places counts, and a file that GitHub would not load makes nobody an owner', async () => {
  const [root, docs] = [{ CODEOWNERS: '* @carol' }, { 'docs/CODEOWNERS': '* @bob' }];
  expect((await opened({ ...root, ...docs })).state.asked).toEqual([people('carol')]);
  expect((await opened(docs)).state.asked).toEqual([people('bob')]);
  const large = `* @bob\n${'#'.repeat(3 * 1024 * 1024)}`;
  expect((await opened({ ...root, '.github/CODEOWNERS': large })).state.asked).toEqual([people('bob', 'carol')]);
});

test('an owner on a branch of one’s own is none: the file of base counts', async () => {
  const world = await opened({ '.github/CODEOWNERS': '* @bob' });
  await world.push(world.state.pull!.branch, { '.github/CODEOWNERS': '* @carol' }, 'carol');
  await world.settle();
  expect(world.state.asked).toEqual([people('bob')]);
});

test('where GitHub lets a team not be asked the people are, and else writers', async () => {
  const owners = { '.github/CODEOWNERS': '* @acme/pricing @bob' };
  const noTeam = await opened(owners, ({ state }) => state.unaskable.push('acme/pricing'));
  expect(noTeam.state.asked.slice(1)).toEqual([people('bob')]);
  const nobody = await opened(owners, ({ state }) => state.unaskable.push('acme/pricing', 'bob'));
  expect(nobody.state.asked.slice(2)).toEqual([people('bob', 'carol')]);
});

test('in solo mode the requester is asked as well, and alone where nobody else writes', async () => {
  const solo = { '.github/corrigible.yml': `${shopFiles['.github/corrigible.yml']}solo: true\n` };
  expect((await opened(solo)).state.asked).toEqual([people('alice', 'bob', 'carol')]);
  const alone = await opened({}, ({ state }) => {
    for (const login of ['bob', 'carol']) state.roles.set(login, 'read');
  });
  expect(alone.state.asked).toEqual([]);
  expect(alone.state.pull?.body).not.toContain('@');
});

test('issue and pull request name each other, and who is next is mentioned once, in the pull request', async () => {
  const world = await opened({});
  const { pull, comments } = world.state;
  expect(pull?.body).toContain('rejected in #7');
  expect(world.status()).toContain('Proposed in #100');
  expect([pull?.body ?? '', ...comments.map(({ body }) => body)].join('\n').match(/@(?:bob|carol)\b/g)).toHaveLength(2);
});

test('a title mentions nobody and closes nothing, wherever it comes to stand', async () => {
  const world = smallWorld();
  await world.ready();
  world.editSpec((spec) => Object.assign(spec, { title: 'Fixes #3 and GH-4, says @carol at 5 @ once' }));
  await world.settle();
  world.label();
  await world.settle();
  world.approve();
  await world.settle();
  const titles = [world.state.pull?.title ?? '', world.state.merges[0]?.title ?? ''];
  for (const title of titles) expect(title.replace(/ \(#100\)$/, '')).not.toMatch(/#\d|GH-\d|@\w/);
  expect(titles[1]).toMatch(/^Fixes .* \(#100\)$/);
});
