import { expect, test } from 'vitest';
import { inForge, openFix } from './forge-world.ts';

const annotations = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    path: 'fix.txt',
    start_line: index + 1,
    end_line: index + 1,
    annotation_level: 'failure',
    message: `finding ${index + 1}`,
  }));

test('a check run goes from begun to completed, its annotations adding up over calls', () =>
  inForge(async (world) => {
    const { repo } = world;
    const { token, head } = await openFix(world);
    const begun = await world.post(token, `${repo}/check-runs`, {
      name: 'gate',
      head_sha: head,
      status: 'in_progress',
    });
    expect(begun.body).toMatchObject({
      status: 'in_progress',
      conclusion: null,
      app: { id: 77 },
      pull_requests: [{ number: 1 }],
    });
    const at = `${repo}/check-runs/${begun.body.id}`;
    const output = (count: number) => ({
      output: { title: 'Findings', summary: 'some', annotations: annotations(count) },
    });
    await world.patch(token, at, output(50));
    const done = await world.patch(token, at, { conclusion: 'failure', ...output(5) });
    expect(done.body).toMatchObject({ status: 'completed', conclusion: 'failure', output: { annotations_count: 55 } });
    const { body: second } = await world.get(token, `${at}/annotations?per_page=50&page=2`);
    expect(second).toHaveLength(5);
    expect(await world.events()).toEqual(expect.arrayContaining(['check_run.created', 'check_run.completed']));
  }));

test('of several runs of a name the latest counts, per app; a foreign run stays foreign', () =>
  inForge(async (world) => {
    const { repo, forge } = world;
    const { token, head } = await openFix(world);
    for (const conclusion of ['failure', 'success']) {
      await world.post(token, `${repo}/check-runs`, { name: 'gate', head_sha: head, conclusion });
    }
    forge.addForeignCheck('ann/demo', {
      app: { id: 9, slug: 'ci' },
      name: 'gate',
      headSha: head,
      conclusion: 'neutral',
    });
    const runs = async (query: string) => {
      const { body } = await world.get(token, `${repo}/commits/fix/check-runs?${query}`);
      return body.check_runs.map(
        (run: { app: { id: number }; conclusion: string }) => `${run.app.id} ${run.conclusion}`,
      );
    };
    expect(await runs('')).toEqual(['9 neutral', '77 success']);
    expect(await runs('filter=all')).toEqual(['9 neutral', '77 success', '77 failure']);
    expect(await runs('app_id=77')).toEqual(['77 success']);
    const { body: suites } = await world.get(token, `${repo}/commits/${head}/check-suites`);
    expect(suites.total_count).toBe(2);
    const { body: foreign } = await world.get(token, `${repo}/commits/fix/check-runs?app_id=9`);
    const change = await world.patch(token, `${repo}/check-runs/${foreign.check_runs[0].id}`, {
      conclusion: 'success',
    });
    expect(change.status).toBe(403);
    expect((await world.post(token, `${repo}/check-runs`, { name: 'x', head_sha: '1'.repeat(40) })).status).toBe(422);
  }));

test('a person asks for a run again, and the latest status of each context makes the state', () =>
  inForge(async (world) => {
    const { repo, tokens } = world;
    const { token, head } = await openFix(world);
    const run = await world.post(token, `${repo}/check-runs`, { name: 'gate', head_sha: head, conclusion: 'failure' });
    expect((await world.post(tokens.bob, `${repo}/check-runs/${run.body.id}/rerequest`)).status).toBe(201);
    expect((await world.events()).at(-1)).toBe('check_run.rerequested');
    const state = async () => (await world.get(token, `${repo}/commits/${head}/status`)).body.state;
    const report = (context: string, value: string) =>
      world.post(tokens.bob, `${repo}/statuses/${head}`, { context, state: value });
    expect(await state()).toBe('pending');
    await report('ci', 'failure');
    await report('lint', 'success');
    expect(await state()).toBe('failure');
    await report('ci', 'success');
    expect(await state()).toBe('success');
    expect((await world.get(token, `${repo}/commits/${head}/statuses`)).body).toHaveLength(3);
  }));
