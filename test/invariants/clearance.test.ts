import { expect, test } from 'vitest';
import { approvalHashOf } from '../../src/domain/spec-comment.ts';
import { allYes, type SmallWorld, smallWorld } from './support/small-world.ts';

type World = SmallWorld;

/** A ready spec, something done to it, and what became of the label: a code of refusal, or `started`. */
async function cleared(act: (world: World) => Promise<unknown> | unknown): Promise<string> {
  const world = smallWorld();
  await world.ready();
  await act(world);
  await world.settle();
  if (world.state.pull !== null) return 'started';
  const refusal = (await world.facts()).findLast((fact) => fact.kind === 'clearance-refused');
  expect(await world.facts()).not.toContainEqual(expect.objectContaining({ kind: 'run-queued' }));
  if (refusal !== undefined) expect(world.status()).toContain('starts nothing, because');
  return refusal?.reason.code ?? 'nothing';
}

const edited = (world: World) => world.editSpec((spec) => Object.assign(spec, { title: 'Another title' }));

test.each([
  ['a person who may write', 'started', (w) => w.label('alice')],
  ['somebody below write', 'clear-no-write', (w) => w.label('tom')],
  ['somebody who only reads', 'clear-no-write', (w) => w.label('rita')],
  ['a stranger', 'clear-no-write', (w) => w.label('nobody')],
  ['a bot with every right', 'clear-bot', (w) => w.label('robot', { byPerson: false })],
  ['an app in the name of a person', 'clear-bot', (w) => w.label('alice', { viaApp: true })],
] satisfies readonly [string, string, (world: World) => unknown][])(
  'invariant 2: a label by %s: %s',
  async (_, code, act) => {
    expect(await cleared(act)).toBe(code);
  },
);

test('invariant 2: the permission is the one of now, not of the labelling', async () => {
  const outcome = await cleared((world) => {
    world.label('bob');
    world.state.roles.set('bob', 'read');
  });
  expect(outcome).toBe('clear-no-write');
});

test('invariant 2: the label on the issue without its event approves nothing', async () => {
  expect(await cleared(({ state }) => state.issue.labels.push('fix-clear'))).toBe('nothing');
  const takenOff = await cleared((world) => {
    world.label();
    world.unlabel();
    world.state.issue.labels.push('fix-clear');
  });
  expect(takenOff).toBe('nothing');
});

test('invariant 2: a label set before the hash was shown as ready does not come to mean it', async () => {
  const world = smallWorld();
  await world.settle();
  world.label('alice');
  world.editSpec((spec) => Object.assign(spec, { answers: allYes }));
  await world.settle();
  expect(world.status()).toContain('**Ready:**');
  expect((await world.facts()).findLast((fact) => fact.kind === 'clearance-refused')?.reason.code).toBe(
    'clear-not-ready',
  );
  expect(world.state.pull).toBe(null);
  world.unlabel();
  world.label('alice');
  await world.settle();
  expect(world.state.pull).not.toBe(null);
});

test('invariant 2: a label that was there when the hash was shown does not mean it, whatever its time says', async () => {
  const world = smallWorld();
  await world.settle();
  world.editSpec((spec) => Object.assign(spec, { answers: allYes }));
  world.label('alice', { at: '2031-01-01T00:00:00Z' });
  await world.settle();
  expect(world.status()).toContain('the spec was not announced as ready before the label was set');
  expect(world.state.pull).toBe(null);
});

test('invariant 2: a label set while the hash was being shown does not mean it', async () => {
  let labelled = false;
  const world = smallWorld({
    around: async (name, call) => {
      const ready = (await world.facts()).some((fact) => fact.kind === 'spec-checked' && fact.problems.length === 0);
      if (name === 'forge.editComment' && ready && !labelled) {
        labelled = true;
        world.label();
      }
      return call();
    },
  });
  await world.ready();
  expect(labelled).toBe(true);
  expect(world.status()).toContain('the spec was not announced as ready before the label was set');
  expect(world.state.pull).toBe(null);
});

test('invariant 2: an edit of the spec before the label voids what was announced', async () => {
  const outcome = await cleared((world) => {
    edited(world);
    world.label('alice');
  });
  expect(outcome).toBe('clear-not-ready');
});

test('invariant 2: an edit after the label approves nothing, even one that restores the words', async () => {
  const outcome = await cleared((world) => {
    world.label('alice');
    edited(world);
    world.editSpec((spec) => Object.assign(spec, { title: 'The lamp costs 9' }));
  });
  expect(outcome).toBe('clear-edited-after');
});

test('invariant 2: an edit of the rejection, of the rubric or of the allowed paths voids the hash', async () => {
  const world = smallWorld();
  await world.ready();
  const [fact] = (await world.facts()).filter((one) => one.kind === 'spec-ready');
  world.state.issue.body += ' And the vase, too.';
  world.label('alice');
  await world.settle();
  expect(world.status()).toContain('the rejection was edited after this draft');
  expect([world.state.pull, fact?.kind]).toEqual([null, 'spec-ready']);

  const rubricEdited = await cleared(async (other) => {
    const text = ((await other.ports.shipped.rubrics())['set-price.md'] ?? '').replace('Prose.', 'Other prose.');
    await other.push('main', { '.github/rubrics/set-price.md': text });
    other.label('alice');
  });
  expect(rubricEdited).toBe('clear-not-ready');
  const pathsEdited = await cleared(async (other) => {
    const text = other.mainFiles()['.github/corrigible.yml'] ?? '';
    await other.push('main', { '.github/corrigible.yml': text.replace('paths: [rules/**]', 'paths: ["**"]') });
    other.label('alice');
  });
  expect(pathsEdited).toBe('clear-not-ready');
});

