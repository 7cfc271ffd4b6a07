import { expect, test } from 'vitest';
import { goodDraft } from '../invariants/support/shop.ts';
import { BOT } from '../invariants/support/small-forge.ts';
import { type SmallScript, type SmallWorld, smallWorld } from '../invariants/support/small-world.ts';

const BODY = `### Ticket

T-1

### What came out

It said 5. And Dear Nora Quill greets the one who gets the parcel.

### What should have come out

The lamp costs 9, not 5. The **reply** should say so politely.

### Always or only this once

Always`;

const SPLIT = '/split\n1. The lamp costs 9, not 5.\n2. The reply should say so politely.';

async function named(script: SmallScript = {}, body = BODY): Promise<SmallWorld> {
  const world = smallWorld(script);
  Object.assign(world.state.issue, { title: 'Two things', body });
  await world.settle();
  return world;
}

async function splitBy(words: string, script: SmallScript = {}, body = BODY): Promise<SmallWorld> {
  const world = await named(script, body);
  await world.command(words, 'bob');
  await world.settle();
  return world;
}

const lastSaid = ({ said }: SmallWorld): string => said().findLast((text) => !text.startsWith('**Corrigible**')) ?? '';

test('a writer’s list makes an issue of each further part, in the reporter’s own words, and the first stays', async () => {
  const world = await splitBy(SPLIT);
  expect(world.state.opened).toEqual([
    {
      number: 8,
      title: 'The reply should say so politely.',
      body: `### Ticket

T-1

### What should have come out

\`\`\`
The reply should say so politely.
\`\`\`

### Always or only this once

Always

### Split from

#7, part 2`,
      labels: ['rejection'],
      open: true,
    },
  ]);
  expect(world.status()).toContain(
    'Split by bob into 2:\n\n- this one: “The lamp costs 9, not 5.”\n- #8 (after this one): “The reply should say so politely.”',
  );
  expect(await world.stageName()).toBe('drafted');
  const last = world.seen.prompts.at(-1) ?? '';
  expect(last).toContain('The lamp costs 9, not 5.');
  expect(last).not.toContain('politely');
});

test('what the reporter adds later to the first part is read, and what was given away is not', async () => {
  const world = await splitBy(SPLIT);
  world.state.issue.body = BODY.replace('not 5.', 'not 5. In shops, too.');
  await world.command('/hint It is in rules/price.json', 'bob');
  await world.settle();
  const last = world.seen.prompts.at(-1) ?? '';
  expect(last).toContain('In shops, too.');
  expect(last).not.toContain('politely');
});

test('nothing personal is copied, nobody is mentioned, and no word ends its fence', async () => {
  const body = BODY.replace('The **reply** should', 'Write to @carol, `````not #7, or the reply should');
  const list =
    '/split\n- The lamp costs 9, not 5.\n- > “And Dear Nora Quill greets the one who gets the parcel.”\n  Write to @carol, `````not #7, or the reply should say so politely.';
  const world = await splitBy(list, {}, body);
  const [opened] = world.state.opened;
  expect(`${opened?.title}${opened?.body}${world.status()}`).not.toContain('Quill');
  expect(opened?.body).toContain('And Dear [name-1] greets the one who gets the parcel.');
  expect(opened?.body).toContain(
    '\n``````\nWrite to @carol, `````not #7, or the reply should say so politely.\n``````\n',
  );
});

