import { assertCase } from './assert-case.ts';
import type { Expectation } from './case.ts';
import { canonical } from './hash.ts';
import type { Draft } from './prompts/draft.ts';

/** Drafts that say the same, each as each other one. */
export interface Cluster<D extends Draft = Draft> {
  /** The one that leaves the least open, the first of several. */
  readonly draft: D;
  readonly size: number;
}

/** How many drafts of how many say the same: the same step, kind of change and expectation. */
export interface Agreed {
  readonly drafts: number;
  readonly of: number;
}

/** What several drafts come to. `agreed`: enough of them say the same; `tied`: most do; `split`: neither. */
export type Agreement = 'agreed' | 'tied' | 'split';

/** Four of five. */
const ENOUGH = 0.8;
/** Two of three, and not three of five. */
const MOST = 0.6;

const saysWhat = (wanted: readonly Expectation[]): string => canonical(wanted.map(canonical).toSorted());

/** Whether what two drafts want of one place can hold together: they say the same, or one names a value that meets all. */
function holdTogether(one: readonly Expectation[], other: readonly Expectation[]): boolean {
  if (saysWhat(one) === saysWhat(other)) return true;
  const all = [...one, ...other].map((expectation) => ({ ...expectation, path: '' }));
  return all.some(
    ({ op, value }) => op === 'eq' && value !== undefined && assertCase(value, all).every(({ passed }) => passed),
  );
}

/**
 * Whether two drafts want the same of an output: one is about all the places that the other one is about, and what they
 * want there holds together. A place alone that they share is not enough, where each goes on to another one.
 */
function sameWanted(one: readonly Expectation[], other: readonly Expectation[]): boolean {
  const [ones, others] = [Map.groupBy(one, ({ path }) => path), Map.groupBy(other, ({ path }) => path)];
  const [fewer, more] = ones.size <= others.size ? [ones, others] : [others, ones];
  return [...fewer].every(([path, wanted]) => {
    const also = more.get(path);
    return also !== undefined && holdTogether(wanted, also);
  });
}

function saySame(one: Draft, other: Draft): boolean {
  if (one.is === 'spec')
    return (
      other.is === 'spec' &&
      one.step === other.step &&
      one.change === other.change &&
      sameWanted(one.expect, other.expect)
    );
  if (one.is === 'other-kind') return other.is === 'other-kind' && one.change === other.change;
  if (one.is === 'ask') return other.is === 'ask' && one.missing === other.missing;
  return other.is === one.is;
}

/** How much a draft settles: values that it names, then anything else that it wants. */
function settles(draft: Draft): number {
  if (draft.is !== 'spec') return 0;
  const named = draft.expect.filter(({ op }) => op === 'eq').length;
  return named * 100 + draft.expect.length;
}

const isSame = (one: Draft, other: Draft): boolean =>
  saySame(one, other) &&
  (one.is !== 'spec' || (other.is === 'spec' && saysWhat(one.expect) === saysWhat(other.expect)));

/** Where a draft belongs: with those that all say the same as it, and with those that say just that where several do. */
function clusterFor<M extends { readonly draft: Draft }>(clusters: readonly M[][], draft: Draft): M[] | undefined {
  const fitting = clusters.filter((members) => members.every((one) => saySame(one.draft, draft)));
  // What would go with several is no word for any of them.
  return fitting.length === 1
    ? fitting[0]
    : fitting.find(([first]) => first !== undefined && isSame(first.draft, draft));
}

/**
 * Drafts by what they say, the most frequent first, in the order of the drafts: specs that name the same step and kind
 * of change and want the same of its output, each as each other one. Those that came to nothing (null) are in none.
 */
export function clusterDrafts(drafts: readonly (Draft | null)[]): readonly Cluster[] {
  const all = drafts.flatMap((draft, at) => (draft === null ? [] : [{ draft, at }]));
  const clusters: (typeof all)[] = [];
  // What settles most stands first, so that what leaves something open meets all that it could go with.
  for (const one of all.toSorted((a, b) => settles(b.draft) - settles(a.draft))) {
    const found = clusterFor(clusters, one.draft);
    if (found === undefined) clusters.push([one]);
    else found.push(one);
  }
  const begins = (members: typeof all): number => Math.min(...members.map(({ at }) => at));
  return clusters
    .toSorted((a, b) => b.length - a.length || begins(a) - begins(b))
    .flatMap((members) => (members[0] === undefined ? [] : [{ draft: members[0].draft, size: members.length }]));
}

/** What it means that so many of so many drafts say the same. */
export function agreementOf(size: number, of: number): Agreement {
  if (size / of >= ENOUGH) return 'agreed';
  return size / of > MOST ? 'tied' : 'split';
}

/** What the specs differ in, as answers to choose from: the values at the first place that they see differently. */
export function choicesOf(clusters: readonly Cluster[]): readonly string[] {
  const specs = clusters.flatMap(({ draft }) => (draft.is === 'spec' ? [draft] : []));
  const [first, ...others] = specs;
  if (first === undefined || others.length === 0) return [];
  const alike = others.every(({ step, change }) => step === first.step && change === first.change);
  const exact = (spec: (typeof specs)[number], path: string) =>
    spec.expect.find((expectation) => expectation.path === path && expectation.op === 'eq')?.value;
  for (const { path } of alike ? first.expect : []) {
    const values = specs.map((spec) => exact(spec, path)).filter((value) => value !== undefined);
    const said = new Set(values.map((value) => (typeof value === 'string' ? value : canonical(value))));
    if (values.length === specs.length && said.size > 1) return [...said];
  }
  return [...new Set(specs.map(({ expected }) => expected))];
}

/** A fault as a draft sees it. */
export interface Fault {
  readonly step: string;
  readonly quotes: readonly string[];
}

/** What the specs see that do not say the same, and the words that each rests on. */
export const faultsIn = (clusters: readonly Cluster[]): readonly Fault[] =>
  clusters.flatMap(({ draft }) => (draft.is === 'spec' ? [{ step: draft.step, quotes: draft.quotes }] : []));
