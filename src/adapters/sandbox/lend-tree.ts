import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const busy = new Map<string, Promise<unknown>>();

// -h: never through a link that a command left behind. -P is chown's own default: no link to a folder is entered.
const chown = (owner: number, tree: string): Promise<unknown> =>
  execute('/bin/chown', ['-h', '-R', '--preserve-root', '--', `${owner}:${owner}`, tree], { cwd: '/', env: {} });

async function lend<T>(tree: string, uid: number, use: () => Promise<T>): Promise<T> {
  await chown(uid, tree);
  try {
    return await use();
  } finally {
    // By now every process of the run is dead. Giving a file to root also takes away a set-uid bit the command set.
    await chown(0, tree);
  }
}

/**
 * Gives a tree to `uid` for as long as `use` runs, then to root. Only one run at a time has a tree: a second one waits.
 * The tree must not share files with another by hard links.
 */
export function lendTree<T>(tree: string, uid: number, use: () => Promise<T>): Promise<T> {
  const before = busy.get(tree) ?? Promise.resolve();
  const run = before.then(
    () => lend(tree, uid, use),
    () => lend(tree, uid, use),
  );
  busy.set(tree, run);
  const forget = (): void => {
    if (busy.get(tree) === run) busy.delete(tree);
  };
  run.then(forget, forget);
  return run;
}
