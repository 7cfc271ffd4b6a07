import type { AgentEvent } from './agent-event.ts';
import { ordersReader } from './detect.ts';
import type { Reason } from './fact.ts';
import { globMatcher, type Matcher } from './glob.ts';
import { hashText } from './hash.ts';

/** What a round may change, as globs. What lies in `oracle` may not be changed even where `paths` holds it. */
export interface WatchRules {
  readonly paths: readonly string[];
  readonly oracle: readonly string[];
}

/** What is to be done about what was seen: words to the agent, once, then its end. */
export interface Noticed {
  readonly do: 'nudge' | 'stop';
  /** One of `watch-outside`, `watch-repeats`, `watch-alternates`, `watch-errors`, `watch-idle`, `watch-injected`. */
  readonly reason: Reason;
}

/** A call that was not answered yet. */
interface Open {
  readonly call: string;
  readonly tool: string;
  /** A hash of what is done. */
  readonly action: string;
  readonly changes: boolean;
}

/** What is remembered of a round: bounded, however long it lasts. */
export interface Watching {
  readonly open: readonly Open[];
  /** Hashes of the last actions with their answers, oldest first. */
  readonly done: readonly string[];
  readonly errors: number;
  /** Answers to calls, and answers of the model, since something may have been changed. */
  readonly idle: { readonly calls: number; readonly turns: number };
  /** Paths outside that were noticed: putting one back as it was is a change as well. */
  readonly outside: readonly string[];
  /** The nudge that was given. `heard`: the agent was told; until then `patience` more answers are waited for. */
  readonly nudged: { readonly heard: boolean; readonly patience: number } | null;
  readonly stopped: Noticed | null;
}

export const watching: Watching = {
  open: [],
  done: [],
  errors: 0,
  idle: { calls: 0, turns: 0 },
  outside: [],
  nudged: null,
  stopped: null,
};

const SAME = 3;
/** Calls that fail in a row: one less than the built-in agent's own end of what makes no sense. */
const ERRORS = 4;
const IDLE_CALLS = 30;
const IDLE_TURNS = 40;
/** How long a nudge may be under way: an agent may only be told when its present turn is over. */
const PATIENCE = 20;
const MOST_OPEN = 64;
const MOST_OUTSIDE = 100;
const MOST_TEXT = 20_000;

const WRITES = /write|edit|patch|replace|insert|create|delete|remove|move|rename|file_?change/i;
/** A command that may change files: what is written by a program that it runs is taken for granted, too. */
const CHANGES =
  /(?:^|[^0-9&<>=-])>|<<|\b(?:tee|mv|cp|rm|ln|dd|patch|apply_patch|truncate|install|touch|mkdir)\b|\s-i\b|\s-[ce]\b/;

/** A path as it is called in the tree; null where it is not in it, such as a scratch file. */
function inTree(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.replace(/^\/work(?=\/|$)/, '.').split('/')) {
    if (part === '' && parts.length === 0 && path.startsWith('/') && !path.startsWith('/work')) return null;
    if (part === '..' && parts.pop() === undefined) return null;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.length === 0 ? null : parts.join('/');
}

const cut = (text: string): string =>
  text.length <= MOST_TEXT ? text : `${text.length} ${text.slice(0, MOST_TEXT / 2)}${text.slice(-MOST_TEXT / 2)}`;

/** How long something took, and when it was, make no other answer of it. */
const timeless = (text: string): string => text.replace(/\d+(?:\.\d+)?\s?m?s\b|\d\d:\d\d:\d\d(?:\.\d+)?/g, '');

const isSame = (done: readonly string[]): boolean => done.length >= SAME && new Set(done.slice(-SAME)).size === 1;

/** A, B, A, B, A, B. */
function isBackAndForth(done: readonly string[]): boolean {
  const last = done.slice(-2 * SAME);
  return last.length === 2 * SAME && last.every((one, index) => one === last[index % 2]);
}

/** What one event tells, and what is remembered after it. */
interface Seen {
  readonly state: Watching;
  readonly finding: Reason | null;
}

