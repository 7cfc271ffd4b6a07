import { expect, test } from 'vitest';
import { parseAsk } from '../../src/domain/prompts/ask.ts';
import { texts } from '../../src/domain/prompts/texts.ts';
import { configuration, goodDraft, rubric } from '../invariants/support/shop.ts';
import { allYes, type SmallScript, type SmallWorld, smallWorld } from '../invariants/support/small-world.ts';

const DAY = 86_400;
const said = (world: SmallWorld) => world.said().join('\n');
const asks = { draft: () => '{"is":"ask","missing":"expected","choices":["9","8"]}' };
const bodyIn: Readonly<Record<string, string>> = {
  en: 'The lamp costs too much, it should be less.',
  de: 'Die Lampe ist zu teuer, das sollte nicht so viel sein.',
  es: 'La lámpara cuesta demasiado, debería ser menos.',
  fr: 'La lampe est trop chère, elle devrait coûter moins.',
};
async function rejected(text: string, script: SmallScript): Promise<SmallWorld> {
  const world = smallWorld(script);
  world.state.issue.body = `### Ticket\n\nT-1\n\n### Step\n\nI do not know\n\n### What came out\n\n${text}`;
  await world.settle();
  return world;
}

test.each([
  ['en', 'What should have come out instead?', 'none of these, or I do not know', 'Please answer in a comment'],
  ['de', 'Was hätte stattdessen herauskommen sollen?', 'nichts davon, oder ich weiß es nicht', 'Bitte antworte hier'],
  ['es', '¿Qué debería haber salido en su lugar?', 'ninguna de estas, o no lo sé', 'Por favor, responde'],
  ['fr', 'Qu’aurait-il dû en sortir à la place ?', 'rien de tout cela, ou je ne sais pas', 'Merci de répondre'],
])(
  'who writes in %s is asked in it, with choices that are named and none of them',
  async (language, ask, none, after) => {
    const world = await rejected(bodyIn[language] ?? '', asks);
    expect(await world.stageName()).toBe('asked');
    for (const words of [ask, none, after, '   - 9\n   - 8\n']) expect(said(world)).toContain(words);
  },
);

test('what was asked for once and is still open goes to people, in words', async () => {
  const world = await rejected(bodyIn['en'] ?? '', asks);
  world.state.issue.body += ' Much less.';
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(said(world)).toContain('it is still open what is meant (`expected`), and I ask for the same only once');
  expect(world.said().filter((text) => text.includes('I need one answer'))).toHaveLength(1);
});

test('a question that nobody answers is put aside in its time, once, and goes on with an answer', async () => {
  const files = { '.github/corrigible.yml': `${configuration}\ntranslation: { patience: 3 }\n` };
  let answered = false;
  const world = await rejected(bodyIn['de'] ?? '', {
    files,
    draft: (prompt) =>
      answered && prompt.includes('kostet 9') ? '{"is":"none-of-these","because":"x"}' : asks.draft(),
    detect: () => '{"is":"decline","reason":"not-a-defect"}',
  });
  expect(world.alarms).toEqual([expect.closeTo((3 * DAY + 60) * 1000, -4)]);
  world.wait(3 * DAY - 60);
  await world.settle();
  expect(await world.stageName()).toBe('asked');
  world.wait(120);
  await world.settle();
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(world.said().filter((text) => text.includes('Niemand hat geantwortet'))).toHaveLength(1);
  expect(world.status()).toContain('nobody answered what was asked');
  answered = true;
  world.state.issue.body += '\n\nDie Lampe kostet 9.';
  await world.settle();
  expect(said(world)).toContain('what the pipeline gave fits the ticket');
});

const drafts = {
  draft: (prompt: string) =>
    prompt.includes('answer to a question: The lamp costs 9') ? JSON.stringify(goodDraft) : asks.draft(),
};
const takenUp = async (world: SmallWorld) =>
  (await world.facts()).flatMap((fact) => (fact.kind === 'rejection-accepted' ? [fact.answers ?? []] : []));

