import { expect, test } from 'vitest';
import { type Reply, type SeenRequest, scriptedModel } from '../support/scripted-model.ts';
import { inWorld, type World, yes } from '../support/world.ts';

const first = 'KB-107 should come first for refund questions.';
const second =
  'In T-0026, when the order is already shipped, the reply should be already-shipped, with the tool send-return-label.';
const her = 'In T-0026 Lorena Fuentespina (lorena.fuentespina@example.net) got hand-over.';

/** Two faults, of two steps and two tickets. */
const both = {
  title: 'Two things are wrong',
  form: {
    Ticket: 'T-0001',
    'What came out': `Fetch put KB-104 first. ${her}`,
    'What should have come out': `${first} ${second}`,
    'Always or only this once': 'Always',
  },
};
const personal = ['Lorena', 'Fuentespina', 'lorena.fuentespina@example.net'];

const list = `/split\n1. Fetch put KB-104 first.\n   ${first}\n2. ${her}\n   > ${second}`;

/** From the spec to the merge of the one pull request that is open. */
async function mergeFix(world: World, issue: number): Promise<void> {
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  expect(await world.status(issue)).toContain('**Ready:**');
  await world.label(issue);
  const pull = (await world.pulls()).find(({ state }: { state: string }) => state === 'open');
  expect(pull, (await world.said(issue)).join('\n---\n')).toBeDefined();
  await world.approve(pull.number);
  expect((await world.pull(pull.number)).merged).toBe(true);
  expect((await world.said(issue)).at(-1)).toMatch(/^@rita, thank you: this is fixed and merged in #\d+\./);
}

const hasNoSpec = (world: World, issue: number) => expect(world.specComment(issue)).rejects.toThrow('no spec');

test('a rejection of two faults is split by a writer; the second waits for the first, and both are merged, without a model', () =>
  inWorld({ recorded: true }, async (world) => {
    const issue = await world.reject(both);
    await world.comment(issue, list, 'bob');
    const [part] = (await world.call('alice', 'GET', '/issues?labels=rejection')).filter(
      ({ number }: { number: number }) => number !== issue,
    );
    expect(part.user.type).toBe('Bot');
    expect(part.body).toContain('### Ticket\n\nT-0026');
    expect(part.body).toContain(`### Split from\n\n#${issue}, part 2`);
    expect(await world.status(issue)).toContain(`- #${part.number} (after this one): `);
    expect(await world.status(part.number)).toContain(`**Waits** for #${issue}`);
    expect(await world.status(part.number)).toContain(`Part 2 of #${issue}, which rita reported.`);
    await hasNoSpec(world, part.number);
    // Nobody can clear what is not drafted yet.
    await world.comment(part.number, '/spec', 'bob');
    expect((await world.said(part.number)).at(-1)).toContain(`it waits for #${issue}`);

    await mergeFix(world, issue);
    expect(await world.file('config/fetch.json')).toContain('"KB-107": 9');

    const plan = await world.file('config/plan.yml');
    expect((await world.specComment(part.number)).body).toContain('already-shipped');
    expect(await world.status(part.number)).not.toContain('**Waits**');
    await mergeFix(world, part.number);
    expect(await world.file('config/plan.yml')).not.toBe(plan);
    expect(await world.call('alice', 'GET', '/issues?labels=rejection')).toEqual([]);
    expect(await world.leaks(personal)).toEqual([]);
  }));

test('a part goes on when the one before it ends otherwise, or when somebody does not want to wait', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(both);
    await world.comment(issue, `${list}\n3. (after 1) Two things are wrong`, 'bob');
    const parts = (await world.call('alice', 'GET', '/issues?labels=rejection&direction=asc'))
      .map(({ number }: { number: number }) => number)
      .filter((number: number) => number !== issue);
    expect(parts).toHaveLength(2);
    const [two, three] = parts;
    for (const part of parts) expect(await world.status(part)).toContain(`**Waits** for #${issue}`);
    await world.comment(two, '/detach', 'tom');
    expect(await world.status(two)).toContain('**Waits**');
    await world.comment(two, '/detach', 'bob');
    expect((await world.specComment(two)).body).toContain('### Spec: ');
    await world.comment(issue, '/decline It is all right.', 'bob');
    // What it says names no fault that somebody could check.
    const said = await world.said(three);
    expect(said.join('\n')).toContain('@rita, thank you. I need');
    expect(said.join('\n')).toContain('Please answer in a comment here.');
    expect(await world.status(three)).toContain('Waiting for an answer from rita');
  }));

