import * as say from './messages/people.ts';
import type { Verdict } from './verdict.ts';

export const GATE = 'corrigible/gate';
const nameOf = (verdict: Verdict): string =>
  verdict.name.startsWith('step ') ? `corrigible/step/${verdict.name.slice(5)}` : `corrigible/${verdict.name}`;

const clean = (text: string): string => text.replace(/[\r\n]+/g, ' ');

function tree(verdict: Verdict, depth: number): readonly string[] {
  const line = `${'  '.repeat(depth)}- ${verdict.passed ? '✓' : verdict.held === undefined ? '✗' : '•'} **${say.quoted(verdict.name)}**: ${clean(verdict.because)}`;
  return [line, ...(verdict.children ?? []).flatMap((child) => tree(child, depth + 1))];
}

/** One check as it is posted: its name, whether it is green, and the verdict's tree in words. */
export interface Check {
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'neutral' | 'action_required';
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

/** Each failed case that stands in a file, at its line. */
function annotationsOf(verdict: Verdict): NonNullable<Check['annotations']> {
  const own = verdict.at === undefined || verdict.passed ? [] : [{ ...verdict.at, message: annotation(verdict) }];
  return [...own, ...(verdict.children ?? []).flatMap(annotationsOf)].slice(0, ANNOTATIONS);
}

const annotation = ({ name, because }: Verdict): string => `${name}: ${because}`;

const checkOf = (name: string, verdict: Verdict, summary: string): Check => ({
  name,
  conclusion: conclusionOf(verdict),
  title: clean(verdict.because).slice(0, 250),
  summary,
});

const headingOf = ({ passed }: Verdict): string => (passed ? say.check.gateGreen : say.check.gateRed);

/** The checks of a verdict: one per part (step, spec, integrity, oracle), and the gate over all, under this heading. */
export function tellChecks(verdict: Verdict, heading = headingOf(verdict)): readonly Check[] {
  const parts = (verdict.children ?? []).map((child) => {
    const annotations = annotationsOf(child);
    const check = checkOf(nameOf(child), child, tree(child, 0).join('\n'));
    return annotations.length === 0 ? check : { ...check, annotations };
  });
  const gate = `${heading}\n\n${tree(verdict, 0).join('\n')}`;
  return [...parts, checkOf(GATE, verdict, gate)];
}
