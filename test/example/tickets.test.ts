import { expect, test } from 'vitest';
import type { Ticket } from '../../examples/support-pipeline/src/types.ts';
import { drawFrom } from '../../src/cli/demo/draw.ts';
import { rewriteTicket } from '../../src/cli/demo/rewrite-ticket.ts';
import type { Json, Trace } from '../../src/domain/rejection.ts';
import { exampleFiles, ticketsOf, traceOf } from './example.ts';

const files = exampleFiles();
const tickets = ticketsOf(files);

/** What must stay when only names, numbers and synonyms change: everything but values, scores and sentences. */
function structureOf({ steps }: Trace): Json {
  const [classified, extracted, fetched, planned] = steps.map(({ output }) => output) as unknown as readonly [
    { intent: string; language: string; confidence: number },
    { entities: Record<string, Record<string, readonly Json[]>> },
    { articles: readonly { id: string }[] },
    { reply: { id: string }; tools: readonly string[]; reviewed: boolean },
  ];
  const counts = Object.entries(extracted.entities).map(([group, fields]) => [
    group,
    Object.entries(fields).map(([field, values]) => [field, values.length] as const),
  ]) as unknown as Json;
  const articles = fetched.articles.map(({ id }) => id);
  return [{ ...classified }, counts, articles, [planned.reply.id, planned.tools, planned.reviewed]];
}

test('no step knows a ticket: forty tickets rewritten by twenty seeds give traces of the same structure', () => {
  const before = tickets.map((ticket) => structureOf(traceOf(files, ticket)));
  for (let seed = 1; seed <= 20; seed++) {
    const draw = drawFrom(seed);
    for (const [index, ticket] of tickets.entries()) {
      const rewritten = rewriteTicket(ticket, draw) as Ticket;
      expect(rewritten.text, ticket.id).not.toContain(ticket.customer.name);
      expect(structureOf(traceOf(files, rewritten)), `${ticket.id}, seed ${seed}: ${rewritten.text}`).toEqual(
        before[index],
      );
    }
  }
});

test('the sources and rules hold no ticket number, order number, customer or sentence of a ticket', () => {
  const rules = Object.entries(files).filter(([path]) => /^(?:src|config)\//.test(path));
  const text = rules
    .map(([, content]) => content)
    .join('\n')
    .toLowerCase();
  const telling = tickets.flatMap(({ id, text: written, customer }) => [
    id,
    customer.name,
    customer.email,
    ...(written.match(/MW-\d{5}/g) ?? []),
    ...written.split(/[.?!] /).filter((sentence) => sentence.split(' ').length > 3),
  ]);
  expect(telling.filter((words) => text.includes(words.toLowerCase()))).toEqual([]);
});