test('thanks instead of an answer is not the end: what is said afterwards is heard, a bounded number of times', async () => {
  const world = await rejected(bodyIn['en'] ?? '', drafts);
  world.comment('Thanks!', 'rita');
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(said(world)).toContain('A comment can say it');
  world.comment('The lamp costs 9, not 5.', 'rita');
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
  const chatter = await rejected(bodyIn['en'] ?? '', asks);
  for (let n = 0; n < 12; n++) {
    chatter.comment(`And another thing, number ${n}.`, 'rita');
    await chatter.settle();
  }
  expect((await takenUp(chatter)).at(-1)).toHaveLength(8);
  expect(await chatter.stageName()).toBe('declined');
});

test('the first answer in a comment takes it up once, and the approval is bound to what it says', async () => {
  const world = await rejected(bodyIn['en'] ?? '', drafts);
  world.comment('I had that as well.', 'eve');
  world.comment('/look at this', 'rita');
  await world.settle();
  expect(await world.stageName()).toBe('asked');
  const id = world.comment('The lamp costs 9. <!-- unseen --> Ask gesine.rautenfeld@firma.de', 'rita');
  world.comment('Or 8.', 'rita');
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
  expect(await takenUp(world)).toEqual([[], [{ comment: id, to: ['expected'] }]]);
  expect(world.seen.prompts.join('\n')).not.toMatch(/unseen|rautenfeld|Or 8|had that/);
  world.editSpec((spec) => Object.assign(spec, { answers: allYes }));
  await world.settle();
  expect(world.status()).toContain('**Ready:**');
  const answer = world.state.comments.find((comment) => comment.id === id)!;
  const { body } = answer;
  answer.body = 'The lamp costs 9, and all else is free.';
  await world.settle();
  expect(world.status()).not.toContain('**Ready:**');
  answer.body = body;
  await world.settle();
  expect(world.status()).toContain('**Ready:**');
  world.state.comments.splice(world.state.comments.indexOf(answer), 1);
  await world.settle();
  expect(world.status()).not.toContain('**Ready:**');
});

test('an answer that is edited after the label stops the merge, as an edit of the text does', async () => {
  const world = await rejected(bodyIn['en'] ?? '', drafts);
  const id = world.comment('The lamp costs 9.', 'rita');
  await world.proposed();
  expect(await world.stageName()).toBe('proposed');
  world.state.comments.find((comment) => comment.id === id)!.body = 'It costs 1.';
  world.approve();
  await world.settle();
  expect(world.state.pull?.merged).toBe(false);
  expect(world.said().join('\n') + world.status()).toContain('text');
});

test('a writer may answer, and so may anybody who was asked when it was put aside already', async () => {
  const files = { '.github/corrigible.yml': `${configuration}\ntranslation: { patience: 3 }\n` };
  const world = await rejected(bodyIn['en'] ?? '', { ...drafts, files });
  world.wait(3 * DAY + 60);
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(said(world)).toContain('so I have put this aside. Answer in a comment');
  world.comment('The lamp costs 9.', 'bob');
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
});

test('an answer to the question for the ticket names it, and one to that of a recipe fills the blank', async () => {
  const world = smallWorld({ draft: () => JSON.stringify(goodDraft) });
  world.state.issue.body = 'The lamp costs 9, not 5.';
  await world.settle();
  expect(said(world)).toContain('Which ticket is it?');
  world.comment('It was T-1, I think.', 'rita');
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
  const blank = await rejected('Die Lampe costs zu viel, das ist nicht gut.', {
    files: recipe('Which?'),
    draft: () => '{',
  });
  expect(await blank.stageName()).toBe('asked');
  blank.comment('lamp', 'rita');
  await blank.settle();
  expect(await blank.stageName()).toBe('drafted');
  expect(blank.specComment().body).toContain('x lamp');
});

