import { expect, test } from 'vitest';
import { allYes, type SmallWorld, smallWorld } from '../invariants/support/small-world.ts';

const lastSaid = ({ said }: SmallWorld): string => said().findLast((text) => !text.startsWith('**Corrigible**')) ?? '';

test.each([
  ['1 MB', 'wrong '.repeat(175_000)],
  ['one emoji', '\u{1F622}'],
  ['Arabic', 'المصباح يكلف تسعة وليس خمسة'],
  ['broken UTF-8', 'The lamp\uFFFD\uD800 costs \u0000 nine'],
  ['nothing', ''],
  ['headings alone', '### Ticket\n\n### Step\n\n### Trace\n'],
  ['a fence that does not end', '```json corrigible-rejection\n{"version": 1'],
  ['what looks like a comment of the app', '<!-- corrigible:draft-1 -->\n```yaml corrigible-spec\ntitle: x\n```'],
])('a rejection of %s is answered with one question, and taken up once it names its ticket', async (_, body) => {
  const world = smallWorld();
  world.state.issue.body = body;
  await world.settle();
  await world.settle();
  expect(await world.stageName()).toBe('asked');
  expect(world.said().filter((text) => text.startsWith('@rita, thank you.'))).toHaveLength(1);
  world.state.issue.body = `### Ticket\n\nT-1\n\n### What should have come out\n\nThe lamp costs 9, not 5. ${body.slice(0, 9000).replaceAll(/[`#]/g, '')}`;
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
});

test('a spec comment that is edited between reading and announcing is read again, and nothing is announced of before', async () => {
  let edits = 0;
  const world: SmallWorld = smallWorld({
    around: async (name, call) => {
      const done = await call();
      // Right after the app has read the comment, while it runs the cases.
      if (
        name === 'forge.comment' &&
        edits < 2 &&
        world.state.comments.some(({ body }) => body.includes('stable: yes'))
      ) {
        edits++;
        world.editSpec((spec) => Object.assign(spec, { title: `Edited ${edits} times` }));
      }
      return done;
    },
  });
  await world.settle();
  world.editSpec((spec) => Object.assign(spec, { answers: allYes }));
  await world.settle();
  await world.settle();
  expect(edits).toBe(2);
  expect(world.status()).toContain('**Ready:**');
  world.label();
  await world.settle();
  const approved = (await world.facts()).findLast((fact) => fact.kind === 'spec-approved');
  expect(approved?.spec.title).toBe('Edited 2 times');
});

test('a spec block that does not parse is told with its line, and mended it is ready', async () => {
  const world = smallWorld();
  await world.ready();
  const comment = world.specComment();
  const { body } = comment;
  Object.assign(comment, { body: body.replace('step: price', 'step: [price'), updatedAt: world.now() });
  await world.settle();
  expect(world.status()).toMatch(/not ready\*\* yet:\n\n- Line \d+: /);
  Object.assign(comment, { body, updatedAt: world.now() });
  await world.settle();
  expect(world.status()).toContain('**Ready:**');
});

test('a trace of another version is told with what differs', async () => {
  const world = smallWorld();
  const trace = { steps: [{ step: 'cost', input: { thing: 'lamp' }, output: { amount: 5 } }] };
  world.state.issue.body = `### Ticket\n\nT-1\n\nThe lamp costs 9\n\n### Trace\n\n${JSON.stringify(trace)}`;
  await world.settle();
  expect(lastSaid(world)).toContain('step `cost` is in your trace, and not in the pipeline of today');
});

test('a rejection that is edited between reading and posting is told as edited, and drafted anew with `/retry`', async () => {
  let edited = false;
  const world: SmallWorld = smallWorld({
    around: async (name, call) => {
      // Right before the spec of the words that were read is posted.
      if (name === 'forge.postComment' && !edited) {
        edited = true;
        world.state.issue.body += '\n\nIt costs 9 also on Sundays.';
      }
      return call();
    },
  });
  await world.settle();
  expect(world.status()).toContain('the rejection was edited after this draft');
  world.editSpec((spec) => Object.assign(spec, { answers: allYes }));
  await world.settle();
  world.label();
  await world.settle();
  expect(world.state.pull).toBe(null);
  world.comment('/retry', 'tom');
  await world.settle();
  expect(world.status()).toContain('the rejection was edited after this draft');
  world.comment('/retry', 'bob');
  await world.settle();
  world.editSpec((spec) => Object.assign(spec, { answers: allYes }));
  await world.settle();
  expect(world.status()).toContain('**Ready:**');
  expect(world.said().filter((text) => text.includes('### Spec:'))).toHaveLength(2);
});