test.each([
  ['no list', '/split please', 'it takes two parts at least, as a list'],
  ['one part', '/split\n- The lamp costs 9', 'it takes two parts at least'],
  ['a hundred parts', `/split\n${'- The lamp costs 9\n'.repeat(100)}`, '100 parts are too many: four at most'],
  ['words that nobody said', '/split\n- The lamp costs 9\n- The vase costs 8 @all', 'which is not in the rejection'],
  ['the same words twice', '/split\n- The lamp costs 9\n- lamp COSTS  9', 'parts 1 and 2 quote the same words'],
  ['words that stand everywhere', '/split\n- The lamp costs 9\n- The', 'part 2 has to quote the rejection'],
  ['marks alone', '/split\n- The lamp costs 9\n- ``` *** ```', 'part 2 has to quote the rejection'],
  ['a part without words', '/split\n- The lamp costs 9\n- \n- “”', 'part 2 has to quote the rejection'],
  ['a part that waits for itself', '/split\n- The lamp costs 9\n- (after 2) say so politely', 'part 2 can only wait'],
  ['no list where one fault is seen', '/split', 'I see one fault in it'],
])('%s splits nothing, and is told', async (_, words, told) => {
  const world = await splitBy(words);
  expect(lastSaid(world)).toContain(told);
  expect(lastSaid(world)).not.toContain('@all');
  expect(world.state.opened).toEqual([]);
  expect(world.status()).not.toContain('Split by');
});

test('only who may write splits, and only in a comment', async () => {
  const world = await named({}, `/split\n- The lamp costs 9, not 5.\n- And Dear Nora Quill greets\n\n${BODY}`);
  expect(world.state.opened).toEqual([]);
  for (const by of ['rita', 'tom']) {
    await world.command(SPLIT, by);
    await world.settle();
    expect(lastSaid(world)).toContain(`${by} has no write permission here`);
  }
  const robot = await world.command(SPLIT, 'robot');
  Object.assign(world.state.comments.find(({ id }) => id === robot)!, { byPerson: false });
  await world.settle();
  expect(world.state.opened).toEqual([]);
});

test('a rejection is split once, while nothing of it is being made', async () => {
  const world = await splitBy(SPLIT);
  await world.command(SPLIT, 'bob');
  await world.settle();
  expect(lastSaid(world)).toContain('it was split already');
  const proposed = smallWorld();
  await proposed.proposed();
  await proposed.command(SPLIT, 'bob');
  await proposed.settle();
  expect(lastSaid(proposed)).toContain('a fix of it is being made, or was made');
  expect([world.state.opened.length, proposed.state.opened.length]).toEqual([1, 0]);
});

const further = [{ step: 'reply', quote: 'should say so politely' }];

test('faults that a draft leaves out are proposed as parts, which `/split` alone makes of them', async () => {
  const script = {
    draft: (prompt: string) => JSON.stringify(prompt.includes('politely') ? { ...goodDraft, further } : goodDraft),
  };
  const world = await named(script);
  expect(world.specComment().body).toContain(
    'A maintainer can comment `/split`: then each becomes an issue of its own',
  );
  expect(world.state.opened).toEqual([]);
  await world.command('/split', 'bob');
  await world.settle();
  expect(world.state.opened.map(({ title }) => title)).toEqual(['should say so politely']);
  expect(world.specComment().body).not.toContain('comment `/split`');
});

/** Three drafts that want different things, each resting on words of its own. */
const differing = (prompt: string): string => {
  const [value, quote] = prompt.includes('go through the pipeline step by step')
    ? [8, 'The reply should say so politely']
    : prompt.includes('the easiest first')
      ? [7, 'It said 5.']
      : [9, 'The lamp costs 9'];
  return JSON.stringify({ ...goodDraft, expect: [{ path: '/price', op: 'eq', value }], quotes: [quote] });
};

test('drafts that differ and rest on different words are a question, and parts if somebody says so', async () => {
  const world = await named({
    draft: (prompt) => (prompt.includes('politely') ? differing(prompt) : JSON.stringify(goodDraft)),
  });
  expect(lastSaid(world)).toContain('If several of these are meant, a maintainer can comment `/split`');
  await world.command('/split', 'bob');
  await world.settle();
  expect(world.state.opened.map(({ title }) => title)).toEqual(['The reply should say so politely', 'It said 5.']);
  expect(await world.stageName()).toBe('drafted');
});

test('where the reader says that several faults are meant, `/split` is offered beside the question', async () => {
  const world = await named({ draft: () => '{"is":"ask","missing":"which","choices":["the lamp","the reply"]}' });
  expect(lastSaid(world)).toContain('Or a maintainer comments `/split`, with the faults as a list');
  await world.command(SPLIT, 'bob');
  await world.settle();
  expect(world.state.opened).toHaveLength(1);
});

