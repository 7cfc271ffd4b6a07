import { Command } from 'commander';
import { pauseStore, resumeStore } from '../care-for-store.ts';
import * as say from '../domain/messages/cli-store.ts';
import { storeSettings } from './db.ts';
import { type Print, toTerminal } from './print.ts';

type Env = Readonly<Record<string, string | undefined>>;

interface Said {
  readonly by: string;
  readonly because: string;
}

/** Longest text that is kept. */
const MOST = 200;

/** One line: it is shown by probes and at terminals. */
const plain = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
    .slice(0, MOST);

/** Pauses everything and prints what came of it; true when nothing runs any more. */
export async function runPause(env: Env, { by, because }: Said, print: Print): Promise<boolean> {
  const pausing = await pauseStore(storeSettings(env), { by: plain(by) || 'the operator', because: plain(because) });
  print(say.paused(pausing.paused, pausing.already));
  if (pausing.running > 0) print(say.stillRunning(pausing.running));
  return pausing.running === 0;
}

/** Lets everything go on. */
export async function runResume(env: Env, print: Print): Promise<void> {
  print(say.resumed(await resumeStore(storeSettings(env))));
}

export const pause = new Command('pause')
  .option('--because <text>', 'why, as it is shown to whoever looks', '')
  .option('--by <who>', 'who pauses it', 'the operator')
  .action(async (said: Said) => {
    if (!(await runPause(process.env, said, toTerminal))) process.exitCode = 1;
  });

export const resume = new Command('resume').action(() => runResume(process.env, toTerminal));
