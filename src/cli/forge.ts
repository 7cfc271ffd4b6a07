import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import * as say from '../domain/messages/cli-demo.ts';
import { type Forge, startForge } from '../forge/forge.ts';
import { makeFolders } from '../make-folders.ts';
import { inWords, portNumber } from './port.ts';

const Role = z.enum(['admin', 'maintain', 'write', 'triage', 'read']);

/** What a forge is seeded with. */
export const Seed = z.strictObject({
  users: z.array(z.string()),
  /** Users that can be acted as in the browser, by one-time tokens in the printed addresses. */
  actors: z.array(z.string()),
  repositories: z.record(
    z.string(),
    z.strictObject({ files: z.record(z.string(), z.string()), collaborators: z.record(z.string(), Role) }),
  ),
});
export type Seed = z.infer<typeof Seed>;

/** What another process needs to work with a running forge. Kept in a file that only its owner may read. */
export interface Access {
  readonly url: string;
  readonly app: Forge['app'];
  readonly tokens: Readonly<Record<string, string>>;
  /** One-time addresses that sign a browser in. */
  readonly signIn: Readonly<Record<string, string>>;
}

const signInAt = (running: Forge, login: string): string =>
  `${running.url}/login?token=${running.createLoginToken(login)}`;

async function seedForge(running: Forge, seed: Seed): Promise<Access> {
  const tokens = Object.fromEntries(seed.users.map((login) => [login, running.addUser(login).token]));
  for (const [name, repository] of Object.entries(seed.repositories)) await running.addRepository(name, repository);
  const signIn = Object.fromEntries(seed.actors.map((login) => [login, signInAt(running, login)]));
  return { url: running.url, app: running.app, tokens, signIn };
}

interface Options {
  readonly port: number;
  readonly state: string;
  readonly seed?: string;
  readonly webhook?: string;
}

const emptySeed: Seed = { users: ['alice', 'bob'], actors: ['alice', 'bob'], repositories: {} };

async function readSeed(file: string): Promise<Seed> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(say.noSeed(file));
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(say.badSeed(file, 'it is not JSON'));
  }
  const parsed = Seed.safeParse(json);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join('; ');
  throw new Error(say.badSeed(file, why));
}

function stopWhenTold(starting: Promise<Forge>): void {
  const stop = () =>
    void starting
      .then((running) => running.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Runs the local forge until it is told to stop. */
async function run(options: Options): Promise<void> {
  const root = resolve(options.state);
  const seed = options.seed === undefined ? emptySeed : await readSeed(options.seed);
  makeFolders(root, 0o711);
  const webhook = options.webhook === undefined ? {} : { webhookUrl: options.webhook };
  const starting = startForge({ root, port: options.port, ...webhook });
  stopWhenTold(starting);
  const running = await starting.catch((error: unknown) => {
    throw inWords(error);
  });
  const access = await seedForge(running, seed);
  running.warmUp();
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  // An address works once; without a fresh one, whoever closed the browser would have to begin a new world.
  running.sessions.onUsed((login) => print(say.forgeAsAgain(login, signInAt(running, login))));
  await writeFile(join(root, 'access.json'), JSON.stringify(access, null, 2), { mode: 0o600 });
  print(say.forgeAt(access.url));
  for (const [login, address] of Object.entries(access.signIn)) print(say.forgeAs(login, address));
}

export const forge = new Command('forge')
  .option('--port <n>', 'port on 127.0.0.1; 0 for any', portNumber, 0)
  .option('--state <folder>', 'where its repositories and its state are kept', 'state/forge')
  .option('--seed <file>', 'JSON with users and repositories to begin with')
  .option('--webhook <url>', 'where its webhooks go')
  .action(run);
