import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { exampleFiles, inWorld, type World, yes } from '../support/world.ts';

/** Outputs since the app was started, by where they came from. */
async function outputsOf(world: World): Promise<Readonly<Record<string, number>>> {
  const page = await (await fetch(`${world.app().url}/metrics`)).text();
  const lines = [...page.matchAll(/^corrigible_suite_outputs_total\{from="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(lines.map(([, from = '', count]) => [from, Number(count)]));
}

/** A commit of carol's on main that only changes the README, and its pull request. The same text gives the same tree. */
async function propose(world: World, branch: string): Promise<number> {
  const { object } = await world.call('carol', 'GET', '/git/ref/heads/main');
  await world.call('carol', 'POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: object.sha });
  await world.push(branch, 'NOTES.md', `Of ${branch}.\n`, 'carol');
  await world.push(branch, 'NOTES.md', 'The same.\n', 'carol');
  const opening = world.call('carol', 'POST', '/pulls', { title: 'A change', head: branch, base: 'main', body: '' });
  return (await world.act(opening)).number;
}

const gateOf = async (world: World, pull: number) =>
  (await world.checks((await world.pull(pull)).head.sha))['corrigible/gate'];

/** What stored tickets come to is personal, and kept in memory alone. */
async function withoutTickets(): Promise<Readonly<Record<string, string>>> {
  const path = '.github/corrigible.yml';
  const configuration = (await exampleFiles())[path] ?? '';
  return { [path]: configuration.replace(/^replay:(.*\n)(?:[ \t].*\n)*/m, '').replace(/^tickets:.*\n/m, '') };
}

test('after a restart a tree that was judged before is judged without running a case; on request every case is run', async () =>
  inWorld({ files: await withoutTickets() }, async (world) => {
    const first = await propose(world, 'one');
    const ran = (await outputsOf(world))['sandbox'];
    expect(ran).toBeGreaterThan(10);

    await world.restart();
    const second = await propose(world, 'two');
    expect((await world.pull(second)).head.sha).not.toBe((await world.pull(first)).head.sha);
    expect(await gateOf(world, second)).toBe('success');
    expect(await outputsOf(world)).toEqual({ store: ran });

    await world.comment(second, '/recheck', 'carol');
    expect(await gateOf(world, second)).toBe('success');
    expect(await outputsOf(world)).toEqual({ store: ran, sandbox: ran });

    const { check_runs: runs } = await world.call(
      'bob',
      'GET',
      `/commits/${(await world.pull(first)).head.sha}/check-runs`,
    );
    const { id } = runs.find(({ name }: { name: string }) => name === 'corrigible/gate');
    await world.act(world.call('bob', 'POST', `/check-runs/${id}/rerequest`));
    expect(await outputsOf(world)).toEqual({ store: ran, sandbox: 2 * (ran ?? 0) });
  }));

test('the app’s own pull request is judged wholly anew when that is asked for, hold-outs too', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const { number: pull } = await world.onlyPull();
    await world.restart();
    await world.comment(pull, '/recheck', 'bob');
    const anew = await outputsOf(world);
    expect(Object.keys(anew)).toEqual(['sandbox']);
    expect(anew['sandbox']).toBeGreaterThan(10);
    expect(await gateOf(world, pull)).toBe('success');
    await world.approve(pull);
    expect((await world.pull(pull)).merged).toBe(true);
  }));
