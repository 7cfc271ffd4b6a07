import { tried as say } from '../../domain/messages/cli.ts';
import type { Spec } from '../../domain/spec.ts';
import { specBlock } from '../../domain/spec-comment.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Print } from '../print.ts';

/** The spec for reading: what changes in words, then the block as it would stand in the comment. */
export function showSpec(spec: Spec, print: Print): void {
  for (const line of [say.spec(spec.title), say.observed(spec.observed), say.expected(spec.expected)]) print(line);
  const block = specBlock(spec).split('\n').slice(1, -1);
  print(`\n${block.map((line) => `  ${line}`).join('\n')}\n`);
}

function linesOf(verdict: Verdict, depth: number): readonly string[] {
  const { name, passed, held, because, children = [] } = verdict;
  const line = `${'  '.repeat(depth)}${passed ? '✓' : held === undefined ? '✗' : '•'} ${name}`;
  // What failed below says by itself what is only repeated here.
  const repeats = children.some((child) => !child.passed && because.includes(child.because));
  const own = repeats ? line : `${line}: ${because.replace(/[\r\n]+/g, ' ')}`;
  return [own, ...children.flatMap((child) => linesOf(child, depth + 1))];
}

/** The verdict as a tree of lines. */
export function showVerdict(verdict: Verdict, print: Print): void {
  print(say.verdict);
  for (const line of linesOf(verdict, 1)) print(line);
}
