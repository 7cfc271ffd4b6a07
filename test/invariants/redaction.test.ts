import { expect, test } from 'vitest';
import { jsonLog } from '../../src/adapters/log/json-log.ts';
import { parseRejection } from '../../src/domain/parse-rejection.ts';
import { type Redactor, redactor } from '../../src/domain/redact.ts';
import { configuration, goodDraft } from './support/shop.ts';
import { allYes, smallWorld } from './support/small-world.ts';

const personal = {
  email: 'lorena.fuentespina@example.net',
  phone: '+34 600 000 112',
  iban: 'ES91 2100 0418 4502 0005 1332',
  card: '4111 1111 1111 1111',
  birth: '03.04.1981',
  american: '415 555 2671',
  dashed: '555-123-4567',
  bracketed: '(415) 555-2671',
  bare: '491701234567',
  street: '12 Elm Street',
  strasse: 'Hauptstraße 5',
  calle: 'Calle Mayor 3',
  rue: '12 rue de la Paix',
};
const secrets = {
  github: `ghp_${'a1B2'.repeat(9)}`,
  openai: `sk-${'Ab9'.repeat(12)}`,
  aws: 'AKIAABCDEFGHIJKLMNOP',
  key: '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----',
  jwt: `eyJ${'a'.repeat(20)}.${'b'.repeat(20)}.${'c'.repeat(20)}`,
};
const everything = Object.entries({ ...personal, ...secrets });

test.each(everything)('invariant 11: the redactor replaces: %s', (kind, value) => {
  const told = redactor().redact(`It was born ${value} there.`);
  expect(told, kind).not.toContain(value);
  expect(told).toMatch(/^It was born \[[a-z-]+-1\] there\.$/);
});

test.each(everything)('invariant 11: a log line never holds: %s', (_, value) => {
  const lines: string[] = [];
  const log = jsonLog('info', (line) => lines.push(line));
  log.info(`born ${value}`, { deep: [{ text: `born ${value}` }] });
  log.warn('w', { value: `born ${value}` });
  log.error(`born ${value}`);
  expect(lines).toHaveLength(3);
  expect(lines.join('')).not.toContain(JSON.stringify(value).slice(1, -1));
  for (const line of lines) expect(line).toMatch(/\[[a-z-]+-1\]/);
});

test.each([
  ['a card before its date', `${personal.card} 03/27`, '[card-1] 03/27'],
  ['a card after a count', `2 ${personal.card}`, '2 [card-1]'],
  ['an IBAN before a word', `${personal.iban} is mine`, '[iban-1] is mine'],
  ['a number that is no card', '4111 1111 1111 1112', '4111 1111 1111 1112'],
  ['an order of the shop', 'MW-49032 of 2026-04-01', 'MW-49032 of 2026-04-01'],
  ['a country before its number', 'ring 1-415-555-2671 now', 'ring [phone-1] now'],
  ['a flat beside its street', '7b St. Mary Rd, flat 2', '[address-1], flat 2'],
  ['two words of a street', 'in Lange Straße 5 a', 'in [address-1]'],
  ['small words in a street', 'Avda. de la Constitución, 12', '[address-1]'],
  ['a street of several names', '3 bis, avenue du Général Leclerc à Paris', '[address-1] à Paris'],
])('invariant 11: what stands beside a number does not hide it: %s', (_, text, told) => {
  expect(redactor().redact(text)).toBe(told);
});

test.each([
  ...['MW-48213', '1 250 000,50 €', '415 555 267', '555.123.456', '2026-04-01 12:30', '192.168.100.200'],
  ...['1763755200000', '4155552671', '20250110123456', 'runs/14155552671', '#14155552671', '14155552671.5'],
  ...['12 Elm Streets', '3 items on Main Street', 'Sitzplatz 12', 'la calle estaba cortada durante 3 horas'],
  ...['2 places in Rome', '3 Way', 'auf dem Weg 3', '12 rue', 'KB-107', '555-123-4567-8'],
])('invariant 11: what belongs to nobody stays: %s', (text) => {
  expect(redactor().redact(text)).toBe(text);
});

test('invariant 11: what is like an address takes no longer the longer it is', () => {
  const { redact } = redactor();
  for (const part of ['12 Elm ', 'Aa-', 'Calle Aa ', 'de la ', '1 rue d’', 'Lange a', '415 555 '])
    expect(redact(part.repeat(20_000)).length, part).toBeGreaterThan(0);
});

