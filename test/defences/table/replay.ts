import type { Defence } from '../defence.ts';

export const replay: readonly Defence[] = [
  {
    name: 'a comment is looked for after a crash',
    invariant: 8,
    file: 'src/write-once.ts',
    find: 'const look = standing.intents.includes(name);',
    replace: 'const look = standing.intents.length < 0;',
    test: 'test/invariants/replay.test.ts',
    fails: ['invariant 8: a process that is killed at any call loses nothing and doubles nothing'],
  },
  {
    name: 'a merge is known from the facts',
    invariant: 8,
    file: 'src/domain/take-notes.ts',
    find: 'notes.merged = fact;',
    replace: 'notes.merged = undefined;',
    test: 'test/invariants/replay.test.ts',
    fails: [
      'invariant 8: a process that is killed at any call loses nothing and doubles nothing',
      'invariant 8: further advances at any stage change nothing',
      'invariant 8: the standing follows from the facts alone, for every prefix of them',
      'invariant 8: two advances at once do the work of one',
    ],
  },
  {
    name: 'facts are appended after what was read',
    invariant: 8,
    file: 'src/cli/try/memory-ledger.ts',
    find: 'if ((known.at(-1)?.seq ?? 0) !== after) return false;',
    replace: '',
    test: 'test/invariants/replay.test.ts',
    fails: ['invariant 8: facts are appended after what was read, or not at all'],
  },
  {
    name: 'a delivery is stored once',
    invariant: 8,
    file: 'src/adapters/postgres/deliveries.ts',
    find: "resolve(fresh.delete(delivery.guid) ? 'new' : 'known');",
    replace: "resolve('new');",
    test: 'test/postgres/deliveries.test.ts',
    fails: [
      'one GUID is one delivery, however often and however much at once it comes',
      'a body that was deleted by age leaves the delivery known',
    ],
  },
  {
    name: 'every reason has its sentence',
    invariant: 9,
    file: 'src/domain/messages/people.ts',
    find: "  'label-removed': () =>",
    replace: "  'label-gone': () =>",
    test: 'test/invariants/words.test.ts',
    fails: [
      'invariant 9: every reason that the sources can give has its sentence',
      'invariant 9: an attempt that ends says why and what to do: the label was taken off',
    ],
  },
  {
    name: 'quoted words mention nobody',
    invariant: 9,
    file: 'src/domain/messages/people.ts',
    find: ".replace(/@(?=[\\w-])/g, '@\\u2060')",
    replace: '',
    test: 'test/invariants/words.test.ts',
    fails: [
      'invariant 9: what a detail quotes cannot mention people, end its markup or link',
      /^invariant 9: nor are a program’s words.*@everyone/,
    ],
  },
];
