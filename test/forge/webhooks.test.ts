import { expect, test } from 'vitest';
import { type ForgeWorld, inForge } from './forge-world.ts';

const openIssues = async (world: ForgeWorld, ...titles: string[]) => {
  for (const title of titles) await world.post(world.tokens.bob, `${world.repo}/issues`, { title });
};

const titles = (world: ForgeWorld) =>
  world.received.flatMap(({ payload }) => {
    const issue = payload['issue'] as { title: string } | undefined;
    return issue ? [issue.title] : [];
  });

test('webhooks are signed, counted and name their repository, installation and sender', () =>
  inForge(async (world) => {
    await openIssues(world, 'one');
    await world.forge.webhooks.settled();
    const [last] = world.received.slice(-1);
    expect(last).toMatchObject({ event: 'issues', action: 'opened', signed: true });
    expect(last!.payload).toMatchObject({
      repository: { full_name: 'ann/demo' },
      sender: { login: 'bob', type: 'User' },
      installation: { id: expect.any(Number) },
    });
    expect(new Set(world.received.map(({ guid }) => guid)).size).toBe(world.received.length);
    const sent = world.forge.webhooks.log.at(-1)!;
    expect(sent).toMatchObject({ event: 'issues', status: 'OK', statusCode: 200, responseBody: 'thank you' });
    expect(sent.requestHeaders).toMatchObject({ 'x-github-hook-id': '77', 'content-type': 'application/json' });
  }));

test('what is held back arrives in the order that was asked for', () =>
  inForge(async (world) => {
    const { webhooks } = world.forge;
    webhooks.hold();
    await openIssues(world, 'one', 'two', 'three');
    await webhooks.settled();
    expect(titles(world)).toEqual([]);
    await webhooks.release('reversed');
    expect(titles(world)).toEqual(['three', 'two', 'one']);
    webhooks.hold();
    await openIssues(world, 'four', 'five', 'six');
    await webhooks.release(([first, ...rest]) => [...rest, first!]);
    await openIssues(world, 'seven');
    await webhooks.settled();
    expect(titles(world).slice(3)).toEqual(['five', 'six', 'four', 'seven']);
  }));

test('what is dropped can be delivered again under the same GUID, and what is doubled comes twice', () =>
  inForge(async (world) => {
    const { webhooks } = world.forge;
    await webhooks.settled();
    webhooks.dropNext(1);
    await openIssues(world, 'lost', 'kept');
    await webhooks.settled();
    expect(titles(world)).toEqual(['kept']);
    const { body: failed } = await world.get(world.jwt(), '/app/hook/deliveries?status=failure');
    expect(failed).toMatchObject([{ event: 'issues', action: 'opened', status_code: 0, redelivery: false }]);
    const again = await world.post(world.jwt(), `/app/hook/deliveries/${failed[0].id}/attempts`);
    expect(again.status).toBe(202);
    await webhooks.settled();
    expect(titles(world)).toEqual(['kept', 'lost']);
    const { body: attempts } = await world.get(world.jwt(), '/app/hook/deliveries?per_page=1');
    expect(attempts).toMatchObject([{ guid: failed[0].guid, redelivery: true, status: 'OK' }]);
    const { body: whole } = await world.get(world.jwt(), `/app/hook/deliveries/${attempts[0].id}`);
    expect(whole.request.payload.issue.title).toBe('lost');

    webhooks.duplicateNext(1);
    await openIssues(world, 'twice');
    await webhooks.settled();
    expect(titles(world).slice(2)).toEqual(['twice', 'twice']);
    const guids = world.received.slice(-2).map(({ guid }) => guid);
    expect(guids[0]).toBe(guids[1]);
  }));

test('a failing app is remembered as such, and the list of deliveries goes on by its cursor', () =>
  inForge(async (world) => {
    await world.forge.webhooks.settled();
    world.answerWebhooks(500);
    await openIssues(world, 'one', 'two', 'three');
    await world.forge.webhooks.settled();
    expect(world.forge.webhooks.log.at(-1)).toMatchObject({ status: 'Invalid HTTP Response: 500', statusCode: 500 });
    const seen: number[] = [];
    for (let target: string | undefined = '/app/hook/deliveries?per_page=2'; target; ) {
      const { body, headers } = await world.get(world.jwt(), target);
      seen.push(...body.map((delivery: { id: number }) => delivery.id));
      target = /<([^>]+)>; rel="next"/.exec(headers['link'] ?? '')?.[1];
    }
    expect(seen).toEqual(world.forge.webhooks.log.map(({ id }) => id).reverse());
    expect(seen).toHaveLength(5);
  }));

test('only subscribed events are sent, and installing is always told', () =>
  inForge(
    async (world) => {
      await openIssues(world, 'one');
      await world.post(world.tokens.bob, `${world.repo}/issues/1/comments`, { body: 'x' });
      await world.forge.addRepository('ann/second', { files: { a: 'a' } });
      expect(await world.events()).toEqual([
        'ping',
        'installation.created',
        'issue_comment.created',
        'installation_repositories.added',
      ]);
    },
    { options: { events: ['issue_comment'] } },
  ));

test('webhooks go to this machine only', () =>
  inForge(async (world) => {
    for (const url of ['http://example.org/', 'http://127.0.0.1.example.org/', 'https://10.0.0.1/', 'nonsense']) {
      expect(() => world.forge.setWebhookUrl(url)).toThrow('only to this machine');
    }
    const config = await world.patch(world.jwt(), '/app/hook/config', { url: 'http://example.org/' });
    expect(config.status).toBe(422);
    expect((await world.get(world.jwt(), '/app/hook/config')).body.url).toContain('127.0.0.1');
  }));

test('a manifest is converted once, into an app whose key works', () =>
  inForge(async (world) => {
    const code = world.forge.createManifestCode({ name: 'Corrigible' });
    const { status, body } = await world.post(null, `/app-manifests/${code}/conversions`);
    expect(status).toBe(201);
    expect((await world.get(world.jwt({ iss: body.id }, body.pem), '/app')).status).toBe(200);
    expect(body.webhook_secret).toBe(world.forge.app.webhookSecret);
    expect((await world.post(null, `/app-manifests/${code}/conversions`)).status).toBe(404);
  }));
