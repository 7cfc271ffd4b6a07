import { Command } from 'commander';
import * as say from '../domain/messages/cli-demo.ts';
import { drawStories } from './demo/grammar.ts';
import { INTERRUPTED, interruption, unlessInterrupted } from './demo/interruption.ts';
import { startTwo } from './demo/processes.ts';
import { seedOf } from './demo.ts';
import { portNumber } from './port.ts';

/** The model's settings go on to the app where they are whole; beside them only how untrusted code is held. */
function modelEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const { OPENAI_API_KEY: key, OPENAI_MODEL: model, OPENAI_BASE_URL: url } = env;
  return key && model ? { OPENAI_API_KEY: key, OPENAI_MODEL: model, ...(url ? { OPENAI_BASE_URL: url } : {}) } : {};
}

/** Brings up the demo's world and keeps it up until it is told to stop. */
async function run({ port }: { readonly port: number }): Promise<void> {
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
  const signal = interruption();
  const write = (text: string) => void process.stdout.write(text);
  try {
    const two = await startTwo({ seed: world, signal, env: model, forgePort: port });
    const name = model['OPENAI_MODEL'];
    write(`${say.upAt(two.access.url)}\n`);
    for (const [login, address] of Object.entries(two.access.signIn)) write(`${say.forgeAs(login, address)}\n`);
    write(`${name === undefined ? say.withoutModel : say.withModel(name)}\n${say.upHint}\n`);
    // The forge prints a fresh address for each that was used.
    for (const one of two.running) if (one.name === 'forge') one.follow(write);
    await unlessInterrupted(signal, new Promise<never>(() => {})).catch(() => two.stop());
  } catch (error) {
    if (signal.aborted) process.exit(INTERRUPTED);
    throw error;
  }
  process.exit(0);
}

export const up = new Command('up')
  .option('--port <n>', 'port of the forge on 127.0.0.1; 0 for any', portNumber, 0)
  .action(run);
