import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import * as say from '../domain/messages/cli-demo.ts';
import { countAll } from './demo/count-all.ts';
import { drawStories, type Stories } from './demo/grammar.ts';
import { INTERRUPTED, interruption, unlessInterrupted } from './demo/interruption.ts';
import { measureMemory } from './demo/measure-memory.ts';
import { narrator } from './demo/narrator.ts';
import { Scene } from './demo/people-acting.ts';
import { startTwo, type TwoProcesses } from './demo/processes.ts';
import { tellStories } from './demo/tell-stories.ts';
import type { Seed } from './forge.ts';

const REPO = 'acme/support';

/** The repository and the people of one seed's stories. `alice` watches and files labels. */
export function seedOf({ files, cast }: Stories): Seed {
  const { reporter, visitor, maintainer, approver, triager } = cast;
  return {
    users: ['alice', reporter, visitor, maintainer, approver, triager],
    actors: [maintainer, approver],
    repositories: {
      [REPO]: {
        files: { ...files },
        collaborators: {
          alice: 'admin',
          [maintainer]: 'write',
          [approver]: 'write',
          [triager]: 'triage',
          [reporter]: 'read',
        },
      },
    },
  };
}

/** Process id of the embedded Postgres, which is no child of the app. */
async function postgresPid(two: TwoProcesses): Promise<number> {
  const text = await readFile(join(two.folder, 'app/database/run/data/postmaster.pid'), 'utf8');
  return Number.parseInt(text, 10);
}

async function tellAll(two: TwoProcesses, stories: Stories): Promise<void> {
  const tell = narrator((text) => void process.stdout.write(text));
  const scene = new Scene(two.access, REPO);
  await scene.until('the labels', async () => {
    const labels = await scene.call<readonly { name: string }[]>('alice', 'GET', '/labels');
    return ['rejection', 'fix-clear'].every((name) => labels.some((label) => label.name === name));
  });
  await tellStories({ scene, tell, stories });
  for (const [name, count] of await countAll(scene)) tell.figure(name, String(count));
  const memory = await measureMemory([...two.running.map((one) => one.pid), await postgresPid(two)]);
  tell.figure(say.figures.memory, `${memory.toFixed(0)} MB (goal: at most 300 MB)`);
  tell.summary();
}

function failure(two: TwoProcesses, error: unknown): Error {
  const logs = two.running
    .map((one) => `--- ${one.name}\n${one.output().split('\n').slice(-15).join('\n')}`)
    .join('\n');
  return new Error(`${say.demoFailed(error instanceof Error ? error.message : String(error))}\n${logs}`);
}

async function run({ seed }: { readonly seed: number }): Promise<void> {
  const signal = interruption();
  const stories = drawStories(seed);
  try {
    const two = await startTwo({ seed: seedOf(stories), signal });
    try {
      await unlessInterrupted(signal, tellAll(two, stories));
    } catch (error) {
      throw failure(two, error);
    } finally {
      await two.stop();
    }
  } catch (error) {
    if (signal.aborted) process.exit(INTERRUPTED);
    throw error;
  }
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number, please');
  return Number(text);
};

export const demo = new Command('demo')
  .option('--seed <n>', 'draws names, wording, intents and weights; 0 is the example as it is', wholeNumber, 0)
  .action(run);
