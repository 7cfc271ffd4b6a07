import { Command } from 'commander';
import { type Role, startApp } from '../app.ts';
import { listening, refusesToStart } from '../domain/messages/settings.ts';
import { readSettings } from '../read-settings.ts';
import { inWords } from './port.ts';

/** Runs the app, or a part of it, until it is told to stop. Settings come from the environment. */
async function serveAs(role: Role): Promise<void> {
  const read = readSettings(process.env);
  if ('problems' in read) throw new Error(refusesToStart(read.problems));
  const starting = startApp(read.settings, { role, onLog: (line) => process.stderr.write(line) });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    // While it starts, too: what was begun by then, such as a database, is ended in order.
    starting
      .then((app) => app.stop())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const app = await starting.catch((error: unknown) => {
    throw inWords(error);
  });
  process.stdout.write(`${listening(role, app.url)}\n`);
}

export const serve = new Command('serve').action(() => serveAs('all'));
export const web = new Command('web').action(() => serveAs('web'));
export const worker = new Command('worker').action(() => serveAs('worker'));
