import type { Case } from './case.ts';
import type { Configuration, Step } from './configuration.ts';
import { hashOf } from './hash.ts';
import type { JudgedCase } from './judge.ts';
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

/** How the cases of a head differ from those of its base. Every case is in exactly one list. */
export interface OracleChange {
  /** Word for word the same, of a step that is run the same. */
  readonly same: readonly Case[];
  /** Cases of base that the head no longer has. */
  readonly removed: readonly Case[];
  /** Cases that have the same name, and another input or expectation; as they stand on the head. */
  readonly changed: readonly Case[];
  /** Cases that base does not have, or whose step is run differently now. */
  readonly added: readonly Case[];
}

const runOf = ({ run, lines, timeout }: Step) => hashOf({ run, lines, timeout });
/** What a case says, wherever it stands. */
const saysOf = ({ step, name, input, expect }: Case): string => hashOf({ step, name, input, expect });
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
  const lists = { same: [] as Case[], changed: [] as Case[], added: [] as Case[] };
  for (const one of casesOf(own)) {
    const known = before.get(keyOf(one));
    if (known === undefined) lists.added.push(one);
    else if (saysOf(known) !== saysOf(one)) lists.changed.push(one);
    else (asBefore.has(one.step) ? lists.same : lists.added).push(one);
  }
  return { ...lists, removed: casesOf(base).filter((one) => !kept.has(keyOf(one))) };
}

export interface OracleInput {
  /** Paths of the head's changes that decide what it is judged by. */
  readonly paths: readonly string[];
  /** Those of them that dependencies are made of, or lie in. */
  readonly dependencies?: readonly string[];
  readonly change: Omit<OracleChange, 'removed'> & { readonly removed: readonly Pick<Case, 'name' | 'step'>[] };
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

/**
 * What a head changes of that by which it is judged, each case by name. It waits until a writer accepts it: it is never
 * weakened in silence, and never stuck.
 */
export function judgeOracle({ paths, change, broken, dependencies = [], quarantined = [] }: OracleInput): Verdict {
  const name = 'oracle';
  if (paths.length === 0) return { name, passed: true, because: say.oracle.untouched };
  const waits = (name: string, because: string): Verdict => ({ name, passed: false, held: 'waits', because });
  const named = (one: Pick<Case, 'name' | 'step'>, because: string): Verdict =>
    waits(`${one.step}: ${one.name}`, because);
  const children = [
    ...(dependencies.length === 0 ? [] : [waits('dependencies', say.oracle.dependencies(dependencies))]),
    ...change.removed.map((one) => named(one, say.oracle.removed)),
    ...change.changed.map((one) => named(one, say.oracle.changed)),
    ...broken.map((one) => named(one, say.oracle.broken(one.because))),
    ...quarantined.map((one) => named({ step: one.step, name: one.case }, extended(one))),
  ];
  return { name, passed: false, held: 'waits', because: say.oracle.touched(paths), children };
}

/** The same judgement once what the head is judged by is accepted, and why. */
export function acceptOracle(verdict: Verdict, because: string): Verdict {
  const parts = verdict.children ?? [];
  if (!parts.some(({ name, held }) => name === 'oracle' && held === 'waits')) return verdict;
  return allOf(
    verdict.name,
    parts.map((part) => (part.name === 'oracle' ? { ...part, passed: true, because } : part)),
  );
}
