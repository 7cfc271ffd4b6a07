import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, type World, yes } from '../support/world.ts';

/** Everything that the app made on GitHub: nothing of it may be there twice. */
const made = async (world: World, issue: number, pull: number, head: string) => ({
  onIssue: (await world.said(issue)).map((text) => text.split('\n')[0]?.slice(0, 30)),
  onPull: await world.said(pull),
  pulls: (await world.pulls()).length,
  checks: Object.keys(await world.checks(head)).length,
  runs: (await world.call('alice', 'GET', `/commits/${head}/check-runs?per_page=100`)).total_count,
});

test('invariant 8: webhooks that come twice and in the wrong order change nothing', () =>
  inWorld({}, async (world) => {
    world.forge.webhooks.duplicateNext(1000);
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    world.forge.webhooks.hold();
    await world.label(issue, 'fix-clear', 'alice', false);
    await world.call('carol', 'POST', `/issues/${issue}/comments`, { body: 'Looks right to me.' });
    await world.forge.webhooks.release('reversed');
    await world.settled();
    const pull = await world.onlyPull();
    await world.approve(pull.number);
    expect((await world.pull(pull.number)).merged).toBe(true);
    expect(await made(world, issue, pull.number, pull.head.sha)).toMatchInlineSnapshot(`
      {
        "checks": 7,
        "onIssue": [
          "### Spec: Rank KB-107 first fo",
          "**Corrigible**",
          "@rita, thank you: this is fixe",
        ],
        "onPull": [],
        "pulls": 1,
        "runs": 7,
      }
    `);
  }));

test('invariant 8: a webhook that was lost is asked for again at the next start', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    world.forge.webhooks.dropNext(1);
    await world.label(issue);
    expect(await world.pulls()).toEqual([]);
    await world.restart();
    await expect.poll(async () => (await world.pulls()).length, { timeout: 60_000 }).toBe(1);
  }));

test('invariant 8: a restart between any two moves of people changes nothing', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.restart();
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.restart();
    await world.label(issue);
    await world.restart();
    const pull = await world.onlyPull();
    await world.approve(pull.number);
    await world.restart();
    await world.settled();
    expect((await world.pull(pull.number)).merged).toBe(true);
    expect(await made(world, issue, pull.number, pull.head.sha)).toMatchObject({ pulls: 1, runs: 7, onPull: [] });
    expect((await world.said(issue)).length).toBe(3);
  }));

test('GitHub that answers with errors for a while only delays the work', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    world.forge.fault({ method: 'POST', path: /\/pulls$/ }, { status: 502 }, 1);
    world.forge.fault({ method: 'POST', path: /\/check-runs$/ }, { status: 500 }, 2);
    world.forge.fault({ method: 'PUT', path: /\/merge$/ }, { status: 502, afterwards: true }, 1);
    await world.label(issue);
    await expect.poll(async () => (await world.pulls()).length, { timeout: 60_000 }).toBe(1);
    await expect
      .poll(async () => Object.keys(await world.checks((await world.onlyPull()).head.sha)).length, { timeout: 60_000 })
      .toBe(7);
    const pull = await world.onlyPull();
    await world.approve(pull.number);
    await expect.poll(async () => (await world.issue(issue)).state, { timeout: 60_000 }).toBe('closed');
    expect(await made(world, issue, pull.number, pull.head.sha)).toMatchObject({ pulls: 1, runs: 7, onPull: [] });
  }));
