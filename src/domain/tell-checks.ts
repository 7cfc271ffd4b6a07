import { cutLine } from './markdown.ts';
import * as say from './messages/people.ts';
import type { Verdict } from './verdict.ts';

export const GATE = 'corrigible/gate';
const nameOf = (verdict: Verdict): string =>
  verdict.name.startsWith('step ') ? `corrigible/step/${verdict.name.slice(5)}` : `corrigible/${verdict.name}`;

const clean = (text: string): string => text.replace(/[\r\n]+/g, ' ');

/** Longest line of a finding. Of one whose parts are listed below it the parts tell the rest. */
const LINE = 2_000;

/** Lines of a verdict and its parts, `most` of each: those that did not pass first, so that none of them is cut for others. */
function tree(verdict: Verdict, most: number, depth = 0): readonly string[] {
  const indent = '  '.repeat(depth);
  const mark = verdict.passed ? '✓' : verdict.held === undefined ? '✗' : '•';
  const line = cutLine(`**${cutLine(say.quoted(verdict.name), 500)}**: ${clean(verdict.because)}`, LINE);
  const children = (verdict.children ?? []).toSorted((a, b) => Number(a.passed) - Number(b.passed));
  const rest = children.length - most;
  return [
    `${indent}- ${mark} ${line}`,
    ...children.slice(0, most).flatMap((child) => tree(child, most, depth + 1)),
    ...(rest > 0 ? [`${indent}  - ${say.check.more(rest)}`] : []),
  ];
}

/** One check as it is posted: its name, whether it is green, and the verdict's tree in words. */
export interface Check {
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'neutral' | 'action_required' | 'cancelled';
  readonly title: string;
  readonly summary: string;
  /** Lines of files that it is about. Their text is shown as it is. */
  readonly annotations?: readonly { readonly path: string; readonly line: number; readonly message: string }[];
}

const conclusionOf = ({ passed, held }: Verdict): Check['conclusion'] => {
  if (passed) return 'success';
  return held === undefined ? 'failure' : held === 'neutral' ? 'neutral' : 'action_required';
};

/** Most lines that one check points at. */
const ANNOTATIONS = 100;
/** Most parts that are listed of a part in its own check, and in the gate's, where all of them share the page. */
const LISTED = { own: 100, gate: 20 } as const;

/** Each failed case that stands in a file, at its line. */
function annotationsOf(verdict: Verdict): NonNullable<Check['annotations']> {
  const own = verdict.at === undefined || verdict.passed ? [] : [{ ...verdict.at, message: annotation(verdict) }];
  return [...own, ...(verdict.children ?? []).flatMap(annotationsOf)].slice(0, ANNOTATIONS);
}

const annotation = ({ name, because }: Verdict): string => `${name}: ${because}`;

const checkOf = (name: string, verdict: Verdict, summary: string): Check => ({
  name,
  conclusion: conclusionOf(verdict),
  title: cutLine(clean(verdict.because), 250),
  summary,
});

const headingOf = ({ passed }: Verdict): string => (passed ? say.check.gateGreen : say.check.gateRed);

/** The checks of a verdict: one per part (step, spec, integrity, oracle), and the gate over all, under this heading and report. */
export function tellChecks(verdict: Verdict, heading = headingOf(verdict), report = ''): readonly Check[] {
  const parts = (verdict.children ?? []).map((child) => {
    const annotations = annotationsOf(child);
    const check = checkOf(nameOf(child), child, tree(child, LISTED.own).join('\n'));
    return annotations.length === 0 ? check : { ...check, annotations };
  });
  const gate = [heading, ...(report === '' ? [] : [report]), tree(verdict, LISTED.gate).join('\n')].join('\n\n');
  return [...parts, checkOf(GATE, verdict, gate)];
}

/** A check of the app's own as it stands on a commit. */
interface Standing {
  readonly name: string;
  readonly conclusion: string | null;
}

/**
 * What becomes of those that stand on the commit and are no part of these: an earlier judgement left them, and what they
 * say holds no more. They block where the gate does.
 */
export function endOthers(checks: readonly Check[], standing: readonly Standing[]): readonly Check[] {
  const told = new Set(checks.map(({ name }) => name));
  const gate = checks.find(({ name }) => name === GATE)?.conclusion;
  const conclusion = gate === 'success' || gate === 'neutral' ? 'neutral' : 'cancelled';
  return standing
    .filter((one) => one.name.startsWith('corrigible/') && !told.has(one.name) && one.conclusion !== conclusion)
    .map(({ name }) => ({ name, conclusion, title: say.check.over, summary: say.check.over }));
}
