import { expect, test } from 'vitest';
import { lateSpec } from '../support/rejections.ts';
import { drafts, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, inWorld, type World, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';

/** Everything of Ottilie Quandt’s that must stay here. */
const own = {
  name: 'Ottilie Quandt',
  first: 'Ottilie',
  last: 'Quandt',
  email: 'ottilie.quandt@privatpost.de',
  phone: '+49 171 2345678',
  national: '0171 2345678',
  iban: 'DE89 3704 0044 0532 0130 00',
  card: '5425 2334 3010 9903',
  birth: '03.04.1981',
  street: 'Kastanienallee 77',
  account: 'KD-88120463',
  secret: 'ghp_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2',
};
const ticket = {
  id: 'T-0901',
  received: '2026-03-17',
  language: 'en',
  subject: `Still waiting, says ${own.name}`,
  text: `Good morning, my floor lamp from MW-48977 still hasn't turned up at ${own.street}. Where is it? Write to ${own.email}
or ring ${own.phone}; ${own.iban} or ${own.card} will do, ${own.account}. I was born ${own.birth}. ${own.secret}
Thanks, ${own.name}`,
  customer: { name: own.name, email: own.email },
  order: { status: 'shipped', recipient: own.name },
};
const rejection = {
  title: `Wrong answer: ${own.name} waits for a lamp`,
  form: {
    Ticket: 'T-0901',
    Step: 'I do not know',
    'What came out': `${own.first.toLowerCase()} (${own.email}) asked where her lamp is and got standard mail. <!-- ${own.national} -->`,
    'What should have come out': `It is about a delivery that is late, says Frau ${own.last.toUpperCase()}, geboren am ${own.birth}, ${own.account}, card ${own.card.replaceAll(' ', '-')}.`,
  },
};
const drafted = { ...lateSpec, quotes: ['([email-1]) asked where her lamp is'] };
const fix = {
  tool: 'edit',
  args: {
    path: 'config/intents.json',
    old: '"delivery",\n        "parcel"',
    new: '"delivery",\n        "turned up",\n        "parcel"',
  },
};
const done = { tool: 'done', args: { summary: 'Added the words.' } };

/** Settles until something is there: where much else runs, work may rest in between. */
async function once<T>(world: World, look: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await world.settled();
  }
}

test('a ticket and a comment that hold every kind of personal data end in a merged fix, and nothing of it leaves', async () => {
  await using model = await scriptedModel([{ json: { change: drafted.change } }, ...drafts(drafted), fix, done]);
  const example = await exampleFiles();
  const script = {
    recorded: true,
    model: { baseUrl: model.baseUrl, apiKey: 'test-key-of-the-model', model: 'scripted' },
    files: {
      [CONFIGURATION]: `${example[CONFIGURATION]}\naccounts: ['\\bKD-\\d{8}\\b']\nagent: { kind: model }\n`,
      'tickets/T-0901.json': JSON.stringify(ticket),
    },
  };
  await inWorld(script, async (world) => {
    const issue = await world.reject(rejection);
    const { body } = await once(world, () => world.specComment(issue).catch(() => undefined));
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await once(world, async () => (await world.status(issue)).includes('**Ready:**'));
    await world.label(issue);
    const { number } = await once<{ number: number }>(world, async () => (await world.pulls())[0]);
    await world.approve(number);
    await once(world, async () => (await world.pull(number)).merged);

    // In the case stand values of nobody, of the same shape; in the quote stands a placeholder.
    expect(body).toMatch(/\(\\\[email-1\\\]\) asked where her lamp is/);
    expect(body).toMatch(/Write to \S+@example\.(?:com|org|net)/);
    expect(body).toMatch(/KD-\d{8}/);
    expect(body).toContain('Hidden text was found in the description and left out');
    // Each way out was recorded: nothing leaks because nothing was looked at.
    const ways = (await world.leaks(['turned up'])).map((leak) => leak.match(/ to (\w+ \w+|log)/)?.[1]);
    expect(new Set(ways)).toEqual(new Set(['client of', 'git blob', 'git commit']));
    expect((await world.sent()).map(({ to }) => to)).toEqual(expect.arrayContaining(['log', 'git refs']));
    expect(model.requests.map(({ raw }) => /\[email-\d|@example\./.test(raw)).slice(0, 2)).toEqual([true, true]);
    expect(await world.leaks(Object.values(own))).toEqual([]);
  });
});