function seeCall(state: Watching, event: Extract<AgentEvent, { is: 'called' }>, isOutside: Matcher): Seen {
  const { call, tool, paths, input } = event;
  // Some agents name the file as well, such as `Read edit.ts`.
  const writes = WRITES.test(tool.trim().split(/\s/)[0] ?? '');
  const one = { call, tool, action: hashText(`${tool} ${cut(input)}`), changes: writes || CHANGES.test(cut(input)) };
  const open = [...state.open.filter((other) => other.call !== call), one].slice(-MOST_OPEN);
  const named = writes ? paths.map(inTree).filter((path) => path !== null) : [];
  const outside = named.filter((path) => isOutside(path) && !state.outside.includes(path));
  const [first] = outside;
  return {
    state: { ...state, open, outside: [...state.outside, ...new Set(outside)].slice(-MOST_OUTSIDE) },
    finding: first === undefined ? null : { code: 'watch-outside', detail: first.slice(0, 200) },
  };
}

function findingIn({ done, errors, idle }: Watching, tool: string): Reason | null {
  if (errors >= ERRORS) return { code: 'watch-errors', detail: String(ERRORS) };
  if (isSame(done)) return { code: 'watch-repeats', detail: tool.slice(0, 100) };
  if (isBackAndForth(done)) return { code: 'watch-alternates' };
  return idle.calls >= IDLE_CALLS || idle.turns >= IDLE_TURNS ? { code: 'watch-idle' } : null;
}

function seeAnswer(state: Watching, { call, ok, text }: Extract<AgentEvent, { is: 'answered' }>): Seen {
  const asked = state.open.find((one) => one.call === call);
  const changed = ok && asked?.changes === true;
  const answer = hashText(`${asked?.action ?? ''} ${timeless(cut(text))}`);
  const after = {
    ...state,
    open: state.open.filter((one) => one !== asked),
    // What was never announced cannot be told from something else.
    done: asked === undefined ? [] : [...state.done, answer].slice(-2 * SAME),
    errors: ok ? 0 : state.errors + 1,
    idle: changed ? watching.idle : { ...state.idle, calls: state.idle.calls + 1 },
  };
  // Words alone end nothing, so that they are looked for only while somebody may be told.
  if (state.nudged === null && ordersReader(cut(text)))
    return { state: after, finding: { code: 'watch-injected', detail: asked?.tool.slice(0, 100) ?? '' } };
  return { state: after, finding: findingIn(after, asked?.tool ?? '') };
}

function see(state: Watching, event: AgentEvent, isOutside: Matcher): Seen {
  switch (event.is) {
    case 'called':
      return seeCall(state, event, isOutside);
    case 'answered':
      return seeAnswer(state, event);
    case 'spent': {
      const after = { ...state, idle: { ...state.idle, turns: state.idle.turns + 1 } };
      return { state: after, finding: after.idle.turns >= IDLE_TURNS ? { code: 'watch-idle' } : null };
    }
    case 'told':
      return {
        state: state.nudged === null ? state : { ...state, nudged: { ...state.nudged, heard: true } },
        finding: null,
      };
    case 'said':
      return { state, finding: null };
  }
}

/**
 * Follows what an agent does: the first thing that is wrong earns it one nudge, whatever it is, and the next one after it
 * has heard that, or had time to, its end. Orders in what it reads earn a nudge, and end nothing. Returns what to
 * remember, beginning with `watching`. Pure.
 */
export function watchAgent({
  paths,
  oracle,
}: WatchRules): (state: Watching, event: AgentEvent) => { readonly state: Watching; readonly does: Noticed | null } {
  let outside: Matcher | undefined;
  // Compiled for whoever writes something: a recipe does without.
  const compiled = (): Matcher => {
    const isAllowed = globMatcher(paths);
    const isOracle = globMatcher(oracle, true);
    return (path) => !isAllowed(path) || isOracle(path);
  };
  const isOutside: Matcher = (path) => {
    outside ??= compiled();
    return outside(path);
  };
  return (before, event) => {
    if (before.stopped !== null) return { state: before, does: before.stopped };
    const { state, finding } = see(before, event, isOutside);
    const nudged = event.is === 'answered' && state.nudged !== null ? waitedFor(state.nudged) : state.nudged;
    if (finding === null) return { state: { ...state, nudged }, does: null };
    // What was noticed counts once.
    const anew = { ...state, done: [], errors: 0, idle: watching.idle, nudged };
    if (nudged === null)
      return {
        state: { ...anew, nudged: { heard: false, patience: PATIENCE } },
        does: { do: 'nudge', reason: finding },
      };
    if (!nudged.heard && nudged.patience > 0) return { state: anew, does: null };
    const stopped: Noticed = { do: 'stop', reason: finding };
    return { state: { ...anew, stopped }, does: stopped };
  };
}

const waitedFor = (nudged: NonNullable<Watching['nudged']>) => ({
  ...nudged,
  patience: Math.max(0, nudged.patience - 1),
});
