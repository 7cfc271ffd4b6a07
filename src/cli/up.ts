import { Command } from 'commander';
import * as say from '../domain/messages/cli-demo.ts';
import { drawStories } from './demo/grammar.ts';
import { startTwo } from './demo/processes.ts';
import { seedOf } from './demo.ts';

/** The model's settings go on to the app, where they are set; nothing else of this process's environment does. */
const modelEnvironment = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL'].flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );

/** Brings up the demo's world and keeps it up until it is told to stop. */
async function run({ port }: { readonly port: string }): Promise<void> {
  const model = modelEnvironment(process.env);
  const stories = drawStories(0);
  const seed = { ...seedOf(stories), actors: ['alice', 'bob'] };
  const acme = seed.repositories['acme/support'];
  const world = {
    ...seed,
    users: [...seed.users, 'bob'],
    repositories:
      acme === undefined
        ? {}
        : { 'acme/support': { ...acme, collaborators: { ...acme.collaborators, bob: 'write' as const } } },
  };
  const two = await startTwo({ seed: world, env: model, forgePort: Number(port) });
  const name = model['OPENAI_MODEL'];
  process.stdout.write(`${say.upAt(two.access.url)}\n`);
  for (const [login, address] of Object.entries(two.access.signIn))
    process.stdout.write(`${say.forgeAs(login, address)}\n`);
  process.stdout.write(`${name === undefined ? say.withoutModel : say.withModel(name)}\n${say.upHint}\n`);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    two.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

export const up = new Command('up').option('--port <n>', 'port of the forge on 127.0.0.1; 0 for any', '0').action(run);