/** A question is answered in a comment, which names a second fault, and then there is a spec. */
async function answeredWith(words: string, script: SmallScript = {}): Promise<SmallWorld> {
  const heard = (prompt: string): string =>
    prompt.includes('answer to a question')
      ? (script.draft?.(prompt) ?? JSON.stringify(goodDraft))
      : '{"is":"ask","missing":"expected","choices":["9","8"]}';
  const world = await named({ ...script, draft: heard }, BODY.replace(/ The \*\*reply.*/, ''));
  world.comment(words, 'rita');
  await world.settle();
  return world;
}

test('what was answered in a comment can be given away as well, and is read no more where it stood', async () => {
  const answer = 'It costs 9. And the reply should say so politely.';
  const world = await answeredWith(answer);
  expect(await world.stageName()).toBe('drafted');
  world.seen.prompts.splice(0);
  await world.command('/split\n1. The lamp costs 9, not 5.\n2. the reply should say so politely.', 'bob');
  await world.settle();
  expect(world.state.opened.map(({ body }) => body)).toEqual([
    expect.stringContaining('```\nthe reply should say so politely.\n```'),
  ]);
  expect(await world.stageName()).toBe('drafted');
  expect(world.seen.prompts.join('\n')).toContain('It costs 9.');
  expect(world.seen.prompts.join('\n')).not.toContain('politely');
});

test('the app proposes no words that only a maintainer said: it would not follow its own proposal', async () => {
  const hinted = 'The reply should name the day of delivery as well, in `config/reply.txt`.';
  const further = [{ step: 'reply', quote: 'The reply should name the day of delivery as well' }];
  const world = await named({ draft: () => JSON.stringify({ ...goodDraft, further }) });
  await world.command(`/hint ${hinted}`, 'bob');
  await world.settle();
  await world.command('/split', 'bob');
  await world.settle();
  expect(lastSaid(world)).toContain('I see one fault in it');
  expect(world.state.opened).toEqual([]);
});

test('an issue of the app’s own is taken up only where a ledger tells of exactly this one', async () => {
  const world = smallWorld();
  Object.assign(world.state.issue, { author: BOT, title: 'A part', body: `${BODY}\n\n### Split from\n\n#3, part 2` });
  await world.settle();
  expect(await world.stageName()).toBe('new');
  expect(world.said()).toEqual([]);
});

class Killed extends Error {}
const LEAVES_A_TRACE = /^(?:ledger\.append|forge\.(?:post|edit|open|close))/;

/** A list of three parts; dies before the nth call that leaves a trace from then on, and is taken up again. */
async function splitKilledBefore(nth: number): Promise<{ world: SmallWorld; traces: number }> {
  let traces = Number.NEGATIVE_INFINITY;
  let dead = false;
  const world = await named({
    around: async (name, call) => {
      if (!dead && LEAVES_A_TRACE.test(name)) dead = ++traces === nth;
      if (dead) throw new Killed();
      return call();
    },
  });
  await world.command(`${SPLIT}\n3. (after none) It said 5.`, 'bob');
  traces = 0;
  await world.settle().catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
    dead = false;
    world.wait(60);
    return world.settle();
  });
  return { world, traces };
}

test('invariant 8: a process that is killed at any call of a split opens each part once', async () => {
  const end = ({ world }: { world: SmallWorld }) => ({
    opened: world.state.opened,
    status: world.status().replace(/Spent: [\d.]+ s/, 'Spent: some time'),
  });
  const whole = await splitKilledBefore(0);
  expect(whole.world.state.opened.map(({ number }) => number)).toEqual([8, 9]);
  expect(whole.world.status()).toContain('- #9: “It said 5.”');
  expect(whole.traces).toBeGreaterThan(8);
  for (let nth = 1; nth <= whole.traces; nth++)
    expect(end(await splitKilledBefore(nth)), `killed before the ${nth}th`).toEqual(end(whole));
});