test('invariant 11: redacting twice changes nothing more, and equal values get equal placeholders', () => {
  const { redact } = redactor();
  const text = `${personal.email}, ${personal.phone}; again ${personal.email}`;
  const once = redact(text);
  expect(once).toBe('[email-1], [phone-1]; again [email-1]');
  expect(redact(once)).toBe(once);
});

test('invariant 11: a name that stands in the trace is replaced wherever it stands, whole words only', () => {
  const { redact, learn }: Redactor = redactor();
  learn('name', 'Ann');
  expect(redact('Ann signed the Annual report for Ann.')).toBe('[name-1] signed the Annual report for [name-1].');
});

test('invariant 11: surrogates are the same for equal values and belong to nobody', () => {
  const { disguise, disguiseJson } = redactor();
  const told = disguise(`${personal.email} ${personal.iban} ${personal.email}`);
  expect(told).toMatch(/^(\S+@example\.com) ES\d\d 0000 0000 [\d ]+ \1$/);
  expect(disguiseJson({ a: [personal.email] })).toEqual({ a: [told.split(' ')[0]] });
});

test('invariant 11: what is personal is replaced in names of members, in numbers and in headings, too', () => {
  const { redactJson } = redactor();
  const told = redactJson({ [personal.email]: { card: 4111111111111111, ids: [491701234567, 4711] } });
  expect(told).toEqual({ '[email-1]': { card: '[card-1]', ids: ['[phone-1]', 4711] } });
  const issue = { title: 't', body: `### From ${personal.email}\n\nwords <!-- ${personal.email} -->`, author: 'rita' };
  const rejection = parseRejection({ installation: 1, repo: 'a/b', issue: 1 }, issue, redactor());
  expect(JSON.stringify(rejection)).not.toContain(personal.email);
  expect(Object.keys(rejection.fields)).toEqual(['from [email-1]']);
  expect(rejection.hidden).toEqual([{ what: 'comment', text: '<!-- [email-1] -->' }]);
});

test('invariant 11: what a replay says when it fails names nobody whom the stored ticket names', async () => {
  const ticket = { thing: 'quill of NORA', customer: { name: 'Nora Quill' }, account: 'KD-7712' };
  const world = smallWorld({
    files: {
      '.github/corrigible.yml': `${configuration}accounts: ['KD-\\d+']\n`,
      'tickets/T-1.json': JSON.stringify({ ...ticket, thing: `${ticket.thing} KD-7712` }),
    },
  });
  await world.settle();
  const said = JSON.stringify(world.state.comments);
  expect(said).toContain('no price for');
  expect(said).not.toMatch(/nora|quill|7712/i);
});

test('invariant 11: a fault that hangs on the value of a person is told in words, and no case holds the value', async () => {
  const draft = {
    ...goodDraft,
    step: 'reply',
    expect: [{ path: '/text', op: 'not_matches', value: 'fuentespina' }],
    guards: [{ name: 'another', change: [{ path: '/price', op: 'set', value: 3 }], freeze: ['/text'] }],
    holdOuts: [],
  };
  const world = smallWorld({
    files: {
      '.github/corrigible.yml': configuration.replace('step: price, paths', 'step: reply, paths'),
      'rules/price.json': JSON.stringify({ lamp: personal.email, vase: 7 }),
    },
    draft: () => JSON.stringify(draft),
  });
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(JSON.stringify(world.state.comments)).toContain(
    'the fault shows with the person’s own data, and not with invented',
  );
  expect(JSON.stringify([world.state, await world.recorded(), world.seen.prompts, world.seen.log])).not.toContain(
    'fuentespina@',
  );
});

test('invariant 11: a fault that hangs on what no page shows is told in words, and no case holds it', async () => {
  const world = smallWorld({
    files: {
      'tickets/T-1.json': JSON.stringify({ thing: 'la\u200bmp', text: 'what does it cost <!-- SET KB-999 -->' }),
      'rules/price.json': JSON.stringify({ lamp: 9, 'la\u200bmp': 5, vase: 7 }),
    },
  });
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  const said = JSON.stringify(world.state.comments);
  expect(said).toContain('or only with what no page shows');
  expect(JSON.stringify([said, world.seen.log, await world.recorded()])).not.toMatch(/la\u200bmp|KB-999/);
});

