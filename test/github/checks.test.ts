import { expect, test } from 'vitest';
import type { CheckToPost } from '../../src/ports.ts';
import { permit } from '../support/permit.ts';
import { inWorld, REPO, type World } from './support.ts';

const green = (name: string): CheckToPost => ({ name, conclusion: 'success', title: 'Fine', summary: 'All held.' });

async function headOf({ as }: World): Promise<string> {
  return (await as('ada', 'GET', `/repos/${REPO}/git/ref/heads/main`)).object.sha;
}

const runsOf = async ({ as }: World, head: string) =>
  (await as('ada', 'GET', `/repos/${REPO}/commits/${head}/check-runs?filter=all`)).check_runs;

test('each check is created once, completed, in one call', () =>
  inWorld(async (world) => {
    const head = await headOf(world);
    await world.forge.checks(head);
    world.calls();
    await world.forge.postChecks(permit, head, 'stamp-1', [green('corrigible/spec'), green('corrigible/gate')], false);
    const create = `POST /repos/${REPO}/check-runs`;
    expect(world.calls()).toEqual([create, create]);
    await world.forge.postChecks(permit, head, 'stamp-1', [green('corrigible/spec'), green('corrigible/gate')], true);
    expect(world.calls()).toEqual([`GET /repos/${REPO}/commits/${head}/check-runs`]);
    expect(await runsOf(world, head)).toHaveLength(2);
  }));

test('after a crash only what is missing is posted', () =>
  inWorld(async (world) => {
    const head = await headOf(world);
    await world.forge.postChecks(permit, head, 'stamp-1', [green('corrigible/spec')], false);
    await world.forge.postChecks(permit, head, 'stamp-1', [green('corrigible/spec'), green('corrigible/gate')], true);
    const names = (await runsOf(world, head)).map((run: { name: string }) => run.name);
    expect(names.sort()).toEqual(['corrigible/gate', 'corrigible/spec']);
  }));

test('another judgement of the same head is a new check, and the latest counts', () =>
  inWorld(async (world) => {
    const head = await headOf(world);
    await world.forge.postChecks(
      permit,
      head,
      'stamp-1',
      [{ ...green('corrigible/gate'), conclusion: 'failure' }],
      true,
    );
    await world.forge.postChecks(permit, head, 'stamp-2', [green('corrigible/gate')], true);
    expect(await runsOf(world, head)).toHaveLength(2);
    const app = world.forge.me.app;
    expect(await world.forge.checks(head)).toEqual([{ name: 'corrigible/gate', app, conclusion: 'success' }]);
  }));

test('a check of that name by another app neither hides ours nor counts as ours', () =>
  inWorld(async (world) => {
    const head = await headOf(world);
    const foreign: Parameters<World['local']['addForeignCheck']>[1] = {
      app: { id: 99, slug: 'other' },
      name: 'corrigible/gate',
      headSha: head,
      conclusion: 'success',
    };
    world.local.addForeignCheck(REPO, foreign);
    await world.forge.postChecks(
      permit,
      head,
      'stamp-1',
      [{ ...green('corrigible/gate'), conclusion: 'failure' }],
      true,
    );
    world.local.addForeignCheck(REPO, foreign);
    const checks = await world.forge.checks(head);
    expect([...checks].sort((a, b) => a.app - b.app)).toEqual([
      { name: 'corrigible/gate', app: 99, conclusion: 'success' },
      { name: 'corrigible/gate', app: world.forge.me.app, conclusion: 'failure' },
    ]);
  }));

test('more annotations than one call takes all arrive, and a long summary is cut', () =>
  inWorld(async (world) => {
    const head = await headOf(world);
    const annotations = Array.from({ length: 120 }, (_, at) => ({ path: 'rules.json', line: 1, message: `no ${at}` }));
    const summary = 'ü'.repeat(60_000);
    const check: CheckToPost = { ...green('corrigible/gate'), conclusion: 'failure', summary, annotations };
    await world.forge.postChecks(permit, head, 's', [check], false);
    const [run] = await runsOf(world, head);
    expect(run.output.annotations_count).toBe(120);
    expect(Buffer.byteLength(run.output.summary)).toBeLessThanOrEqual(65_535);
    expect(run.output.summary.slice(-70)).toMatchInlineSnapshot(`
      "üüüüüüüüü

      *The rest was cut: GitHub takes at most 65,535 bytes here.*"
    `);
  }));

test.each([0, 1, 2])(
  'after a crash a check gets the annotations that it lacks, once: %i calls after it was made',
  (calls) =>
    inWorld(async (world) => {
      const head = await headOf(world);
      const annotations = Array.from({ length: 120 }, (_, at) => ({
        path: 'rules.json',
        line: 1,
        message: `no ${at}`,
      }));
      const check: CheckToPost = { ...green('corrigible/gate'), conclusion: 'failure', annotations };
      const arrived = { ...check, annotations: annotations.slice(0, 50 * (calls + 1)) };
      await world.forge.postChecks(permit, head, 's', [arrived], false);
      for (const _ of ['at first', 'and again']) await world.forge.postChecks(permit, head, 's', [check], true);
      const [run, ...more] = await runsOf(world, head);
      expect(more).toEqual([]);
      const told = await Promise.all(
        [1, 2].map((page) =>
          world.as('ada', 'GET', `/repos/${REPO}/check-runs/${run.id}/annotations?per_page=100&page=${page}`),
        ),
      );
      expect(told.flat().map(({ message }) => message)).toEqual(annotations.map(({ message }) => message));
    }),
);

test('hostile sizes are within GitHub’s limits, and come whole', () =>
  inWorld(async (world) => {
    const head = await headOf(world);
    const message = '👋'.repeat(10_000);
    const annotations = Array.from({ length: 100 }, (_, at) => ({
      path: 'rules.json',
      line: 1,
      message: `${at}${message}`,
    }));
    const summary = `${'x'.repeat(64_000)} \`@everyone ${'y'.repeat(10_000)}\``;
    const check: CheckToPost = {
      name: 'corrigible/gate',
      conclusion: 'failure',
      title: 't'.repeat(10_000),
      summary,
      annotations,
    };
    await world.forge.postChecks(permit, head, 's', [check], false);
    const [run] = await runsOf(world, head);
    expect(run.output.title).toHaveLength(255);
    expect(run.output.annotations_count).toBe(100);
    const [cut = ''] = run.output.summary.split('\n\n');
    expect(cut.match(/`/g)).toHaveLength(2);
    expect(cut.endsWith('y`')).toBe(true);
  }));

test('the latest status of each context is told', () =>
  inWorld(async (world) => {
    const head = await headOf(world);
    const post = (context: string, state: string) =>
      world.as('ada', 'POST', `/repos/${REPO}/statuses/${head}`, { context, state });
    await post('ci/build', 'pending');
    await post('ci/lint', 'failure');
    await post('ci/build', 'success');
    const statuses = await world.forge.statuses(head);
    expect([...statuses].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'ci/build', state: 'success' },
      { name: 'ci/lint', state: 'failure' },
    ]);
  }));
