import { Command } from 'commander';
import { type App, type Role, startApp } from '../app.ts';
import { cutOff, listening, refusesToStart } from '../domain/messages/settings.ts';
import { readSettings } from '../read-settings.ts';
import { inWords } from './port.ts';

/** An end in order takes half of that at most; a database that does not answer would hold it up for ever. */
const END_MS = 20_000;
/** Ctrl-C reaches a whole group, and whoever started us may hand it on: so soon after the first it is no second one. */
const SAME_MS = 500;

/** What a signal to stop does, from now on: an end in order within a limit, and at once when told a second time. */
function stopWhenTold(starting: Promise<App>, told: AbortController): void {
  let first = 0;
  const cut = () => {
    process.stderr.write(`${cutOff}\n`);
    process.exit(1);
  };
  const stop = () => {
    if (told.signal.aborted) return performance.now() - first < SAME_MS ? undefined : cut();
    first = performance.now();
    // While it starts, too: what was begun by then, such as a database, is ended in order.
    told.abort();
    setTimeout(cut, END_MS).unref();
    starting
      .then((app) => app.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => process.exit(error === told.signal.reason ? 0 : 1),
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Runs the app, or a part of it, until it is told to stop. Settings come from the environment. */
async function serveAs(role: Role): Promise<void> {
  const read = readSettings(process.env);
  if ('problems' in read) throw new Error(refusesToStart(read.problems));
  const told = new AbortController();
  const onLog = (line: string) => process.stderr.write(line);
  const starting = startApp(read.settings, { role, signal: told.signal, onLog });
  stopWhenTold(starting, told);
  try {
    const app = await starting;
    if (!told.signal.aborted) process.stdout.write(`${listening(role, app.url)}\n`);
  } catch (error) {
    if (error !== told.signal.reason) throw inWords(error, read.settings.host);
  }
}

export const serve = new Command('serve').action(() => serveAs('all'));
export const web = new Command('web').action(() => serveAs('web'));
export const worker = new Command('worker').action(() => serveAs('worker'));
