import type { Case } from './case.ts';
import type { Configuration, Step } from './configuration.ts';
import type { FactOf } from './fact.ts';
import { hashOf } from './hash.ts';
import type { JudgedCase } from './judge.ts';
import { cutLine } from './markdown.ts';
import * as say from './messages/guard.ts';
import { quarantine } from './messages/noise.ts';
import type { Quarantined } from './noise/quarantine.ts';
import { allOf, type Verdict } from './verdict.ts';

const { extends: extended } = quarantine;

/** What a commit is judged by: its steps and the cases that stand in their suites. */
export interface Oracle {
  readonly configuration: Configuration;
  readonly cases: ReadonlyMap<string, readonly Case[]>;
}

/** A case by its name, and what it says; one of a report says nothing. */
type Named = Pick<Case, 'name' | 'step'> & Partial<Pick<Case, 'input' | 'expect'>>;

interface Changed extends Case {
  /** The case as it stands on base. */
  readonly was: Case;
}

/** How the cases of a head differ from those of its base. Every case is in exactly one list. */
export interface OracleChange {
  /** Word for word the same, of a step that is run the same. */
  readonly same: readonly Case[];
  /** Cases of base that the head no longer has. */
  readonly removed: readonly Case[];
  /** Cases that have the same name, and another input or expectation; as they stand on the head. */
  readonly changed: readonly Changed[];
  /** Cases that base does not have, or whose step is run differently now. */
  readonly added: readonly Case[];
}

const runOf = ({ run, lines, timeout }: Step) => hashOf({ run, lines, timeout });
/** What a case says, wherever it stands. */
const saysOf = ({ step, name, input, expect }: Named): string => hashOf({ step, name, input, expect });
const keyOf = ({ step, name }: Case): string => JSON.stringify([step, name]);
const casesOf = ({ cases }: Oracle): readonly Case[] => [...cases.values()].flat();

/** Compares case by case, by step and name. */
export function compareOracles(base: Oracle, own: Oracle): OracleChange {
  const runs = new Map(base.configuration.steps.map((step) => [step.name, runOf(step)]));
  const asBefore = new Set(
    own.configuration.steps.filter((step) => runs.get(step.name) === runOf(step)).map(({ name }) => name),
  );
  const before = new Map(casesOf(base).map((one) => [keyOf(one), one]));
  const kept = new Set(casesOf(own).map(keyOf));
  const lists = { same: [] as Case[], changed: [] as Changed[], added: [] as Case[] };
  for (const one of casesOf(own)) {
    const known = before.get(keyOf(one));
    if (known === undefined) lists.added.push(one);
    else if (saysOf(known) !== saysOf(one)) lists.changed.push({ ...one, was: known });
    else (asBefore.has(one.step) ? lists.same : lists.added).push(one);
  }
  return { ...lists, removed: casesOf(base).filter((one) => !kept.has(keyOf(one))) };
}

/** A file that the head changes, as git tells it. */
export interface FileChange {
  readonly path: string;
  readonly status: 'added' | 'deleted' | 'modified' | 'type-changed';
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
}

export interface OracleInput {
  /** The head's changes that decide what it is judged by. */
  readonly files: readonly FileChange[];
  /** Paths of those that dependencies are made of, or lie in. */
  readonly dependencies?: readonly string[];
  readonly change: Omit<OracleChange, 'removed'> & { readonly removed: readonly Named[] };
  /** Entries of the list of quarantined cases that base does not have, or not for as long. */
  readonly quarantined?: readonly Quarantined[];
  /** Cases of base that were green on base and are not on the head, with the reason. */
  readonly broken: readonly { readonly name: string; readonly step: string; readonly because: string }[];
}

/** Base's cases that the head no longer passes. */
export const brokenOf = (judged: readonly JudgedCase[]): OracleInput['broken'] =>
  judged
    .filter(({ base, head }) => base.outcome === 'pass' && head.outcome !== 'pass')
    .map(({ case: { name, step }, head }) => ({ name, step, because: head.because }));

/** Most findings that are accepted one by one, and the characters they may take: what a check shows. Those after them are accepted together. */
const SINGLY = 90;
const ROOM = 20_000;

const waits = (name: string, because: string, of: unknown): Verdict => ({
  name,
  passed: false,
  held: 'waits',
  because,
  of: hashOf(of),
});

/** A finding, by what it is counted where there is no room for it. */
type Finding = readonly [kind: keyof say.LeftOut, found: Verdict];

/** How many of these findings, from the first, a check shows in full. */
function shown(findings: readonly Finding[]): number {
  let room = ROOM;
  const over = findings.findIndex(([, { name, because }]) => {
    room -= name.length + because.length;
    return room < 0;
  });
  return Math.min(over < 0 ? findings.length : over, SINGLY);
}

