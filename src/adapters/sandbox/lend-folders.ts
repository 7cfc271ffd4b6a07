import { giveFolders } from './give-folders.ts';
import { takeUid } from './take-uid.ts';

/** One uid of the pool, for as long as a run has it. */
interface Borrower {
  readonly uid: number;
  readonly release: () => void;
  runs: number;
}

interface Loan {
  readonly borrower: Borrower;
  readonly ready: Promise<unknown>;
  users: number;
  over?: Promise<unknown>;
}

/** Why nothing was lent: all uids are taken, or the folders are lent to two of them. */
export type NotLent = 'too-many' | 'two-users';

const loans = new Map<string, Loan>();

function newBorrower(firstUid: number): Borrower | null {
  const taken = takeUid(firstUid);
  return taken === null ? null : { ...taken, runs: 0 };
}

async function untilReturned(folders: readonly string[]): Promise<void> {
  for (;;) {
    const returning = folders.flatMap((folder) => loans.get(folder)?.over ?? []);
    if (returning.length === 0) return;
    await Promise.allSettled(returning);
  }
}

async function join(folders: readonly string[], firstUid: number): Promise<Borrower | NotLent> {
  await untilReturned(folders);
  const [first, second] = new Set(folders.flatMap((folder) => loans.get(folder)?.borrower ?? []));
  if (second !== undefined) return 'two-users';
  const borrower = first ?? newBorrower(firstUid);
  if (borrower === null) return 'too-many';
  const ready = giveFolders(
    borrower.uid,
    folders.filter((folder) => !loans.has(folder)),
  );
  // Whoever waits for it learns of it; a run that was over before does not.
  ready.catch(() => {});
  for (const folder of folders) {
    const loan = loans.get(folder) ?? { borrower, ready, users: 0 };
    loan.users++;
    loans.set(folder, loan);
  }
  borrower.runs++;
  return borrower;
}

async function leave(folders: readonly string[], borrower: Borrower): Promise<void> {
  const returned = folders.filter((folder) => --loans.get(folder)!.users === 0);
  // By now every process of these runs is dead. Giving a file to root also takes away a set-uid bit the command set.
  const over = giveFolders(0, returned).finally(() => {
    for (const folder of returned) loans.delete(folder);
    borrower.runs--;
    if (borrower.runs === 0) borrower.release();
  });
  for (const folder of returned) loans.get(folder)!.over = over;
  await over;
}

/**
 * Gives folders to one uid of the pool for as long as `use` runs, then to root; says why, and does not call `use`, where
 * it cannot. Runs that write to one folder at the same time share their uid. The folders must not share files with others
 * by hard links.
 */
export async function lendFolders<T>(
  folders: readonly string[],
  firstUid: number,
  use: (uid: number) => Promise<T>,
): Promise<T | NotLent> {
  const different = [...new Set(folders)];
  const borrower = await join(different, firstUid);
  if (typeof borrower === 'string') return borrower;
  try {
    await Promise.all(different.map((folder) => loans.get(folder)!.ready));
    return await use(borrower.uid);
  } finally {
    await leave(different, borrower);
  }
}
