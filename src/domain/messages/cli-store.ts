import { overview } from './overview.ts';

/** What `corrigible db` and `corrigible forget` say. */

const plural = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

interface Counts {
  readonly rejections: number;
  readonly forgotten: number;
  readonly facts: number;
  readonly blobs: number;
}

export const checked = ({ rejections, forgotten, facts, blobs }: Counts): string =>
  `${plural(rejections, 'rejection')} (${forgotten} forgotten), ${plural(facts, 'fact')} and ${plural(blobs, 'blob')} verified.`;

export const whole = 'Every chain holds, every key opens, every blob is there.';

const broken: Readonly<Record<string, (seq: number) => string>> = {
  chain: (seq) => `its record was changed from outside: fact ${seq} is missing, or not the one that was written`,
  key: () => 'its key is missing or does not open: nothing of it can be read',
  fact: (seq) => `fact ${seq} does not open`,
  'blob-missing': (seq) => `what fact ${seq} points to is missing`,
  'blob-damaged': (seq) => `what fact ${seq} points to is damaged`,
};

export const isBroken = ({ rejection, what, seq }: { rejection: string; what: string; seq: number }): string =>
  `${rejection}: ${broken[what]?.(seq) ?? what}.`;

export const brokenAll = (count: number): string =>
  `${plural(count, 'fault')}. The rejections that are named should not be trusted; restore them from a backup of the database. All others are whole.`;

export const moreBroken = (count: number): string => `… and ${count.toLocaleString('en')} more.`;

export const moved = (whereto: string, rows: number): string =>
  `Moved ${plural(rows, 'row')} to ${whereto}, compared and verified. From now on start Corrigible with DATABASE_URL; here it refuses to.`;

export const keyGoesAlong = (file: string | null): string =>
  file === null
    ? 'Every machine that uses the server needs the same DATA_KEY.'
    : `The data key has to go along: set DATA_KEY to the content of ${file} on every machine that uses the server, or keep the file on this one. Without it nothing personal can be read.`;

export const moveWhereto = 'Say where to: corrigible db move --to postgres://user:password@host:5432/database';

export const notARejection = (text: string): string => `“${text}” names no rejection. It looks like owner/name#12.`;

export const neverKnown = (rejection: string): string => `Nothing was known of ${rejection}.`;

interface Deleted {
  readonly facts: number;
  readonly blobs: number;
  readonly payloads: number;
  readonly runs: number;
  readonly reports: number;
}

export const forgotten = (rejection: string, { facts, blobs, payloads, runs, reports }: Deleted): string =>
  `${rejection} is forgotten: its key is deleted, and with it ${plural(facts, 'fact')} and ${plural(blobs, 'blob')}; ` +
  `deleted as well: ${plural(payloads, 'webhook body', 'webhook bodies')}, ${plural(runs, 'piece of work', 'pieces of work')}, its alarms; ` +
  `and of its repository all kept results, and ${plural(reports, 'report')} on stored tickets.`;

const numbers = (all: readonly number[]): string => all.map((n) => `#${n}`).join(', ');

/** What no app deletes: people wrote there, or may have answered. */
export const onGithub = ({ own, told }: { own: readonly number[]; told: readonly number[] }): string =>
  `Not deleted on GitHub: ${numbers(own)}, with the comments and texts of pull requests there.${
    told.length === 0
      ? ''
      : ` What stored tickets come to was told in comments and pull request texts of ${numbers(told)}, perhaps also of this one.`
  } Edit or delete what is left there by hand, with its earlier versions (“edited” shows them).`;

/** What else holds words of the same reporter, and how that is forgotten. `rejection`: as the person named it. */
export function splitToo(
  rejection: string,
  { whole, others }: { readonly whole: number; readonly others: readonly number[] },
): readonly string[] {
  const at = rejection.lastIndexOf('#');
  const [repo, isWhole] = [rejection.slice(0, at), rejection.slice(at + 1) === String(whole)];
  const was = isWhole ? `${rejection} was split into several` : `${rejection} is a part of #${whole}, which was split`;
  const hold = others.length === 1 ? 'holds' : 'hold';
  return [
    `${was}: ${numbers(others)} ${hold} words of the same reporter, and nothing of that was forgotten. To forget it as well:`,
    ...others.map((issue) => `  corrigible forget ${repo}#${issue}`),
  ];
}

interface Searched {
  readonly columns: number;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
}

export const searchedFor = (texts: number, { columns, rows, files, bytes }: Searched): string =>
  `Searched for ${plural(texts, 'text')} in ${plural(rows, 'row')} (${plural(columns, 'column')} of text, JSON and bytes, every table) and ` +
  `${plural(files, 'file')} of the state directory, ${plural(bytes, 'byte')} in all.`;

export const nothingLeft = 'Nothing was found.';

export const leftAt = ({ where, times }: { where: string; times: number }): string =>
  `Still there: ${where} (${times} ×).`;

export const leftOver =
  'These belong to other rejections, or to work that has not ended. Webhook bodies go within three days; run this again afterwards with --also for what you know.';

export const notSearched =
  'Not searched: Postgres’ own files and the packed objects of the git mirrors, which hold what the repository holds. The issue on GitHub is yours to delete. ' +
  'Deleted rows were vacuumed; the write-ahead log keeps them for some minutes more, and backups for as long as you keep those: sealed, but with their key.';

export const paused = (now: Parameters<typeof overview.paused>[0], already: boolean): string =>
  `${overview.paused(now)} ${already ? 'It was paused before.' : 'Webhooks are still taken in.'}`;
export const stillRunning = (runs: number): string =>
  `${runs === 1 ? 'One run has' : `${runs} runs have`} not ended yet. Workers end them within seconds; what a worker left behind that is gone does not run.`;
export const resumed = (before: boolean): string => (before ? 'Everything goes on.' : 'Nothing was paused.');
