import { equalJson } from '../compare-json.ts';
import { canonical } from '../hash.ts';
import { visible } from '../page/visible.ts';
import type { AccountPattern } from '../redact.ts';
import type { Json, Trace } from '../rejection.ts';
import { cutParted, part } from './cut-around.ts';
import { type Difference, findChanges } from './find-changes.ts';
import { type Hide, hiding } from './redact-report.ts';
import type { ChangeGroup, Failure, FieldChange, Report, StepChange } from './report.ts';
import { valueInWords } from './value-in-words.ts';

/** What a ticket went through on one side, or why that is not known. */
export type Replayed = Trace | { readonly error: string };

/** A ticket on both sides, and once more where it was asked again. */
export interface TicketRun {
  readonly ticket: string;
  readonly complained: boolean;
  readonly before: Replayed;
  readonly after: Replayed;
  readonly again?: { readonly before?: Replayed; readonly after: Replayed };
}

/** Longest text of one side of one place. */
const TEXT = 2000;
/** Longest beginning of a ticket. */
const SAYS = 800;
/** Places shown of one ticket. */
const FIELDS = 40;
/** Groups shown. */
const GROUPS = 200;
/** Names of tickets shown together. */
const NAMES = 50;
/** Longest name of a ticket, a step or a member that is shown. */
const NAME = 80;
/** Characters of one report, about. */
const SIZE = 1_000_000;

interface Output {
  readonly step: string;
  readonly output: Json;
}

/** The outputs of a trace by step; one that runs several times has them numbered. */
function outputsOf({ steps }: Trace): ReadonlyMap<string, Output> {
  const times = new Map<string, number>();
  return new Map(
    steps.map(({ step, output }) => {
      const time = (times.get(step) ?? 0) + 1;
      times.set(step, time);
      const name = time === 1 ? step : `${step} ${time}`;
      return [name, { step: name, output }];
    }),
  );
}

/** Names of the steps that give something else, or are on one side only. */
function differing(a: ReadonlyMap<string, Output>, b: ReadonlyMap<string, Output>): readonly string[] {
  const names = [...new Set([...a.keys(), ...b.keys()])];
  return names.filter((name) => {
    const [one, other] = [a.get(name), b.get(name)];
    return one === undefined || other === undefined || !equalJson(one.output, other.output);
  });
}

/** Whether a ticket comes out differently, or runs on one side only. */
export function isChanged({ before, after }: Pick<TicketRun, 'before' | 'after'>): boolean {
  if ('error' in before || 'error' in after) return 'error' in before !== 'error' in after;
  return differing(outputsOf(before), outputsOf(after)).length > 0;
}

/** Steps that give something else when the very same side is asked again; null where it does not even run each time. */
function noisySteps({ before, after, again }: TicketRun): ReadonlySet<string> | null {
  const noisy = new Set<string>();
  if (again === undefined) return noisy;
  for (const [once, twice] of [
    [before, again.before],
    [after, again.after],
  ] as const) {
    if (twice === undefined) continue;
    if ('error' in once !== 'error' in twice) return null;
    if ('error' in once || 'error' in twice) continue;
    for (const name of differing(outputsOf(once), outputsOf(twice))) noisy.add(name);
  }
  return noisy;
}

/** The beginning of a text of which nothing is shown that is to be hidden; null where none of it may be. What is cut first may lose what it is known by. */
const shown = (text: string, most: number, hide: Hide): string | null =>
  hide(visible(text), '')?.before.slice(0, most) ?? null;

function fieldOf({ path, before, after }: Difference, hide: Hide): FieldChange | null {
  const hidden = hide(valueInWords(before), valueInWords(after));
  const names = path.map((name) => shown(name, NAME, hide));
  if (hidden === null || names.includes(null)) return null;
  const { start, before: was, after: is, end } = cutParted(part(hidden.before, hidden.after), TEXT);
  return { path: names as string[], before: start + was + end, after: start + is + end };
}

type Sides = readonly [before: Trace, after: Trace];

/** The changes of each step that is not noisy, the last first. Null where nothing may be shown of them. */
function stepsOf([before, after]: Sides, noisy: ReadonlySet<string>, hide: Hide): readonly StepChange[] | null {
  const [was, is] = [outputsOf(before), outputsOf(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])];
  const changed: StepChange[] = [];
  let left = FIELDS;
  for (const name of names.toReversed()) {
    if (noisy.has(name)) continue;
    const differences = findChanges(was.get(name)?.output, is.get(name)?.output);
    if (differences.length === 0) continue;
    const fields = differences.slice(0, left).map((one) => fieldOf(one, hide));
    const step = shown(name, NAME, hide);
    if (step === null || fields.includes(null)) return null;
    left -= fields.length;
    const more = differences.length - fields.length;
    changed.push({ step, last: name === names.at(-1), fields: fields as FieldChange[], more });
  }
  return changed;
}

/** What one ticket's changes come to. */
type Told =
  | { readonly is: 'changed'; readonly steps: readonly StepChange[]; readonly failed: Failure | null }
  /** Changed, and too much of it to be shown. */
  | { readonly is: 'omitted' }
  | { readonly is: 'same' };

