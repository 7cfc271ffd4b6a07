import { Command } from 'commander';
import { forgetIn } from '../care-for-store.ts';
import * as say from '../domain/messages/cli-store.ts';
import { storeSettings } from './db.ts';
import { type Print, toTerminal } from './print.ts';

type Env = Readonly<Record<string, string | undefined>>;

interface Asked {
  readonly also: readonly string[];
  readonly by: string;
}

/** Forgets a rejection, searches for what is left, and prints both; true when something was known of it and nothing is left. */
export async function runForget(env: Env, rejection: string, { also, by }: Asked, print: Print): Promise<boolean> {
  if (!/^[\w.-]+\/[\w.-]+#[1-9]\d*$/.test(rejection)) throw new Error(say.notARejection(rejection));
  const { known, searched, texts, onGithub, split, ...deleted } = await forgetIn(storeSettings(env), rejection, {
    by,
    also,
  });
  print(known ? say.forgotten(deleted.rejection, deleted) : say.neverKnown(rejection));
  print(say.searchedFor(texts, searched));
  for (const one of searched.left) print(say.leftAt(one));
  print(searched.left.length === 0 ? say.nothingLeft : say.leftOver);
  print(say.notSearched);
  if (known) print(say.onGithub(onGithub));
  if (split !== null && split.others.length > 0) for (const line of say.splitToo(rejection, split)) print(line);
  return known && searched.left.length === 0;
}

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];

export const forget = new Command('forget')
  .argument('<rejection>', 'owner/name#12')
  .option('--also <text>', 'search for this, too; may be given several times', collect, [])
  .option('--by <who>', 'who asked for it, as it is recorded', 'the operator')
  .action(async (rejection: string, asked: Asked) => {
    if (!(await runForget(process.env, rejection, asked, toTerminal))) process.exitCode = 1;
  });
