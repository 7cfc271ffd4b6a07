import { Command } from 'commander';
import type { Records } from '../compose.ts';
import { lasting } from '../domain/messages/overview.ts';
import { story as say } from '../domain/messages/why.ts';
import { tellStory } from '../domain/tell-story.ts';
import { type Print, toTerminal } from './print.ts';
import { withRecords } from './status.ts';

interface Options {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** Prints the story of one rejection; false when nothing is known of it. */
export async function runWhy(records: Records, rejection: string, options: Options, print: Print): Promise<boolean> {
  if (!/^[\w.-]+\/[\w.-]+#\d{1,9}$/.test(rejection)) throw new Error(say.badKey(rejection));
  const story = tellStory(await records.ledger.read(rejection), options.all ?? false);
  if (story === null) {
    print(options.json ? JSON.stringify({ rejection, known: false }) : say.unknown(rejection));
    return false;
  }
  if (options.json) {
    print(JSON.stringify({ rejection, known: true, ...story }, null, 2));
    return true;
  }
  print(`${rejection}\n`);
  for (const { at, sentence } of story.events) print(say.line(at, sentence));
  print(`\n${say.stands(story.stage, story.since, lasting(Date.now() - Date.parse(story.since)))}`);
  for (const line of story.now) print(line);
  return true;
}

export const why = new Command('why')
  .argument('<rejection>', 'owner/name#7')
  .option('--json', 'for programs')
  .option('--all', 'with the bookkeeping of each write')
  .action((rejection: string, options: Options) =>
    withRecords(process.env, async (records) => {
      if (!(await runWhy(records, rejection, options, toTerminal))) process.exitCode = 1;
    }),
  );
