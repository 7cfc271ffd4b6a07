import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChatMessage } from '../../src/domain/chat.ts';
import {
  asking,
  isFull,
  KEPT_HEAD,
  shortened,
  sizeOf,
  squeezed,
  summed,
  tailOf,
} from '../../src/domain/prompts/compact-chat.ts';

const head: readonly ChatMessage[] = [
  { role: 'system', text: 'system' },
  { role: 'user', text: 'the task' },
];
/** One answer of the model with its calls, answered, and perhaps words to it. */
const turn = fc
  .record({ calls: fc.integer({ min: 0, max: 3 }), size: fc.nat({ max: 4000 }), nudged: fc.boolean() })
  .map(({ calls, size, nudged }): readonly ChatMessage[] => {
    const made = Array.from({ length: calls }, (_, at) => ({ id: `call_${at}`, name: 'read', arguments: '{}' }));
    const answers = made.map(({ id }): ChatMessage => ({ role: 'tool', call: id, text: 'x'.repeat(size) }));
    const words: readonly ChatMessage[] = nudged || calls === 0 ? [{ role: 'user', text: 'Go on.' }] : [];
    return [{ role: 'assistant', text: 'I look.', calls: made }, ...answers, ...words];
  });
const conversation = fc.array(turn, { maxLength: 12 }).map((turns) => [...head, ...turns.flat()]);
const context = fc.integer({ min: 300, max: 20_000 });

/** Whether each answer stands right behind the calls that it answers, and each call is answered. */
function isWhole(messages: readonly ChatMessage[]): boolean {
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      if (open.shift() !== message.call) return false;
    } else {
      if (open.length > 0) return false;
      if (message.role === 'assistant') open = message.calls.map(({ id }) => id);
    }
  }
  return open.length === 0;
}

test('whatever is cut, calls keep their answers, and system and task stay', () => {
  fc.assert(
    fc.property(conversation, context, (messages, tokens) => {
      const tail = tailOf(messages, tokens);
      const made = [
        shortened(messages, tail),
        squeezed(messages, tokens),
        asking(messages, tail, 'Sum it up.'),
        summed(messages, tail, 'What I did.'),
      ];
      for (const one of made) {
        expect(isWhole(one)).toBe(true);
        if (tail > KEPT_HEAD) expect(one.slice(0, KEPT_HEAD)).toEqual(head);
      }
    }),
  );
});

test('no two messages of a person’s side meet through what is put between', () => {
  fc.assert(
    fc.property(conversation, context, (messages, tokens) => {
      const tail = tailOf(messages, tokens);
      const after = summed(messages, tail, 'What I did.')
        .slice(0, KEPT_HEAD + 3)
        .map(({ role }) => role);
      expect(after.slice(0, 4)).toEqual(['system', 'user', 'assistant', 'user']);
      expect(after[4] ?? 'assistant').toBe('assistant');
      expect(asking(messages, tail, 'Sum it up.').at(-2)?.role).not.toBe('user');
    }),
  );
});

test('the last turn stays word for word, however long it is', () => {
  const answer: ChatMessage = { role: 'tool', call: 'b', text: 'y'.repeat(9000) };
  const messages: readonly ChatMessage[] = [
    ...head,
    { role: 'assistant', text: '', calls: [{ id: 'a', name: 'read', arguments: '{}' }] },
    { role: 'tool', call: 'a', text: 'x'.repeat(9000) },
    { role: 'assistant', text: '', calls: [{ id: 'b', name: 'read', arguments: '{}' }] },
    answer,
  ];
  const tail = tailOf(messages, 1000);
  expect(tail).toBe(4);
  const cut = shortened(messages, tail);
  expect(cut.at(-1)).toEqual(answer);
  expect(cut[3]?.text).toMatch(
    /^x{300}\n\[8400 characters were taken away; call the tool again to see them\]\nx{300}$/,
  );
});

test('what even the last turn makes too long is squeezed until it fits', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      expect(isFull(sizeOf(squeezed(messages, 6000), 0, 0), 6000)).toBe(false);
    }),
  );
});

test('a server that counts too little is not believed, one that counts more is', () => {
  const messages: readonly ChatMessage[] = [...head, { role: 'user', text: 'x'.repeat(4000) }];
  expect(sizeOf(messages, 1, 3)).toBeGreaterThan(1000);
  expect(sizeOf(messages, 5000, 3)).toBe(5000);
  expect(sizeOf([...messages, { role: 'user', text: 'x'.repeat(300) }], 5000, 3)).toBe(5100);
});
