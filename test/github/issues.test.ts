import { expect, test } from 'vitest';
import { permit } from '../support/permit.ts';
import { inWorld, REPO, type World } from './support.ts';

const openIssue = async ({ as }: World, by = 'mallory', body: string | undefined = 'The tone is wrong.') =>
  (await as(by, 'POST', `/repos/${REPO}/issues`, { title: 'Wrong reply', ...(body && { body }) })).number as number;

test('an issue is read with its author, labels and who closed it', () =>
  inWorld(async (world) => {
    const number = await openIssue(world);
    await world.as('ada', 'POST', `/repos/${REPO}/issues/${number}/labels`, { labels: ['rejection'] });
    await world.as('ada', 'PATCH', `/repos/${REPO}/issues/${number}`, { state: 'closed' });
    expect(await world.forge.issue(number)).toEqual({
      number,
      title: 'Wrong reply',
      body: 'The tone is wrong.',
      author: 'mallory',
      authorId: expect.any(Number),
      authorIsPerson: true,
      open: false,
      labels: ['rejection'],
      isPullRequest: false,
      closedBy: 'ada',
      createdAt: expect.stringMatching(/^2\d{3}-.*Z$/),
    });
  }));

test('an issue without a body has an empty one', () =>
  inWorld(async (world) => {
    expect(await world.forge.issue(await openIssue(world, 'ada', ''))).toMatchObject({ body: '', closedBy: null });
  }));

