import type { Listed, ListedComment, ListedPull, Lists, Reading } from './lists.ts';

/** One page as it was last read: its tag, and by number a mark of what would differ after a change. */
interface KnownPage {
  readonly etag: string | null;
  readonly more: boolean;
  readonly items: Readonly<Record<string, string>>;
}

/** What the sweep remembers of one repository; an empty object before the first. */
export interface Swept {
  readonly issues?: readonly KnownPage[];
  readonly pulls?: readonly KnownPage[];
  readonly comments?: { readonly etag: string | null; readonly until: string };
  readonly head?: { readonly etag: string | null; readonly sha: string };
  /** Rejections that are open for us and not on GitHub's list, and were looked at for that. */
  readonly absent?: readonly number[];
}

/** What is other than at the last sweep. */
export interface SweepFindings {
  readonly swept: Swept;
  /** Issues and pull requests that are new, were touched, or are no longer open. */
  readonly issues: readonly number[];
  readonly pulls: readonly { readonly number: number; readonly branch: string | null }[];
  readonly headMoved: boolean;
  /** Comments that were written since, on whatever is open or closed. */
  readonly said: readonly ListedComment['told'][];
  /** Whether the list of issues is another one, whatever differs. */
  readonly listed: boolean;
  readonly openIssues: readonly number[];
  /** Calls made, those answered 304 too. */
  readonly calls: number;
}

/** GitHub tells times in whole seconds: what changed this lately may change again and look the same. */
const UNSETTLED_MS = 2_500;
const PAGES = 100;
/** Comments are looked through this far back; an issue that was touched is found by its own time as well. */
const COMMENT_PAGES = 10;

/** Stands for a text, and tells nothing of it to who lacks the key: what people wrote is in these texts. */
export type Mark = (text: string) => string;

function pageOf<T extends Listed>({ items, etag, more, at }: Reading<T>, all: readonly T[], mark: Mark): KnownPage {
  const unsettled = (updatedAt: string) => Date.parse(updatedAt) > at - UNSETTLED_MS;
  const known = all.map(({ number, updatedAt, state }) => [
    number,
    unsettled(updatedAt) ? '' : mark(JSON.stringify(state)),
  ]);
  // Without a tag the page comes again, and what was unsettled counts as changed once more.
  const again = (items ?? []).some(({ updatedAt }) => unsettled(updatedAt));
  return { etag: again ? null : etag, more, items: Object.fromEntries(known) };
}

interface ReadList<T> {
  readonly pages: readonly KnownPage[];
  /** Items of the pages that were not the same. */
  readonly fresh: ReadonlyMap<number, T>;
  readonly calls: number;
}

async function readList<T extends Listed>(
  read: (page: number, etag: string | null) => Promise<Reading<T>>,
  before: readonly KnownPage[],
  mark: Mark,
): Promise<ReadList<T>> {
  const pages: KnownPage[] = [];
  const fresh = new Map<number, T>();
  do {
    const known = before[pages.length];
    const reading = await read(pages.length + 1, known?.etag ?? null);
    if (reading.items === null && known !== undefined) pages.push(known);
    else pages.push(pageOf(reading, reading.items ?? [], mark));
    for (const item of reading.items ?? []) fresh.set(item.number, item);
  } while (pages.at(-1)?.more === true && pages.length < PAGES);
  return { pages, fresh, calls: pages.length };
}

const itemsOf = (pages: readonly KnownPage[]): ReadonlyMap<number, string> =>
  new Map(pages.flatMap(({ items }) => Object.entries(items).map(([number, state]) => [Number(number), state])));

/** Numbers that are new, gone, or not the same. */
function changes(before: readonly KnownPage[], now: readonly KnownPage[]): readonly number[] {
  const [old, current] = [itemsOf(before), itemsOf(now)];
  const touched = [...current].filter(([number, state]) => state === '' || old.get(number) !== state);
  return [...touched.map(([number]) => number), ...[...old.keys()].filter((number) => !current.has(number))];
}

interface ReadComments {
  readonly comments: NonNullable<Swept['comments']>;
  readonly numbers: readonly number[];
  readonly said: readonly ListedComment['told'][];
  readonly calls: number;
}

/** An edit of a comment may leave the issue's own time as it was. */
async function readComments(lists: Lists, repo: string, before: Swept['comments']): Promise<ReadComments> {
  const first = await lists.comments(repo, 1, before?.etag ?? null);
  if (first.items === null && before !== undefined) return { comments: before, numbers: [], said: [], calls: 1 };
  const newest = first.items?.[0]?.updatedAt ?? '';
  const settled = Date.parse(newest) <= first.at - UNSETTLED_MS;
  const found: ListedComment[] = [];
  let page = first;
  let calls = 1;
  // Before the first sweep everything is looked at anyway.
  while (before !== undefined) {
    const later = (page.items ?? []).filter(({ updatedAt }) => updatedAt > before.until);
    found.push(...later);
    if (later.length < (page.items?.length ?? 0) || !page.more || calls === COMMENT_PAGES) break;
    page = await lists.comments(repo, ++calls, null);
  }
  const numbers = found.map(({ number }) => number);
  // What was edited since had its webhook before.
  const said = found.filter(({ createdAt }) => createdAt > (before?.until ?? '')).map(({ told }) => told);
  if (settled || newest === '') return { comments: { etag: first.etag, until: newest }, numbers, said, calls };
  const until = new Date(Date.parse(newest) - 1000).toISOString().replace('.000Z', 'Z');
  return { comments: { etag: null, until }, numbers, said, calls };
}

/** Reads what is open in a repository, with the tags of the last time: four calls and as many answers 304 if nothing changed. */
export async function sweepRepository(
  lists: Lists,
  repo: string,
  label: string,
  before: Swept,
  mark: Mark,
): Promise<SweepFindings> {
  const issues = await readList((page, etag) => lists.issues(label)(repo, page, etag), before.issues ?? [], mark);
  const pulls = await readList<ListedPull>((page, etag) => lists.pulls(repo, page, etag), before.pulls ?? [], mark);
  const talk = await readComments(lists, repo, before.comments);
  const head = await lists.head(repo, 1, before.head?.etag ?? null);
  const sha = head.items === null ? (before.head?.sha ?? '') : (head.items[0]?.sha ?? '');
  const [openIssues, openPulls] = [itemsOf(issues.pages), itemsOf(pulls.pages)];
  const commented = (open: ReadonlyMap<number, string>) => talk.numbers.filter((number) => open.has(number));
  const touched = [...changes(before.pulls ?? [], pulls.pages), ...commented(openPulls)];
  return {
    swept: {
      issues: issues.pages,
      pulls: pulls.pages,
      comments: talk.comments,
      head: { etag: head.etag, sha },
      ...(before.absent && { absent: before.absent }),
    },
    issues: [...new Set([...changes(before.issues ?? [], issues.pages), ...commented(openIssues)])],
    pulls: [...new Set(touched)].map((number) => ({ number, branch: pulls.fresh.get(number)?.branch ?? null })),
    headMoved: before.head !== undefined && before.head.sha !== sha,
    said: talk.said,
    listed:
      issues.fresh.size > 0 || itemsOf(before.issues ?? []).size !== openIssues.size || before.issues === undefined,
    openIssues: [...openIssues.keys()],
    calls: issues.calls + pulls.calls + talk.calls + 1,
  };
}
