import { expect, test } from 'vitest';
import { texts } from '../../src/domain/prompts/texts.ts';
import { Weather } from '../../src/ports.ts';
import { configuration, goodDraft, rubric } from '../invariants/support/shop.ts';
import { type SmallScript, type SmallWorld, smallWorld } from '../invariants/support/small-world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const settings = (drafts: number) => ({ [CONFIGURATION]: `${configuration}\ntranslation: { drafts: ${drafts} }\n` });
const priced = (price: number) =>
  JSON.stringify({
    ...goodDraft,
    expect: [{ path: '/price', op: 'eq', value: price }],
    expected: `It costs ${price}.`,
  });

/** Which draft a prompt asks for. */
const wayOf = (prompt: string): 'plain' | 'stepwise' | 'easiest' =>
  prompt.includes('go through the pipeline step by step')
    ? 'stepwise'
    : prompt.includes('the easiest first')
      ? 'easiest'
      : 'plain';
const asked = (world: SmallWorld, by: keyof typeof texts) =>
  world.seen.prompts.filter((prompt) => prompt.startsWith(texts[by].text));
const said = (world: SmallWorld) => world.said().join('\n');
const settled = async (script: SmallScript): Promise<SmallWorld> => {
  const world = smallWorld(script);
  await world.settle();
  return world;
};

test('three drafts that agree are a spec, shown with how many they are, and nobody is asked whether to act', async () => {
  const world = await settled({ reading: 1 });
  expect(await world.stageName()).toBe('drafted');
  expect(world.specComment().body).toContain(
    '**Confidence:** 3 of 3 drafts agree on step, kind of change and what has to come out (3 model tokens)',
  );
  expect(asked(world, 'draft').map(wayOf)).toEqual(['plain', 'stepwise', 'easiest']);
  expect(world.seen.prompts).toHaveLength(3);
});

test('the three read the same up to the choices, whose order is drawn for each', async () => {
  const world = await settled({ reading: 1 });
  const [one = '', ...others] = asked(world, 'draft');
  const end = one.indexOf('# The kinds of change to choose from');
  for (const other of others) expect(other.slice(0, end)).toBe(one.slice(0, end));
  expect(end / one.length).toBeGreaterThan(0.9);
});

test.each([
  ['{"is":"act"}', 'drafted', '2 of 3 drafts agree'],
  ['{"is":"decline","reason":"one-off"}', 'declined', 'it asks for an exception, not for a rule'],
  ['{"is":"ask","missing":["expected"]}', 'asked', '- 9\n   - 8\n   - none of these'],
  ['no JSON', 'asked', 'Where did it go wrong?'],
])('two of three are a tie, which the detector breaks: %s', async (detect, stage, words) => {
  const world = await settled({
    detect: () => detect,
    draft: (prompt) => priced(wayOf(prompt) === 'easiest' ? 8 : 9),
  });
  expect(await world.stageName()).toBe(stage);
  expect(said(world)).toContain(words);
});

test('drafts that contradict each other do not agree by one that goes with both', async () => {
  const wanted = { plain: ['ne', 5], stepwise: ['eq', 9], easiest: ['eq', 8] } as const;
  const world = await settled({
    draft: (prompt) => {
      const [op, value] = wanted[wayOf(prompt)];
      return JSON.stringify({
        ...goodDraft,
        expect: [{ path: '/price', op, value }],
        expected: `It is ${op} ${value}.`,
      });
    },
  });
  expect(await world.stageName()).toBe('asked');
  expect(said(world)).toContain('   - It is eq 9.\n   - It is eq 8.\n');
});

test('three drafts of which no two agree are asked about, whatever the detector would say', async () => {
  const prices = { plain: 9, stepwise: 8, easiest: 11 };
  const world = await settled({ draft: (prompt) => priced(prices[wayOf(prompt)]) });
  expect(await world.stageName()).toBe('asked');
  expect(asked(world, 'detect')).toEqual([]);
  expect(said(world)).toContain(
    'What should have come out instead? Name it so that somebody could check it.\n   - 9\n   - 8\n   - 11\n   - none of these, or I do not know',
  );
});

test.each([
  [0, 'drafted', '5 of 5'],
  [1, 'drafted', '4 of 5'],
  [2, 'asked', '   - 9\n   - 8\n'],
])('of five drafts, with %i that differ, it is %s', async (differ, stage, words) => {
  let drafted = 0;
  const world = await settled({ files: settings(5), draft: () => priced(drafted++ < 5 - differ ? 9 : 8) });
  expect(await world.stageName()).toBe(stage);
  expect(said(world)).toContain(words);
  expect(asked(world, 'detect')).toEqual([]);
});

