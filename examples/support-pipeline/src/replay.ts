// Runs a stored ticket through all steps: {"ticket": its number} on stdin, {"steps":[…]} on stdout.
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { runPipeline } from './pipeline.ts';
import { readRules } from './read-rules.ts';
import type { Ticket } from './types.ts';

const { ticket: id } = JSON.parse(await text(process.stdin)) as { ticket: unknown };
const file = new URL(`../tickets/${String(id)}.json`, import.meta.url);
if (typeof id !== 'string' || !/^[A-Z]-\d{4}$/.test(id) || !existsSync(file)) {
  console.error(`There is no ticket ${JSON.stringify(id)}.`);
  process.exit(1);
}
const ticket = JSON.parse(readFileSync(file, 'utf8')) as Ticket;
console.log(JSON.stringify({ steps: runPipeline(ticket, readRules()) }));