function failureOf({ before, after }: TicketRun, hide: Hide): Failure | null {
  const side = 'error' in before ? 'before' : 'after';
  const because = 'error' in before ? before.error : 'error' in after ? after.error : '';
  const hidden = shown(because, TEXT, hide);
  return hidden === null ? null : { side, because: hidden };
}

function tell(run: TicketRun, noisy: ReadonlySet<string>, hide: Hide): Told {
  const { before, after } = run;
  if ('error' in before || 'error' in after) {
    const failed = failureOf(run, hide);
    return failed === null ? { is: 'omitted' } : { is: 'changed', steps: [], failed };
  }
  const steps = stepsOf([before, after], noisy, hide);
  if (steps === null) return { is: 'omitted' };
  return steps.length === 0 ? { is: 'same' } : { is: 'changed', steps, failed: null };
}

/** The beginning of what the first step is given; '' where it may not be shown. */
function beginningOf(trace: Trace | undefined, hide: Hide): string {
  const hidden = hide(valueInWords(trace?.steps[0]?.input), '')?.before ?? '';
  return hidden.length <= SAYS ? hidden : `${hidden.slice(0, SAYS).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const weight = ({ complained, failed, steps }: ChangeGroup): number =>
  (complained ? 4 : 0) + (failed !== null ? 0 : steps.some(({ last }) => last) ? 1 : 2);

/** Nobody complained first; of these what does not run any more, then other answers, then what changes on the way. */
const inOrder = (a: ChangeGroup, b: ChangeGroup): number =>
  weight(a) - weight(b) || b.count - a.count || byText(a.tickets[0] ?? '', b.tickets[0] ?? '');

interface Changed {
  readonly ticket: string;
  readonly says: string;
  readonly group: Omit<ChangeGroup, 'tickets' | 'count' | 'says'>;
}

/** One group for all tickets with exactly the same changes. */
function grouped(changed: readonly Changed[]): readonly ChangeGroup[] {
  const groups = new Map<string, { tickets: string[]; says: string } & Changed['group']>();
  for (const { ticket, says, group } of changed) {
    const key = canonical(group);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { ...group, tickets: [ticket], says });
    else known.tickets.push(ticket);
  }
  return [...groups.values()]
    .map(({ tickets, ...group }) => ({ ...group, tickets: tickets.slice(0, NAMES), count: tickets.length }))
    .sort(inOrder);
}

/** As many groups as there is room for. */
function fitting(groups: readonly ChangeGroup[]): readonly ChangeGroup[] {
  let size = 0;
  const fits = groups.findIndex((group, at) => {
    size += canonical(group).length;
    return at >= GROUPS || size > SIZE;
  });
  return fits === -1 ? groups : groups.slice(0, fits);
}

/**
 * What a change does to the stored tickets: what was asked on both sides, of `stored` tickets that there are. Personal
 * data is replaced, ticket by ticket; what differs from run to run counts as noise, not as a change.
 */
export function makeReport(
  runs: readonly TicketRun[],
  stored: number,
  accounts: readonly AccountPattern[] = [],
): Report {
  const hideFor = hiding(accounts);
  const changed: Changed[] = [];
  const omitted: string[] = [];
  const broken: string[] = [];
  const noise = new Map<string, number>();
  const counts = { changed: 0, unexpected: 0, failed: 0, noisy: 0, broken: 0 };
  for (const run of runs) {
    const traces = [run.before, run.after].flatMap((side) => ('error' in side ? [] : [side]));
    const hide = hideFor(traces);
    const ticket = shown(run.ticket, NAME, hide) ?? '…';
    if ('error' in run.before && 'error' in run.after) {
      counts.broken += 1;
      broken.push(ticket);
      continue;
    }
    if (!isChanged(run)) continue;
    const noisy = noisySteps(run);
    for (const name of noisy ?? ['']) {
      const step = shown(name, NAME, hide) ?? '…';
      noise.set(step, (noise.get(step) ?? 0) + 1);
    }
    if (noisy === null || noisy.size > 0) counts.noisy += 1;
    const told: Told = noisy === null ? { is: 'same' } : tell(run, noisy, hide);
    if (told.is === 'same') continue;
    counts.changed += 1;
    if (!run.complained) counts.unexpected += 1;
    if ('error' in run.before || 'error' in run.after) counts.failed += 1;
    if (told.is === 'omitted') omitted.push(ticket);
    else
      changed.push({
        ticket,
        says: beginningOf(traces[0], hide),
        group: { complained: run.complained, steps: told.steps, failed: told.failed },
      });
  }
  const all = grouped(changed);
  const groups = fitting(all);
  const without = all.slice(groups.length).flatMap(({ tickets }) => tickets);
  return {
    version: 1,
    counts: { stored, asked: runs.length, ...counts },
    groups,
    omitted: [...omitted, ...without].slice(0, NAMES),
    noisy: [...noise].map(([step, tickets]) => ({ step, tickets })).slice(0, NAMES),
    broken: broken.slice(0, NAMES),
  };
}
