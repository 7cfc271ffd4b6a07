import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { takeUid } from './take-uid.ts';

interface Loan {
  readonly uid: number;
  readonly release: () => void;
  readonly ready: Promise<unknown>;
  users: number;
  over?: Promise<unknown>;
}

const execute = promisify(execFile);
const loans = new Map<string, Loan>();

// -h: never through a link that a command left behind. -P is chown's own default: no link to a folder is entered.
const chown = (owner: number, tree: string): Promise<unknown> =>
  execute('/bin/chown', ['-h', '-R', '--preserve-root', '--', `${owner}:${owner}`, tree], { cwd: '/', env: {} });

async function join(tree: string, firstUid: number): Promise<Loan | null> {
  let loan = loans.get(tree);
  while (loan?.over !== undefined) {
    await loan.over;
    loan = loans.get(tree);
  }
  if (loan === undefined) {
    const taken = takeUid(firstUid);
    if (taken === null) return null;
    loan = { ...taken, ready: chown(taken.uid, tree), users: 0 };
    loans.set(tree, loan);
  }
  loan.users++;
  return loan;
}

async function leave(tree: string, loan: Loan): Promise<void> {
  loan.users--;
  if (loan.users > 0) return;
  // By now every process of these runs is dead. Giving a file to root also takes away a set-uid bit the command set.
  loan.over = chown(0, tree).finally(() => {
    loans.delete(tree);
    loan.release();
  });
  await loan.over;
}

/**
 * Gives a tree to a uid of the pool for as long as `use` runs, then to root; null, and `use` not called, when no uid is
 * left. Runs that write to one tree at the same time share its uid. The tree must not share files with another by hard
 * links.
 */
export async function lendTree<T>(tree: string, firstUid: number, use: (uid: number) => Promise<T>): Promise<T | null> {
  const loan = await join(tree, firstUid);
  if (loan === null) return null;
  try {
    await loan.ready;
    return await use(loan.uid);
  } finally {
    await leave(tree, loan);
  }
}