test('invariant 2: the hash is over every part that decides the fix', async () => {
  const world = smallWorld();
  await world.ready();
  world.label('alice');
  await world.settle();
  const [fact] = (await world.facts()).filter((one) => one.kind === 'spec-approved');
  const { spec, paths, rubric, textHash } = fact!;
  const whole = { spec, paths, rubric, textHash };
  expect(approvalHashOf(whole)).toBe(fact?.approvalHash);
  const acceptance = spec.acceptance.map((one) => ({ ...one, input: { thing: 'vase' } }));
  const holdOuts = spec['hold-outs'].map((one) => ({ ...one, name: 'other' }));
  const others = [
    { ...whole, textHash: 'x' },
    { ...whole, paths: [...paths, 'src/**'] },
    { ...whole, rubric: { ...rubric, hash: 'x' } },
    { ...whole, spec: { ...spec, acceptance } },
    { ...whole, spec: { ...spec, guards: [] } },
    { ...whole, spec: { ...spec, 'hold-outs': holdOuts } },
    { ...whole, spec: { ...spec, change: 'other' } },
    { ...whole, spec: { ...spec, answers: { ...spec.answers, rule: null } } },
  ];
  expect(new Set([whole, ...others].map(approvalHashOf)).size).toBe(others.length + 1);
});

test('invariant 2: a moved base does not void the hash, but a case that is green there is not started', async () => {
  expect(
    await cleared(async (world) => {
      await world.push('main', { 'README.md': 'Hello.' });
      world.label('alice');
    }),
  ).toBe('started');
  const world = smallWorld();
  await world.ready();
  await world.push('main', { 'rules/price.json': '{ "lamp": 9, "vase": 7 }' });
  world.label('alice');
  await world.settle();
  expect(world.status()).toContain('it passes on the base branch already, so it proves nothing');
  expect(world.state.pull).toBe(null);
});

test('invariant 2: the acceptance case must be red five times of five, the guard green', async () => {
  const world = smallWorld();
  const { outputs } = world.ports.suites;
  Object.assign(world.ports.suites, {
    outputs: async (...args: Parameters<typeof outputs>) => {
      const results = [...(await outputs(...args))];
      // The last of five runs of the acceptance case gives the right price.
      if (results.length > 5) results[8] = { status: 'output', output: { price: 9 } };
      return results;
    },
  });
  await world.ready();
  expect(world.status()).toContain('it is sometimes red and sometimes green on the base branch');
  expect(world.status()).not.toContain('**Ready:**');
});

test('invariant 2: a quote that nobody said keeps a spec from being ready', async () => {
  const world = smallWorld();
  await world.ready();
  world.editSpec((spec) => Object.assign(spec, { quotes: ['The lamp is broken'] }));
  await world.settle();
  expect(world.status()).toContain('is not in the rejection');
  expect(world.status()).not.toContain('**Ready:**');
});

test('a case that no output could meet keeps a spec from being ready, and says which', async () => {
  const world = smallWorld();
  await world.ready();
  world.editSpec(({ acceptance }) => {
    const [first] = acceptance as { expect: unknown[] }[];
    first?.expect.push({ path: '/price', op: 'matches', value: '(' }, { path: '/a', op: 'eq', value: 2 ** 53 });
  });
  await world.settle();
  expect(world.status()).toContain('the pattern is not one that RE2 takes');
  expect(world.status()).toContain('cannot be told from its neighbours');
  expect(world.status()).not.toContain('**Ready:**');
});

test('a spec without a guard of its step is ready, and both who clears it and who approves it are told', async () => {
  const world = smallWorld();
  await world.ready();
  const words = 'An answer that is given to everything would not be noticed';
  expect(world.status()).not.toContain(words);
  world.editSpec((spec) => Object.assign(spec, { guards: [] }));
  await world.settle();
  expect(world.status()).toContain('**Ready:**');
  expect(world.status()).toContain(words);
  world.label('alice');
  await world.settle();
  const judged = (await world.facts()).findLast((fact) => fact.kind === 'judged');
  const spec = judged?.verdict.children?.find(({ name }) => name === 'spec');
  expect(spec?.children).toContainEqual({
    name: 'guards',
    passed: true,
    because: 'the spec has none of its step, so an answer that is given to everything would not be noticed',
  });
});

test('invariant 2: without a hold-out, and without a reason for none, nothing is ready', async () => {
  const world = smallWorld();
  await world.ready();
  world.editSpec((spec) => Object.assign(spec, { 'hold-outs': [] }));
  await world.settle();
  expect(world.status()).toContain('hold-outs: there is none');
  world.editSpec((spec) => Object.assign(spec, { 'no-hold-out': 'one lamp only' }));
  await world.settle();
  expect(world.status()).toContain('**Ready:**');
});