test('one draft has nothing to be compared with, so that the detector is asked first', async () => {
  const world = await settled({ files: settings(1), reading: 1 });
  expect(world.specComment().body).toContain(
    '**Confidence:** one draft, so that nothing was compared (2 model tokens)',
  );
  expect(world.seen.prompts.map((prompt) => prompt.startsWith(texts.detect.text))).toEqual([true, false]);
});

test('words of an exception have the detector asked before anything is drafted', async () => {
  const world = smallWorld({ detect: () => '{"is":"decline","reason":"one-off"}' });
  world.state.issue.body += '\n\nPlease make an exception for this customer.';
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(world.seen.prompts).toHaveLength(1);
});

test('drafts that cannot be read count for none, and all of them for nothing', async () => {
  const two = await settled({ draft: (prompt) => (wayOf(prompt) === 'plain' ? '{' : priced(9)) });
  expect(two.specComment().body).toContain('2 of 3 drafts agree');
  expect(asked(two, 'detect')).toHaveLength(1);
  const none = await settled({ draft: () => '{' });
  expect(await none.stageName()).toBe('asked');
  expect(asked(none, 'draft')).toHaveLength(6);
});

test('drafts that say what is missing are a question, in our words and with theirs to choose from', async () => {
  const world = await settled({ draft: () => '{"is":"ask","missing":"which","choices":["the *lamp*","the vase"]}' });
  expect(said(world)).toContain(
    'You name several faults. Which one matters most?\n   - the \\*lamp\\*\n   - the vase\n',
  );
});

test('drafts that find no kind of change leave it to the detector why, and to people where it knows no reason', async () => {
  const draft = () => '{"is":"none-of-these","because":"x"}';
  const declined = await settled({ draft, detect: () => '{"is":"decline","reason":"operational"}' });
  expect(said(declined)).toContain('it is about something that no step of this pipeline gives');
  expect(await (await settled({ draft })).stageName()).toBe('asked');
});

test('other faults that the rejection names are told in the order of the steps, and none is lost', async () => {
  const named = (step: string, quote: string) => ({ step, quote });
  const further = [named('reply', 'not 5.'), named('nowhere', 'not 5.'), named('price', 'The lamp')];
  const world = await settled({ draft: () => JSON.stringify({ ...goodDraft, further }) });
  expect(world.specComment().body).toContain(
    '**Not in this spec:** the rejection names other faults. Reject each on its own, in this order, when this one is merged: it may settle what comes after it.\n\n- step `price`: “The lamp”\n- step `reply`: “not 5.”\n',
  );
  expect((await settled({})).specComment().body).not.toContain('Not in this spec');
});

const other = rubric.replaceAll('set-price', 'word-reply').replace('\\bcosts\\b', '\\bnobody says this\\b');
const twoKinds: SmallScript['files'] = {
  [CONFIGURATION]: `${configuration}  word-reply: { step: reply, paths: [rules/reply.json] }\n`,
  '.github/rubrics/word-reply.md': other.replace('Prose.', 'Words of replies.'),
};

test('only the body of the rubric that is chosen is shown, and only its files', async () => {
  const world = await settled({ files: twoKinds });
  for (const prompt of asked(world, 'draft')) {
    expect(prompt).toContain('> Prose.');
    expect(prompt).not.toContain('Words of replies.');
    expect(prompt).toContain('- word-reply (step reply)');
  }
  expect(asked(world, 'route')).toEqual([]);
});

