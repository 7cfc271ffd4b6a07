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

async function newBorrower(firstUid: number): Promise<Borrower | null> {
  const taken = await takeUid(firstUid);
  return taken === null ? null : { ...taken, runs: 0 };
}

async function join(folders: readonly string[], firstUid: number): Promise<Borrower | NotLent> {
  let fresh: Borrower | null = null;
  try {
    for (;;) {
      const returning = folders.flatMap((folder) => loans.get(folder)?.over ?? []);
      const [first = fresh, second] = new Set(folders.flatMap((folder) => loans.get(folder)?.borrower ?? []));
      if (returning.length > 0) await Promise.allSettled(returning);
      else if (second !== undefined) return 'two-users';
      else if (first !== null) {
        if (first === fresh) fresh = null;
        return lend(folders, first);
      } else {
        fresh = await newBorrower(firstUid);
        if (fresh === null) return 'too-many';
      }
    }
  } finally {
    fresh?.release();
  }
}

function lend(folders: readonly string[], borrower: Borrower): Borrower {
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

/** Removes what a uid has left, and calls `release` once others may have it. */
export type Clear = (uid: number, release: () => void) => Promise<void>;

async function leave(folders: readonly string[], borrower: Borrower, clear: Clear): Promise<void> {
  const returned = folders.filter((folder) => --loans.get(folder)!.users === 0);
  // By now every process of these runs is dead. Giving a file to root also takes away a set-uid bit the command set.
  const over = giveFolders(0, returned).finally(async () => {
    for (const folder of returned) loans.delete(folder);
    borrower.runs--;
    if (borrower.runs > 0) return;
    // What was lent is root's again: whatever still is this uid's was left somewhere.
    await clear(borrower.uid, borrower.release);
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
  clear: Clear = async (_, release) => release(),
): Promise<T | NotLent> {
  const different = [...new Set(folders)];
  const borrower = await join(different, firstUid);
  if (typeof borrower === 'string') return borrower;
  try {
    await Promise.all(different.map((folder) => loans.get(folder)!.ready));
    return await use(borrower.uid);
  } finally {
    await leave(different, borrower, clear);
  }
}
