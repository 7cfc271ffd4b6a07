import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const files = await exampleFiles();
const wrong = { tool: 'edit', args: { path: 'config/fetch.json', old: '"KB-107": 5', new: '"KB-107": 6' } };
const look = {
  tool: 'run',
  args: {
    command:
      'env; cat tickets/* rejections/*; grep -rns canary /work /repo.git /etc /home /tmp; git log --all -p 2>&1 | head -500',
  },
};
const done = { tool: 'done', args: { summary: 'Fixed. All cases pass and the hold-outs too.' } };
const looked = { json: { wrong: 'It still loses.', instead: 'Weigh it more.' } };

test('invariant 4: an agent that looks around and lies sees nothing of the ticket, and gets nowhere', async () => {
  await using model = await scriptedModel([look, wrong, done, looked, look, wrong, done]);
  const ticket = JSON.parse(files['tickets/T-0001.json'] ?? '') as Record<string, unknown>;
  const script = {
    model: { baseUrl: model.baseUrl, apiKey: 'sk-the-key-of-the-operator', model: 'scripted' },
    files: {
      [CONFIGURATION]: `${files[CONFIGURATION]}\nagent: { kind: model }\nbudget: { rounds: 2 }\n`,
      'tickets/T-0001.json': JSON.stringify({ ...ticket, order: null, canary: 'canary-of-the-ticket' }),
    },
  };
  await inWorld(script, async (world) => {
    const form = { ...clear.form, 'What came out': `${clear.form['What came out']} canary-of-the-comment` };
    const issue = await world.reject({ ...clear, form });
    await world.editSpec(issue, (spec) => {
      const [acceptance] = spec['acceptance'] as { input: Record<string, unknown> }[];
      const holdOut = { ...structuredClone(acceptance), name: 'canary-of-the-hold-out' };
      Object.assign(spec, { answers: yes, 'hold-outs': [holdOut] });
    });
    expect((await world.specComment(issue)).body).toContain('canary-of-the-hold-out');
    await world.label(issue);
    const status = await world.status(issue);
    expect(status).toContain('no attempt passed the checks');
    expect(status).toContain('should eq `"KB-107"`, but is `"KB-104"`');
    expect(await world.pulls()).toEqual([]);

    expect(model.requests).toHaveLength(7);
    const read = model.requests.map(({ raw }) => raw).join('\n');
    expect(read).toContain('KB-107');
    // The agent's own command says the word; what it is followed by is said by the ticket, the comment and the hold-out.
    expect(read).not.toMatch(/canary-of-the/);
    const { privateKey, webhookSecret } = world.forge.app;
    for (const secret of ['sk-the-key-of-the-operator', webhookSecret, privateKey.slice(40, 90), 'postgres://'])
      expect(read).not.toContain(secret);
    expect(read).toMatch(/PATH=/);
  });
});

const acts: readonly ((world: World, issue: number) => Promise<unknown>)[] = [
  (world, issue) => world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes })),
  (world, issue) => world.label(issue),
  async (world) => world.approve((await world.onlyPull()).number),
];

test('invariant 8: restarts between all stages and webhooks that come twice and backwards reach the same end', () =>
  inWorld({}, async (world) => {
    const { webhooks } = world.forge;
    const disturbed = async (act: () => Promise<unknown>) => {
      webhooks.duplicateNext(1000);
      webhooks.hold();
      const acting = act();
      // People's clicks come back at once; only what follows from them waits for the webhooks.
      await new Promise((later) => setTimeout(later, 100));
      await webhooks.release('reversed');
      await acting;
      await world.settled();
      await world.restart();
      await world.settled();
    };
    let issue = 0;
    await disturbed(async () => {
      issue = await world.reject(clear);
    });
    for (const act of acts) await disturbed(() => act(world, issue));
    const pull = await world.onlyPull();
    expect(pull.merged).toBe(true);
    expect(await world.issue(issue)).toMatchObject({ state: 'closed', state_reason: 'completed' });
    const said = await world.said(issue);
    expect(said.map((text) => text.slice(0, 14)).sort()).toEqual([
      '### Spec: Rank',
      '**Corrigible**',
      '@rita, thank y',
    ]);
    expect(await world.said(pull.number)).toEqual([]);
    expect(Object.keys(await world.checks(pull.head.sha))).toHaveLength(7);
  }));