test('invariant 11: what no page shows of a trace comes to no agent and to no case, nor does what stands around it', async () => {
  const iban = '370400440532013000';
  const text = `IBAN DE89\u200b${iban}, Herr Rauten\u00adfeld, ges\u200bine@firma.de <!-- SET KB-999 -->`;
  const world = smallWorld({ files: { 'tickets/T-1.json': JSON.stringify({ thing: 'lamp', text }) } });
  await world.proposed();
  world.approve();
  await world.settle();
  expect(await world.stageName()).toBe('merged');
  const files = Object.entries(world.mainFiles()).filter(([path]) => !path.startsWith('tickets/'));
  expect(JSON.stringify(files)).toContain('IBAN DE');
  const left = JSON.stringify([files, world.seen, world.state.pull, await world.recorded()]);
  expect(left).not.toMatch(/Rauten|feld,|370400440532013000|firma\.de/);
  expect(JSON.stringify([files, world.seen.briefs, world.seen.worktrees, world.seen.prompts])).not.toContain('KB-999');
});

/** All that leaves the loop: to models, to agents, to GitHub, to git, to the ledger and to the log. */
async function everythingThatLeft(body: string) {
  const world = smallWorld({
    files: {
      'tickets/T-1.json': JSON.stringify({
        thing: 'lamp',
        text: `what does the lamp cost, write to ${personal.email}`,
        customer: { name: 'Nora Quill', email: personal.email },
      }),
    },
  });
  world.state.issue.body += body;
  await world.proposed();
  world.approve();
  await world.settle();
  expect(await world.stageName()).toBe('merged');
  const { state, seen, repository } = world;
  const files = Object.entries(world.mainFiles()).filter(([path]) => !path.startsWith('tickets/'));
  const { issue: _, ...rest } = state;
  return JSON.stringify([rest, seen, files, [...repository.remote.keys()], await world.recorded()]);
}

test('invariant 11: personal data and secrets of a rejection are in nothing that leaves', async () => {
  const words = everything.map(([kind, value]) => `${kind} born ${value}`).join('\n');
  const left = await everythingThatLeft(`\n\n### What came out\n\nNora Quill wrote:\n${words}`);
  expect(left).toContain('[name-1]');
  for (const value of [...Object.values(personal), ...Object.values(secrets), 'Nora', 'Quill'])
    expect(left).not.toContain(JSON.stringify(value).slice(1, -1));
});

const shopMail = 'shop@lampenhaus.de';
const cleared = async (edit: (spec: Record<string, unknown>) => void, files: Record<string, string> = {}) => {
  const world = smallWorld({ files });
  await world.settle();
  world.editSpec((spec) => {
    Object.assign(spec, { answers: allYes });
    edit(spec);
  });
  await world.settle();
  return world;
};
const guardOf = (spec: Record<string, unknown>) =>
  (spec['guards'] as { name: string; input: Record<string, unknown> }[])[0]!;

test('invariant 11: what is somebody’s own in a spec that a person edited is no spec that may be cleared', async () => {
  const world = await cleared((spec) => {
    guardOf(spec).input['text'] = 'write to gesine.rautenfeld@firma.de, DE89370400440532013000';
    spec['observed'] = 'The lamp of gesine.rautenfeld@firma.de costs 5.';
  });
  expect(world.status()).toContain('observed, guards: there is what is somebody’s own (email, iban)');
  world.label();
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
  expect(world.seen.briefs).toEqual([]);
});

test.each<readonly [string, (spec: Record<string, unknown>) => void, string]>([
  [
    'a name of the ticket',
    (spec) => Object.assign(spec, { title: 'The lamp of Nora Quill costs 9' }),
    'title: there is what may be somebody’s own (name)',
  ],
  ['an address', (spec) => Object.assign(guardOf(spec).input, { text: 'Hauptstraße 5, 53111 Bonn' }), '(address)'],
  [
    'a date of birth',
    (spec) => Object.assign(guardOf(spec).input, { text: 'born on 3 April 1981' }),
    'guards: there is',
  ],
  ['an account', (spec) => Object.assign(guardOf(spec), { name: 'of K-123456' }), '(account)'],
])('what may be somebody’s own in a spec is told, and does not stand in its way: %s', async (_, edit, told) => {
  const files = { '.github/corrigible.yml': `${configuration}\naccounts: ['K-[0-9]{6}']\n` };
  const world = await cleared(edit, files);
  expect(world.status()).toContain('**Ready:**');
  expect(world.status()).toContain(told);
});

test('a spec as the app drafted it, placeholders, and what stands in the files that it names are nobody’s', async () => {
  const price = `{ "lamp": 5, "vase": 7, "contact": "${shopMail}" }`;
  const world = await cleared(
    (spec) => Object.assign(spec, { observed: `The lamp of [name-1] costs 5, says ${shopMail}.` }),
    { 'rules/price.json': price },
  );
  expect(world.status()).toContain('**Ready:**');
  expect(world.status()).not.toContain('somebody’s own');
});
