import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, type World, yes } from '../support/world.ts';

const ask = async (url: string, path: string) => {
  const answer = await fetch(url + path);
  return { status: answer.status, text: await answer.text() };
};

async function merged(world: World): Promise<void> {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  await world.label(issue);
  const pull = await world.onlyPull();
  await world.approve(pull.number);
  expect((await world.pull(pull.number)).merged).toBe(true);
  expect((await world.said(issue)).at(-1)).toMatch(/^@rita, thank you/);
}

test('one takes the webhooks in and another does the work; each tells how it is', () =>
  inWorld({ split: true }, async (world) => {
    await merged(world);
    const [web, worker] = [world.web().url, world.app().url];
    expect(web).not.toBe(worker);
    for (const url of [web, worker]) {
      expect(await ask(url, '/healthz')).toEqual({ status: 200, text: 'ok\n' });
      expect(await ask(url, '/readyz')).toEqual({ status: 200, text: 'ready\n' });
    }
    const [taken, done] = [(await ask(web, '/metrics')).text, (await ask(worker, '/metrics')).text];
    expect(taken).toMatch(/^corrigible_deliveries_total\{event="issues",found="new"\} [1-9]/m);
    expect(taken).toMatch(/^corrigible_advances_owed 0$/m);
    expect(done).toMatch(/^corrigible_facts_total\{kind="merged"\} 1$/m);
    expect(done).toMatch(/^corrigible_verdicts_total\{[^}]*\} [1-9]/m);
    expect(done).toMatch(/^corrigible_stage_duration_seconds_count\{[^}]*\} [1-9]/m);
    expect(done).toMatch(/^corrigible_github_remaining_calls\{installation="\d+"\} [1-9]/m);
    const post = { method: 'POST', body: '{}', headers: { 'x-github-event': 'ping', 'x-github-delivery': 'x' } };
    expect((await fetch(`${worker}/api/github/webhooks`, post)).status).toBe(404);
    expect((await fetch(`${web}/api/github/webhooks`, post)).status).toBe(401);
  }));

test('a webhook that arrives while nobody works is worked off by the next worker', () =>
  inWorld({ split: true }, async (world) => {
    await world.app().stop();
    expect(await ask(world.web().url, '/readyz')).toEqual({ status: 200, text: 'ready\n' });
    const filing = { title: clear.title ?? '', body: 'It is wrong.', labels: ['rejection'] };
    const { number } = await world.call('alice', 'POST', '/issues', filing);
    await world.forge.webhooks.settled();
    await world.restart();
    await world.settled();
    expect(await world.status(number)).toContain('**Corrigible**');
  }));

test('without its database nothing is ready, and with it again everything is', () =>
  inWorld({}, async (world) => {
    const { url, store } = world.app();
    const query = store.pool.query;
    store.pool.query = (() => Promise.reject(new Error('gone'))) as unknown as typeof query;
    expect(await ask(url, '/readyz')).toEqual({ status: 503, text: 'the database does not answer\n' });
    expect((await ask(url, '/healthz')).status).toBe(200);
    store.pool.query = query;
    expect((await ask(url, '/readyz')).status).toBe(200);
  }));
