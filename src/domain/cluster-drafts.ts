import { assertCase } from './assert-case.ts';
import type { Expectation } from './case.ts';
import { canonical } from './hash.ts';
import type { Draft } from './prompts/draft.ts';

/** Drafts that say the same. */
export interface Cluster<D extends Draft = Draft> {
  /** The first of them. */
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

/** Whether one value at a path makes both true, as far as that can be told. */
function holdTogether(one: Expectation, other: Expectation): boolean {
  const same = ({ op, value, tolerance, ignore }: Expectation) => canonical({ op, value, tolerance, ignore });
  if (same(one) === same(other)) return true;
  const [exact, loose] = one.op === 'eq' ? [one, other] : [other, one];
  if (exact.op !== 'eq' || exact.value === undefined) return false;
  return assertCase(exact.value, [{ ...loose, path: '' }]).every(({ passed }) => passed);
}

/** Whether two expectations want the same of an output: something in common, and nowhere anything else. */
function sameWanted(one: readonly Expectation[], other: readonly Expectation[]): boolean {
  const common = one.flatMap((a) => other.filter((b) => b.path === a.path).map((b) => [a, b] as const));
  return common.length > 0 && common.every(([a, b]) => holdTogether(a, b));
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

/**
 * Drafts by what they say, the most frequent first, in the order of the drafts: specs that name the same step and kind
 * of change and want the same of its output. Those that came to nothing (null) are in none.
 */
export function clusterDrafts(drafts: readonly (Draft | null)[]): readonly Cluster[] {
  const clusters: Cluster[] = [];
  for (const draft of drafts) {
    if (draft === null) continue;
    const at = clusters.findIndex((cluster) => saySame(cluster.draft, draft));
    const found = clusters[at];
    if (found === undefined) clusters.push({ draft, size: 1 });
    else clusters[at] = { ...found, size: found.size + 1 };
  }
  return clusters.toSorted((a, b) => b.size - a.size);
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