function bounded(findings: readonly Finding[]): readonly Verdict[] {
  const most = shown(findings);
  const found = findings.map(([, one]) => one);
  const rest = findings.slice(most);
  if (rest.length === 0) return found;
  const leftOut = { quarantined: 0, broken: 0, files: 0, cases: 0 };
  for (const [kind] of rest) leftOut[kind]++;
  return [...found.slice(0, most), waits('more', say.oracle.more(leftOut), { rest: rest.map(([, { of }]) => of) })];
}

/**
 * What a head changes of that by which it is judged, each case and each file by name. It waits until a writer accepts it:
 * it is never weakened in silence, and never stuck.
 */
export function judgeOracle({ files, change, broken, dependencies = [], quarantined = [] }: OracleInput): Verdict {
  const name = 'oracle';
  if (files.length === 0) return { name, passed: true, because: say.oracle.untouched };
  const named = (is: string, one: Named, because: string, was?: Case): Verdict =>
    waits(`${one.step}: ${one.name}`, because, {
      is,
      says: saysOf(one),
      ...(was !== undefined && { was: saysOf(was) }),
    });
  const found = <T>(kind: Finding[0], all: readonly T[], one: (of: T) => Verdict): readonly Finding[] =>
    all.map((of) => [kind, one(of)]);
  // Those that a person cannot tell from the changed files stand first.
  const children = [
    ...found('files', dependencies.length === 0 ? [] : [dependencies], (all) =>
      waits('dependencies', say.oracle.dependencies(all), all),
    ),
    ...found('broken', broken, (one) => named('broken', one, say.oracle.broken(cutLine(one.because, 300)))),
    ...found('quarantined', quarantined, (one) => waits(`${one.step}: ${one.case}`, extended(one), one)),
    ...found('files', files, ({ path, status, oldMode, newMode, oldId, newId }) =>
      waits(path, say.oracle.file[status], { path, old: [oldMode, oldId], new: [newMode, newId] }),
    ),
    ...found('cases', change.removed, (one) => named('removed', one, say.oracle.removed)),
    ...found('cases', change.changed, (one) => named('changed', one, say.oracle.changed, one.was)),
  ];
  const paths = files.map(({ path }) => path);
  return { name, passed: false, held: 'waits', because: say.oracle.touched(paths), children: bounded(children) };
}

const waitingIn = ({ children }: Verdict): Verdict | undefined =>
  children?.find(({ name, passed, held }) => name === 'oracle' && !passed && held === 'waits');

/** Hashes of all that waits to be accepted; null where that is not known singly, as in older judgements. */
export function namedIn(verdict: Verdict): readonly string[] | null {
  const oracle = waitingIn(verdict);
  if (oracle === undefined) return [];
  const named = (oracle.children ?? []).flatMap(({ of }) => of ?? []);
  return named.length > 0 && named.length === oracle.children?.length ? named : null;
}

const withOracle = (verdict: Verdict, oracle: Verdict): Verdict =>
  allOf(
    verdict.name,
    (verdict.children ?? []).map((part) => (part.name === 'oracle' ? oracle : part)),
  );

const asAccepted = ({ held: _, ...part }: Verdict): Verdict => ({ ...part, passed: true });

/** The same judgement once what the head is judged by is accepted as a whole, and why. */
export function acceptOracle(verdict: Verdict, because: string): Verdict {
  const oracle = waitingIn(verdict);
  if (oracle === undefined) return verdict;
  const children = (oracle.children ?? []).map(asAccepted);
  return withOracle(verdict, { ...asAccepted(oracle), because, children });
}

/**
 * The same judgement where somebody accepted what was named at that time. Whatever is named now and was not then keeps
 * waiting, for the reason that `otherwise` gives in place of this one.
 */
export function acceptNamed(
  verdict: Verdict,
  { by, named = [] }: Pick<FactOf<'oracle-accepted'>, 'by' | 'named'>,
  otherwise: (because: string) => string,
): Verdict {
  const oracle = waitingIn(verdict);
  if (oracle === undefined) return verdict;
  const known = new Set(named);
  if (namedIn(verdict)?.every((of) => known.has(of)) === true) return acceptOracle(verdict, say.oracle.accepted(by));
  const isKnown = ({ of }: Verdict): boolean => of !== undefined && known.has(of);
  const children = (oracle.children ?? []).map((part) => (isKnown(part) ? asAccepted(part) : part));
  return withOracle(verdict, { ...oracle, because: otherwise(oracle.because), children });
}