test('what a rubric refers to is shown where it is chosen, and nowhere else', async () => {
  const text = other
    .replace('Prose.', 'Words of replies.')
    .replace('change: word-reply', 'change: word-reply\nreferences: [tone.md]');
  const files = { ...twoKinds, '.github/rubrics/word-reply.md': text };
  const tone = {
    '.github/rubrics/references/tone.md': `Replies are short. Ask Nora Quill.${' So it is.'.repeat(500)}`,
  };
  const first = await settled({ files: { ...files, ...tone } });
  expect(asked(first, 'draft').join('\n')).not.toContain('Replies are short.');
  const draft = (prompt: string) =>
    prompt.includes('> Prose.') ? '{"is":"other-kind","change":"word-reply"}' : '{"is":"none-of-these","because":"x"}';
  const second = await settled({ files: { ...files, ...tone }, draft });
  const [shown = ''] = asked(second, 'draft').slice(3);
  expect(shown).toContain(
    '# What it refers to: .github/rubrics/references/tone.md\n> Replies are short. Ask [name-1].',
  );
  expect(shown).toMatch(/> \[\d+ more characters left out\]\n\n# The files that may be changed/);
  const missing = await settled({ files });
  expect(said(missing)).toContain(
    'It refers to .github/rubrics/references/tone.md, which is not there. Add that file, or take its name out of “references”.',
  );
});

test('drafts that agree on another kind are made again by its rubric, once', async () => {
  const reply = {
    ...goodDraft,
    step: 'reply',
    change: 'word-reply',
    files: ['rules/reply.json'],
    expect: [{ path: '/text', op: 'eq', value: 'It is 5' }],
    guards: [],
    holdOuts: [],
  };
  const world = await settled({
    files: twoKinds,
    draft: (prompt) =>
      prompt.includes('> Prose.') ? '{"is":"other-kind","change":"word-reply"}' : JSON.stringify(reply),
  });
  expect(world.specComment().body).toContain('by the rubric `word-reply`');
  expect(asked(world, 'draft')).toHaveLength(6);
  for (const prompt of asked(world, 'draft').slice(3)) expect(prompt).toContain('Words of replies.');
});

test('where the signs of no rubric show, one is chosen by what stands above them, and none may be', async () => {
  const body = '### Ticket\n\nT-1\n\n### What should have come out\n\nThe lamp is 9, not 5.';
  const quiet = { ...goodDraft, quotes: ['The lamp is 9'] };
  const chosen = smallWorld({ files: twoKinds, draft: () => JSON.stringify(quiet) });
  chosen.state.issue.body = body;
  await chosen.settle();
  expect(asked(chosen, 'route')).toHaveLength(1);
  expect(asked(chosen, 'route')[0]).not.toContain('Prose.');
  expect(await chosen.stageName()).toBe('drafted');
  const none = smallWorld({ files: twoKinds, route: () => '{"change":"none of these"}' });
  none.state.issue.body = body;
  await none.settle();
  expect(await none.stageName()).toBe('asked');
  expect(asked(none, 'draft')).toEqual([]);
});

test('a rubric that is edited on the default branch changes the next draft, in the same process', async () => {
  const world = await settled({ draft: () => '{"is":"ask","missing":"expected","choices":["9","8"]}' });
  await world.push('main', { '.github/rubrics/set-price.md': rubric.replace('Prose.', 'Prices end in nine.') });
  world.comment('/retry', 'rita');
  await world.settle();
  const [before, after] = [asked(world, 'draft')[0], asked(world, 'draft').at(-1)];
  expect(before).not.toContain('Prices end in nine.');
  expect(after).toContain('> Prices end in nine.');
});

test('a draft reads as much beside 200 rubrics as beside 20, and little more than beside 5', async () => {
  const lengthWith = async (count: number): Promise<number> => {
    const kinds = Array.from({ length: count - 1 }, (_, at) => `other-${at + 100}`);
    const changes = kinds.map((kind) => `  ${kind}: { step: reply, paths: [rules/reply.json] }\n`).join('');
    const rubrics = kinds.map((kind) => [`.github/rubrics/${kind}.md`, other.replaceAll('word-reply', kind)]);
    const world = await settled({
      files: { [CONFIGURATION]: configuration + changes, ...Object.fromEntries(rubrics) },
    });
    return Math.max(...asked(world, 'draft').map((prompt) => prompt.length));
  };
  const [five, twenty, many] = [await lengthWith(5), await lengthWith(20), await lengthWith(200)];
  expect(many).toBe(twenty);
  expect(many - five).toBeLessThan(7 * 60);
});

test('a process that ends among the drafts asks again only for those that had no answer', async () => {
  let down = true;
  const world = smallWorld({
    draft: (prompt) => {
      if (wayOf(prompt) === 'easiest' && down) throw new Weather('down');
      return JSON.stringify(goodDraft);
    },
  });
  await expect(world.settle()).rejects.toThrow('down');
  down = false;
  await world.settle();
  expect(asked(world, 'draft').map(wayOf)).toEqual(['plain', 'stepwise', 'easiest', 'easiest']);
  expect(world.specComment().body).toContain('3 of 3 drafts agree');
  const spent = (await world.facts()).filter(({ kind }) => kind === 'model-asked');
  expect(spent).toHaveLength(3);
});

test('whoever asks for another draft gets no answer that was given before', async () => {
  const world = await settled({ draft: () => '{' });
  world.comment('/retry', 'rita');
  await world.settle();
  expect(asked(world, 'draft')).toHaveLength(12);
});
