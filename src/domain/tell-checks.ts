import * as say from './messages/people.ts';
import type { Verdict } from './verdict.ts';

export const GATE = 'corrigible/gate';
const nameOf = (verdict: Verdict): string =>
  verdict.name.startsWith('step ') ? `corrigible/step/${verdict.name.slice(5)}` : `corrigible/${verdict.name}`;

const clean = (text: string): string => text.replace(/[\r\n]+/g, ' ');

function tree(verdict: Verdict, depth: number): readonly string[] {
  const line = `${'  '.repeat(depth)}- ${verdict.passed ? '✓' : '✗'} **${say.quoted(verdict.name)}**: ${clean(verdict.because)}`;
  return [line, ...(verdict.children ?? []).flatMap((child) => tree(child, depth + 1))];
}

/** One check as it is posted: its name, whether it is green, and the verdict's tree in words. */
export interface Check {
  readonly name: string;
  readonly conclusion: 'success' | 'failure';
  readonly title: string;
  readonly summary: string;
}

const checkOf = (name: string, verdict: Verdict, summary: string): Check => ({
  name,
  conclusion: verdict.passed ? 'success' : 'failure',
  title: clean(verdict.passed ? verdict.because : verdict.because).slice(0, 250),
  summary,
});

/** The checks of a verdict: one per step, one for the spec, one for integrity, and the gate over all. */
export function tellChecks(verdict: Verdict): readonly Check[] {
  const parts = (verdict.children ?? []).map((child) => checkOf(nameOf(child), child, tree(child, 0).join('\n')));
  const gate = `${verdict.passed ? say.check.gateGreen : say.check.gateRed}\n\n${tree(verdict, 0).join('\n')}`;
  return [...parts, checkOf(GATE, verdict, gate)];
}