test('neither words in a description nor a reporter split, a person’s issue is no part, and a part has none', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject({
      ...both,
      form: { ...both.form, 'What came out': `/split\n- ${first}\n- ${second}` },
    });
    const quotes = `/split\n1. ${first}\n2. ${second}`;
    await world.comment(issue, quotes, 'rita');
    expect((await world.said(issue)).at(-1)).toContain('rita has no write permission here');
    const forged = await world.reject({
      body: `### Ticket\n\nT-0001\n\n### What should have come out\n\n${first}\n\n### Split from\n\n#${issue}, part 2`,
    });
    expect(await world.status(forged)).not.toContain('Part 2');
    expect(await world.call('alice', 'GET', '/issues?labels=rejection')).toHaveLength(2);
    await world.comment(issue, quotes, 'bob');
    const part = (await world.call('alice', 'GET', '/issues?labels=rejection')).find(
      ({ user }: { user: { type: string } }) => user.type === 'Bot',
    );
    await world.comment(part.number, `/split\n- ${second.slice(0, 30)}\n- ${second.slice(40)}`, 'bob');
    expect((await world.said(part.number)).at(-1)).toContain(`it is a part of #${issue} itself`);
    expect(await world.call('alice', 'GET', '/issues?labels=rejection')).toHaveLength(3);
  }));

/** The first of the two faults as a draft, and what it leaves out where both are shown. */
const fetches = {
  is: 'spec',
  guards: [],
  observed: 'It is wrong.',
  expected: 'It is right.',
  change: 'adjust-fetch-weight',
  step: 'fetch',
  expect: [{ path: '/articles/0/id', op: 'eq', value: 'KB-107' }],
  holdOuts: [{ name: 'the same, asked loudly', change: [{ path: '/text', op: 'upper' }] }],
  quotes: ['the article about refunds has to win'],
  files: ['config/fetch.json'],
  title: 'Refunds first',
};
const further = [{ step: 'plan', quote: 'she was promised money that nobody sends' }];

/** A model that sees both faults. */
function reader(request: SeenRequest): Reply {
  if (request.last.includes('Sort this rejection.')) return { json: { is: 'act' } };
  if (/^# How a rejection of the kind adjust-fetch-weight/m.test(request.last)) {
    const whole = request.last.includes('she was promised money');
    return { json: whole ? { ...fetches, further } : fetches };
  }
  if (/^# How a rejection of the kind/m.test(request.last))
    return { json: { is: 'ask', missing: 'expected', choices: ['a refund', 'a letter'] } };
  const change = request.last.includes('refunds has to win') ? 'adjust-fetch-weight' : 'change-reply-template';
  return { json: { change } };
}

test('where drafts see several faults the app proposes the parts, and opens nothing until a writer says so', async () => {
  await using model = await scriptedModel(reader);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  await inWorld({ model: settings }, async (world) => {
    const body = 'Ticket T-0001: the article about refunds has to win. And she was promised money that nobody sends.';
    const issue = await world.reject({ title: 'Two things', body });
    const { body: proposed } = await world.specComment(issue);
    expect(proposed).toContain('A maintainer can comment `/split`: then each becomes an issue of its own');
    expect(proposed).toContain('- step `plan`: “she was promised money that nobody sends”');
    expect(await world.call('alice', 'GET', '/issues?labels=rejection')).toHaveLength(1);
    await world.comment(issue, '/split', 'bob');
    expect((await world.specComment(issue)).body).not.toContain('Not in this spec');
    const [part] = (await world.call('alice', 'GET', '/issues?labels=rejection')).filter(
      ({ number }: { number: number }) => number !== issue,
    );
    expect(part.title).toBe('she was promised money that nobody sends');
    expect(await world.status(part.number)).toContain(`**Waits** for #${issue}`);
    await world.editIssue(issue, { state: 'closed' }, 'alice');
    expect(await world.status(part.number)).toContain('Waiting for an answer from rita');
    // The answer of who cannot edit the issue of the app's comes by a maintainer.
    await world.comment(part.number, '/hint The refund is sent.', 'bob');
    expect(model.requests.at(-1)?.last).toContain('> The refund is sent.');
  });
}, 600_000);