test('label events tell on and off, who, and nothing else that happened', () =>
  inWorld(async (world) => {
    const number = await openIssue(world);
    const labels = `/repos/${REPO}/issues/${number}/labels`;
    await world.as('grace', 'POST', labels, { labels: ['fix-clear'] });
    await world.as('ada', 'PATCH', `/repos/${REPO}/issues/${number}`, { title: 'Renamed' });
    await world.as('ada', 'DELETE', `${labels}/fix-clear`);
    const events = await world.forge.labelEvents(number);
    expect(events).toMatchObject([
      { label: 'fix-clear', on: true, by: 'grace', byPerson: true, viaApp: false },
      { label: 'fix-clear', on: false, by: 'ada', byPerson: true, viaApp: false },
    ]);
    expect(events[0]!.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }));

test('every page of the label events is read', () =>
  inWorld(async (world) => {
    const number = await openIssue(world);
    const labels = `/repos/${REPO}/issues/${number}/labels`;
    const many = Array.from({ length: 110 }, (_, at) => `label-${at}`);
    for (let at = 0; at < many.length; at += 10)
      await world.as('ada', 'POST', labels, { labels: many.slice(at, at + 10) });
    expect((await world.forge.labelEvents(number)).map(({ label }) => label)).toEqual(many);
  }));

test('closing gives the reason, and what is closed can be opened again', () =>
  inWorld(async (world) => {
    const number = await openIssue(world);
    await world.forge.closeIssue(permit, number, 'not_planned');
    const read = await world.as('ada', 'GET', `/repos/${REPO}/issues/${number}`);
    expect(read).toMatchObject({ state: 'closed', state_reason: 'not_planned' });
    for (const _ of ['once', 'and again']) await world.forge.reopenIssue(permit, number);
    const again = await world.as('ada', 'GET', `/repos/${REPO}/issues/${number}`);
    expect(again).toMatchObject({ state: 'open', state_reason: 'reopened' });
  }));

test('an issue of the app’s own is found by a line in it, open or closed, by a process that forgot', () =>
  inWorld(async (world) => {
    const since = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const body = 'Words.\n\n#7, part 2';
    const part = await world.forge.openIssue(permit, { title: 'A part', body, labels: ['rejection'] });
    await world.forge.openIssue(permit, { title: 'Other', body: 'Not #7, part 2', labels: [] });
    await world.as('ada', 'POST', `/repos/${REPO}/issues`, { title: 'Hers', body });
    expect(await world.forge.findIssues('#7, part 2', since)).toEqual([{ number: part, open: true }]);
    await world.forge.closeIssue(permit, part, 'not_planned');
    expect(await world.forge.findIssues('#7, part 2', since)).toEqual([{ number: part, open: false }]);
    expect(await world.forge.findIssues('#8, part 2', since)).toEqual([]);
    const { user, labels } = await world.as('ada', 'GET', `/repos/${REPO}/issues/${part}`);
    expect([user.login, labels.map(({ name }: { name: string }) => name)]).toEqual([
      world.forge.me.login,
      ['rejection'],
    ]);
  }));

test('missing labels are made once, whatever their case', () =>
  inWorld(async (world) => {
    await world.as('ada', 'POST', `/repos/${REPO}/labels`, { name: 'Rejection', color: 'd73a4a' });
    const wanted = ['rejection', 'fix-clear'].map((name) => ({ name, color: '0e8a16', description: 'x' }));
    expect(await world.forge.ensureLabels(permit, wanted)).toEqual([]);
    expect(await world.forge.ensureLabels(permit, wanted)).toEqual([]);
    const names = (await world.as('ada', 'GET', `/repos/${REPO}/labels`)).map((label: { name: string }) => label.name);
    expect(names.sort()).toEqual(['Rejection', 'fix-clear']);
  }));

test('labels that may not be made are named', () =>
  inWorld(async (world) => {
    const body = { message: 'Resource not accessible by integration' };
    world.local.fault({ method: 'POST', path: /\/labels$/ }, { status: 403, body }, 1);
    const wanted = ['rejection', 'fix-clear'].map((name) => ({ name, color: '0e8a16', description: 'x' }));
    expect(await world.forge.ensureLabels(permit, wanted)).toEqual(['rejection']);
  }));

test('a comment is found by its marker, by a process that forgot', () =>
  inWorld(async (world) => {
    const number = await openIssue(world);
    const first = await world.forge.postComment(permit, number, `status:${REPO}#1`, 'Reading it.');
    const other = await world.forge.postComment(permit, number, 'thanks', 'Thank you.');
    expect(await world.forge.findComments(number, `status:${REPO}#1`)).toEqual([first]);
    expect(await world.forge.findComments(number, 'thanks')).toEqual([other]);
    expect(await world.forge.findComments(number, 'nothing')).toEqual([]);
    expect((await world.forge.comments(number)).map(({ id, by, byPerson }) => ({ id, by, byPerson }))).toEqual([
      { id: first, by: world.forge.me.login, byPerson: false },
      { id: other, by: world.forge.me.login, byPerson: false },
    ]);
  }));

test('a marker in the words of a stakeholder is not the app’s', () =>
  inWorld(async (world) => {
    const number = await openIssue(world);
    const path = `/repos/${REPO}/issues/${number}/comments`;
    await world.as('mallory', 'POST', path, { body: '<!-- corrigible:draft:1 -->' });
    await world.forge.postComment(permit, number, 'status', 'They wrote: <!-- corrigible:draft:1 -->');
    expect(await world.forge.findComments(number, 'draft:1')).toEqual([]);
    const draft = await world.forge.postComment(permit, number, 'draft:1', 'The draft.');
    expect(await world.forge.findComments(number, 'draft:1')).toEqual([draft]);
    expect((await world.forge.comments(number)).map(({ by }) => by)).toEqual([
      'mallory',
      world.forge.me.login,
      world.forge.me.login,
    ]);
  }));

test('an edited comment keeps its marker and stays the same', () =>
  inWorld(async (world) => {
    const number = await openIssue(world);
    const id = await world.forge.postComment(permit, number, 'status', 'One.');
    await world.forge.editComment(permit, id, 'status', 'Two.');
    expect((await world.forge.comment(id))?.body).toMatchInlineSnapshot(`
      "Two.

      <!-- corrigible:status -->"
    `);
    expect(await world.forge.findComments(number, 'status')).toEqual([id]);
    await world.forge.deleteComment(permit, id);
    await world.forge.deleteComment(permit, id);
    expect(await world.forge.findComments(number, 'status')).toEqual([]);
  }));

test('a comment that is gone is null', () =>
  inWorld(async (world) => {
    expect(await world.forge.comment(999_999)).toBeNull();
  }));

test('a comment that is far too long is cut to what GitHub takes', () =>
  inWorld(async (world) => {
    const number = await openIssue(world);
    const id = await world.forge.postComment(permit, number, 'status', 'long '.repeat(20_000));
    const body = (await world.forge.comment(id))!.body;
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body.slice(-110)).toMatchInlineSnapshot(`
      "ng long long lon

      *The rest was cut: GitHub takes at most 65,536 characters here.*

      <!-- corrigible:status -->"
    `);
  }));

test('permissions are told exactly, and a stranger has none', () =>
  inWorld(async ({ forge, local }) => {
    local.addUser('joan');
    local.setPermission(REPO, 'joan', 'triage');
    expect(await Promise.all(['ada', 'grace', 'joan'].map((login) => forge.permission(login)))).toEqual([
      'admin',
      'maintain',
      'triage',
    ]);
    expect(await forge.permission('nobody-of-that-name')).toBe('none');
    expect([...(await forge.writers())].sort()).toEqual(['ada', 'grace']);
  }));
