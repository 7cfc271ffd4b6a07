// Runs stored tickets through all steps: one {"id","input":{"ticket"}} per line in, one {"id","output":{"steps"}} per line out.
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { runPipeline } from './pipeline.ts';
import { readRules } from './read-rules.ts';
import type { Rules } from './rules.ts';
import type { Ticket } from './types.ts';

function answer(line: string, rules: Rules): object {
  const { id, input } = JSON.parse(line) as { id: string; input: { ticket: unknown } };
  const { ticket } = input;
  const file = new URL(`../tickets/${String(ticket)}.json`, import.meta.url);
  if (typeof ticket !== 'string' || !/^[A-Z]-\d{4}$/.test(ticket) || !existsSync(file))
    return { id, error: `There is no ticket ${JSON.stringify(ticket)}.` };
  try {
    return { id, output: { steps: runPipeline(JSON.parse(readFileSync(file, 'utf8')) as Ticket, rules) } };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

const rules = readRules();
for await (const line of createInterface({ input: process.stdin }))
  if (line.trim() !== '') console.log(JSON.stringify(answer(line, rules)));
