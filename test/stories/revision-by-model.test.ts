import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { type Script, type ScriptedModel, type SeenRequest, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const configuration = (await exampleFiles())[CONFIGURATION] ?? '';

interface Proposed {
  readonly world: World;
  readonly model: ScriptedModel;
  readonly issue: number;
  readonly pull: number;
  readonly head: string;
  readonly branch: string;
}

/** A pull request that the recipe made, and a model that says these lines about the reviews of it. */
async function withReviews(script: Script, story: (of: Proposed) => Promise<void>, more = ''): Promise<void> {
  await using model = await scriptedModel(script);
  const settings = { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' };
  await inWorld({ model: settings, files: { [CONFIGURATION]: `${configuration}${more}` } }, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    const pull = await world.onlyPull();
    await story({ world, model, issue, pull: pull.number, head: pull.head.sha, branch: pull.head.ref });
  });
}

const headOf = async (world: World, pull: number): Promise<string> => (await world.pull(pull)).head.sha;
/** GitHub shows a push in the pull request a while after it took it, and the app waits for that. */
const answered = (world: World, pull: number, threads: number): Promise<void> =>
  expect
    .poll(async () => (await world.threads(pull)).filter(({ resolved }) => resolved).length, { timeout: 60_000 })
    .toBe(threads)
    .then(() => world.settled());
const asked = async (world: World, pull: number): Promise<readonly string[]> =>
  (await world.pull(pull)).requested_reviewers.map(({ login }: { login: string }) => login);
const sorted = (...kinds: readonly object[]) => ({
  json: { remarks: kinds.map((kind, index) => ({ n: index + 1, ...kind })) },
});
const how = { is: 'how' };
const weight = (from: number, to: number) => ({
  tool: 'edit',
  args: { path: 'config/fetch.json', old: `"KB-107": ${from}`, new: `"KB-107": ${to}` },
});
const done = { tool: 'done', args: { summary: 'Used the other weight.' } };
const looked = { json: { wrong: 'The weight is too small.', instead: 'Use a larger one.' } };
const threeRounds = '\nbudget: { rounds: 3 }\n';
const systemOf = ({ body }: SeenRequest): string => body.messages[0]?.content ?? '';

test('a review becomes one round on top of what is there: one commit, every thread answered and resolved, once more asked', () =>
  withReviews(
    [
      {
        expect: (request) => {
          expect(systemOf(request)).toMatch(/^You sort the remarks of a code review/);
          expect(request.last).toContain('Remark 1, on the whole:\n| Nearly.');
          expect(request.last).toContain('Remark 2, on config/fetch.json, line 1:\n| Use 10, and mail [email-1].');
        },
        reply: sorted(how, how, { is: 'question', answer: 'The [spec](https://evil.example) does not say, @alice.' }),
      },
      {
        expect: (request) => {
          expect(systemOf(request)).toMatch(/^You change a program/);
          expect(request.last).toContain('# What a reviewer wants to be made differently');
          expect(request.last).toContain('| Use 10, and mail [email-1].');
          expect(request.last).not.toContain('What is the weight of the others?');
        },
        reply: weight(9, 10),
      },
      done,
    ],
    async ({ world, model, pull, head, issue }) => {
      const comments = ['Use 10, and mail bob@private.example.', 'What is the weight of the others?'];
      await world.review(pull, { body: 'Nearly.', comments });
      await answered(world, pull, 2);
      const now = await headOf(world, pull);
      expect(now).not.toBe(head);
      const { parents, commit } = await world.call('alice', 'GET', `/commits/${now}`);
      expect(parents.map(({ sha }: { sha: string }) => sha)).toEqual([head]);
      expect(commit.message).toMatch(/, as the review asks\n\nRejection: #\d+\nReview: \d+$/);
      expect(await world.file('config/fetch.json', now)).toContain('"KB-107": 10');
      expect(await world.checks(now)).toMatchObject({
        'corrigible/gate': 'success',
        'corrigible/integrity': 'success',
      });
      const [wish, question] = await world.threads(pull);
      expect(wish).toMatchObject({ resolved: true });
      expect(wish?.said[1]).toBe(
        `corrigible: Taken up in ${now}, together with the other remarks of this review. The whole was judged again, and every check passed. Please look whether it is what you meant.`,
      );
      expect(question?.said[1]).toContain(
        'Drafted by a model from the spec, its cases and the change. Nobody has checked it.',
      );
      expect(question?.said[1]).not.toMatch(/https:\/\/evil|@alice/);
      const takenUp = (await world.said(pull)).filter((text) => text.includes('Taken up'));
      expect(takenUp).toEqual([expect.stringContaining(`Taken up in ${now}`)]);
      expect(await asked(world, pull)).toContain('bob');
      expect(await world.status(issue)).toContain('Next: bob looks at it and reviews again.');
      expect(model.requests.map(({ raw }) => raw).join()).not.toContain('private.example');
    },
  ));

test('invariant 1: what was approved before the round does not merge what came of it', () =>
  withReviews([sorted(how), weight(9, 10), done], async ({ world, pull, head }) => {
    await world.review(pull, { by: 'carol', comments: ['Use 10.'] });
    await answered(world, pull, 1);
    await world.approve(pull, 'bob', head);
    expect((await world.pull(pull)).merged).toBe(false);
    await world.approve(pull, 'carol');
    expect((await world.pull(pull)).merged).toBe(true);
    expect(await world.file('config/fetch.json')).toContain('"KB-107": 10');
  }));

test('invariant 4: no hold-out reaches the agent of a revision, neither as a file nor in the words of a reviewer', () =>
  withReviews(
    [sorted(how), { tool: 'run', args: { command: 'ls evals/*; grep -r "rejection" . ; true' } }, weight(9, 10), done],
    async ({ world, model, pull, head }) => {
      const cases = await world.file(
        `evals/fetch/${(await world.call('alice', 'GET', `/contents/evals/fetch?ref=${head}`)).at(-1).name}`,
        head,
      );
      expect(cases).toContain('cases:');
      await world.review(pull, { comments: ['Use 10.'] });
      await answered(world, pull, 1);
      expect(await headOf(world, pull)).not.toBe(head);
      expect(await world.file('config/fetch.json', await headOf(world, pull))).toContain('"KB-107": 10');
      const seen = model.requests.map(({ raw }) => raw).join('\n');
      expect(seen).not.toMatch(/rejection-\d+\.yml/);
      const before = model.requests.length;
      const names = [...cases.matchAll(/name: (.*) \(rejection \d+\)/g)].map(([, name]) => name ?? '');
      await world.review(pull, { by: 'carol', body: `Make “${names.at(-1)}” simpler.` });
      expect((await world.said(pull)).at(-1)).toContain(
        'it has words or numbers of a hold-out, which no agent may read',
      );
      expect(model.requests.length).toBe(before);
    },
  ));

test('a round that breaks something is tried again on the evidence; nothing red is ever pushed', () =>
  withReviews(
    [sorted(how), weight(9, 6), done, looked, { expect: /KB-107 first/, reply: weight(9, 10) }, done],
    async (of) => {
      const { world, pull, head } = of;
      await world.review(pull, { comments: ['Use 6.'] });
      await answered(world, pull, 1);
      const now = await headOf(world, pull);
      expect((await world.call('alice', 'GET', `/commits/${now}`)).parents).toMatchObject([{ sha: head }]);
      expect(await world.file('config/fetch.json', now)).toContain('"KB-107": 10');
    },
    threeRounds,
  ));

test('each review has rounds of its own: used up, it goes back to people, and the next one has as many', () =>
  withReviews(
    [sorted(how), weight(9, 6), done, sorted(how), weight(9, 10), done],
    async ({ world, pull, head }) => {
      await world.review(pull, { comments: ['Use 6.'] });
      expect(await headOf(world, pull)).toBe(head);
      expect((await world.said(pull)).at(-1)).toContain(
        '@bob, I changed nothing for this review, because no attempt passed',
      );
      await world.review(pull, { comments: ['Use 10.'] });
      await answered(world, pull, 1);
      expect(await headOf(world, pull)).not.toBe(head);
      expect((await world.threads(pull)).map(({ resolved }) => resolved)).toEqual([false, true]);
    },
    '\nbudget: { rounds: 1 }\n',
  ));

test.each([
  ['what', 'it asks for another outcome than the spec'],
  ['unclear', 'I am not sure whether it asks something'],
])('a review of which one remark is “%s” is not begun', (is, because) =>
  withReviews([sorted(how, { is })], async ({ world, pull, head, model }) => {
    await world.review(pull, { comments: ['Use 10.', 'And the others likewise.'] });
    expect((await world.said(pull)).at(-1)).toContain(because);
    expect(await headOf(world, pull)).toBe(head);
    expect(model.requests).toHaveLength(1);
  }),
);

test('a model that sorts nothing usable twice leaves the review to people', () =>
  withReviews([{ text: 'Sure!' }, sorted()], async ({ world, pull }) => {
    await world.review(pull, { comments: ['Use 10.'] });
    expect((await world.said(pull)).at(-1)).toContain('I am not sure whether it asks something');
  }));

test('two reviews at once make two rounds, one after the other', () =>
  withReviews(
    [sorted(how), weight(9, 10), done, sorted(how), weight(10, 11), done],
    async ({ world, pull, head }) => {
      world.forge.webhooks.hold();
      await world.review(pull, { by: 'bob', comments: ['Use 10.'], wait: false });
      await world.review(pull, { by: 'carol', comments: ['Use 11.'], wait: false });
      await world.forge.webhooks.release();
      await world.settled();
      const now = await headOf(world, pull);
      const { parents } = await world.call('alice', 'GET', `/commits/${now}`);
      const [before] = parents;
      expect((await world.call('alice', 'GET', `/commits/${before.sha}`)).parents).toMatchObject([{ sha: head }]);
      expect(await world.file('config/fetch.json', now)).toContain('"KB-107": 11');
      const threads = await world.threads(pull);
      expect(threads.map(({ resolved }) => resolved)).toEqual([true, true]);
      expect(threads[1]?.said[1]).toContain(`Taken up in ${now}.`);
    },
    threeRounds,
  ));

test('never a commit over a person’s: a push while the round runs ends it, in words', () =>
  withReviews([sorted(how), 'hang'], async ({ world, model, pull, branch }) => {
    await world.review(pull, { comments: ['Use 10.'], wait: false });
    await expect.poll(() => model.requests.length, { timeout: 60_000 }).toBe(2);
    await world.push(branch, 'README.md', 'Pushed by a person.\n', 'carol');
    const now = await headOf(world, pull);
    expect((await world.call('alice', 'GET', `/commits/${now}`)).commit.message).toBe('Change README.md');
    expect((await world.said(pull)).at(-1)).toContain('I put no commit over a person’s');
    expect(await world.threads(pull)).toMatchObject([{ resolved: false }]);
  }));

test('a review that is taken back while the round runs ends it', () =>
  withReviews([sorted(how), 'hang'], async ({ world, model, issue, pull, head }) => {
    const { id } = await world.review(pull, { comments: ['Use 10.'], wait: false });
    await expect.poll(() => model.requests.length, { timeout: 60_000 }).toBe(2);
    await world.act(world.call('alice', 'PUT', `/pulls/${pull}/reviews/${id}/dismissals`, { message: 'No.' }));
    expect(await headOf(world, pull)).toBe(head);
    expect(await world.said(pull)).toEqual([]);
    expect(await world.status(issue)).toContain('because it was taken back');
    await world.approve(pull, 'bob');
    expect((await world.pull(pull)).merged).toBe(true);
  }));

test('a remark that is settled while the round is being prepared is not followed', () => {
  let settle = (): void => {};
  const script: Script = (request) => {
    if (!systemOf(request).startsWith('You sort')) return { tool: 'cannot', args: { reason: 'It was asked.' } };
    settle();
    return sorted(how, how);
  };
  return withReviews(script, async ({ world, model, pull, head }) => {
    settle = () => void world.resolve(pull, 0);
    await world.review(pull, { comments: ['Use 10.', 'And say so.'] });
    expect(await headOf(world, pull)).toBe(head);
    expect((await world.said(pull)).at(-1)).toContain('its words were changed while I worked on them');
    expect(model.requests).toHaveLength(1);
  });
});

test.each([
  ['the push', { method: 'POST', path: /git-receive-pack/ }],
  ['a reply', { method: 'POST', path: /\/comments\/\d+\/replies$/ }],
  ['a resolution', { method: 'POST', path: /^\/graphql$/, skip: 2 }],
  ['the request to look again', { method: 'POST', path: /\/requested_reviewers$/ }],
])('invariant 8: where the answer to %s is lost, nothing is lost and nothing doubled', (_, match) =>
  withReviews([sorted(how, how), weight(9, 10), done], async ({ world, pull, head }) => {
    world.forge.fault({ ...match, by: 'app' }, { status: 0, afterwards: true });
    await world.review(pull, { comments: ['Use 10.', 'And say so.'] });
    await answered(world, pull, 2);
    const now = await headOf(world, pull);
    expect((await world.call('alice', 'GET', `/commits/${now}`)).parents).toMatchObject([{ sha: head }]);
    expect(await world.threads(pull)).toMatchObject([
      { resolved: true, said: [expect.anything(), expect.stringContaining(now)] },
      { resolved: true, said: [expect.anything(), expect.stringContaining(now)] },
    ]);
    expect(await asked(world, pull)).toContain('bob');
  }),
);