const slots = (ask: string): string =>
  rubric.replace(
    'change: set-price\n',
    () => `change: set-price
recipe:
  slots:
    thing: { type: string, max: 20, pattern: '^[a-z]+$', from: [{ text: 'the thing named ([a-z]+)' }], ask: ${ask} }
  title: 'x {thing}'
  observed: 'x'
  expected: 'x {thing}'
  expect: [{ path: /price, op: eq, value: 9 }]
  edits: [{ file: rules/price.json, op: set, path: /lamp, value: 9 }]
`,
  );
const recipe = (ask: string) => ({ '.github/rubrics/set-price.md': slots(ask) });

test('a rubric may say its questions in several languages', async () => {
  const ask = '{ en: Which thing is it?, de: Welches Ding ist es? }';
  const world = await rejected('Die Lampe costs zu viel, das ist nicht gut.', { files: recipe(ask), draft: () => '{' });
  expect(said(world)).toContain('1. Welches Ding ist es?');
  expect(world.seen.prompts.filter((prompt) => prompt.startsWith(texts.ask.text))).toEqual([]);
});

test.each([
  ['{"questions":["Welches Ding ist es, etwa KB-107?"]}', 'Welches Ding ist es, etwa KB-107?'],
  ['{"questions":["Welches Ding ist es?"]}', 'Which of the things is it, such as KB-107?'],
  ['no JSON', 'Which of the things is it, such as KB-107?'],
])(
  'else a model puts them into the language, and where %s is no good they are asked as they stand',
  async (put, words) => {
    const world = await rejected('Die Lampe costs zu viel, das ist nicht gut.', {
      files: recipe('"Which of the things is it, such as KB-107?"'),
      draft: () => '{',
      ask: () => put,
    });
    expect(said(world)).toContain(`1. ${words}`);
  },
);

test('where nothing is left to spend, a question is asked as it stands, and no model is asked to put it', async () => {
  const budget = 'budget: { rejection: { tokens: 2 } }\n';
  const world = await rejected('Die Lampe costs zu viel, das ist nicht gut.', {
    files: { '.github/corrigible.yml': `${configuration}\n${budget}`, ...recipe('Which of the things is it?') },
    draft: () => '{',
    ask: () => '{"questions":["Welches Ding ist es?"]}',
  });
  expect(said(world)).toContain('1. Which of the things is it?');
  expect(world.seen.prompts.filter((prompt) => prompt.startsWith(texts.ask.text))).toEqual([]);
});

test.each([
  ['["Welche?","Warum?"]', 'there are 1'],
  ['["Welche, etwa KB-108?"]', 'KB-107 has to stay as it is'],
  ['["Welche, etwa [KB-107](https://evil.example)?"]', 'one plain line'],
])('a translation of a question is held against it: %s', (questions, problem) => {
  const answer = parseAsk(`{"questions":${questions}}`, ['Which one, such as KB-107?']);
  expect(answer.ok ? [] : answer.problems.join('\n')).toContain(problem);
});

test('no model is asked once the rejection has spent what it may', async () => {
  const budget = 'budget: { rejection: { tokens: 2 } }\n';
  const world = await rejected('The lamp costs 9.', {
    files: { '.github/corrigible.yml': `${configuration}\n${budget}` },
    draft: asks.draft,
  });
  const before = world.seen.prompts.length;
  world.state.issue.body += ' Really.';
  await world.settle();
  expect(world.seen.prompts).toHaveLength(before);
  expect(said(world)).toContain('the budget of this rejection is used up');
});

test('a day whose budget is used up puts the drafts off, and they are made on the next one', async () => {
  const world = smallWorld({
    files: { '.github/corrigible.yml': `${configuration}\nbudget: { day: { tokens: 2 } }\n` },
    draft: asks.draft,
  });
  await world.settle();
  const before = world.seen.prompts.length;
  world.state.issue.body += ' Really, the lamp costs 9.';
  await world.settle();
  expect(world.seen.prompts).toHaveLength(before);
  expect(await world.stageName()).toBe('accepted');
  expect(world.status()).toContain('what this repository may cost on one day (UTC) is used up');
  world.wait(DAY);
  await world.settle();
  expect(world.seen.prompts.length).toBeGreaterThan(before);
});
