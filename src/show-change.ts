import { globMatcher } from './domain/glob.ts';
import { type AccountPattern, redactor } from './domain/redact.ts';
import type { Ports } from './ports.ts';

/** Largest diff that a model is handed; each prompt cuts it further. */
const DIFF_BYTES = 40_000;

/** A change as a model may be shown it: without what matches `hide`, redacted, as a unified diff. Takes commits and trees. */
export async function shownChange(
  { repository }: Pick<Ports, 'repository'>,
  from: string,
  to: string,
  hide: readonly string[],
  accounts: readonly AccountPattern[],
): Promise<string> {
  const [before, after] = [await repository.treeOf(from), await repository.treeOf(to)];
  const isHidden = globMatcher(hide);
  const hidden = (await repository.changes(before, after)).map(({ path }) => path).filter(isHidden);
  const without = Object.fromEntries(hidden.map((path) => [path, null]));
  const [was, is] = [await repository.withFiles(before, without), await repository.withFiles(after, without)];
  return redactor({ accounts }).redact(await repository.diff(was, is, DIFF_BYTES));
}
