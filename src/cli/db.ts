import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { checkStoreOf, moveStore } from '../care-for-store.ts';
import * as say from '../domain/messages/cli-store.ts';
import { refusesToStart } from '../domain/messages/settings.ts';
import { readStoreSettings, type StoreSettings } from '../read-settings.ts';
import { type Print, toTerminal } from './print.ts';

/** Faults that are named one by one. */
const NAMED = 100;

type Env = Readonly<Record<string, string | undefined>>;

/** The settings of the store, or an error with every problem in words. */
export function storeSettings(env: Env): StoreSettings {
  const read = readStoreSettings(env);
  if ('problems' in read) throw new Error(refusesToStart(read.problems));
  return read.settings;
}

/** Verifies the store and prints what was found; true when it is whole. */
export async function runCheck(env: Env, print: Print): Promise<boolean> {
  const checked = await checkStoreOf(storeSettings(env));
  print(say.checked(checked));
  const { broken } = checked;
  for (const one of broken.slice(0, NAMED)) print(say.isBroken(one));
  if (broken.length > NAMED) print(say.moreBroken(broken.length - NAMED));
  print(broken.length === 0 ? say.whole : say.brokenAll(broken.length));
  return broken.length === 0;
}

/** Moves the embedded database to `to`, or else to DATABASE_URL; true when all of it arrived whole. */
export async function runMove(env: Env, to: string | undefined, print: Print): Promise<boolean> {
  const settings = storeSettings(env);
  const url = to ?? settings.databaseUrl;
  if (url === undefined) throw new Error(say.moveWhereto);
  const given = to === undefined ? 'DATABASE_URL' : '--to';
  const { checked, rows, ...moved } = await moveStore(settings, { url, given });
  print(say.checked(checked));
  for (const one of checked.broken.slice(0, NAMED)) print(say.isBroken(one));
  print(say.moved(moved.whereto, rows));
  print(say.keyGoesAlong(settings.dataKey === undefined ? join(resolve(settings.stateDir), 'data-key') : null));
  return checked.broken.length === 0;
}

const check = new Command('check').description('verify every record, key and blob').action(async () => {
  if (!(await runCheck(process.env, toTerminal))) process.exitCode = 1;
});

const move = new Command('move')
  .description('carry the built-in database to a Postgres server, with work in flight')
  .option('--to <url>', 'address of an empty database; without it DATABASE_URL')
  .action(async ({ to }: { readonly to?: string }) => {
    if (!(await runMove(process.env, to, toTerminal))) process.exitCode = 1;
  });

/** Care for the database. Settings come from the environment. */
export const db = new Command('db').addCommand(check).addCommand(move);
