import { wordsBehind } from './domain/command.ts';
import type { Ports } from './ports.ts';

/** What people who may write said behind `/hint`, oldest first. One that was deleted, or says something else now, is none. */
export async function readHints(ports: Ports, comments: readonly number[] = []): Promise<readonly string[]> {
  const hints: string[] = [];
  for (const id of comments) {
    const comment = await ports.forge.comment(id);
    const words = comment === null ? null : wordsBehind('hint', comment.body);
    if (words !== null && words !== '') hints.push(words);
  }
  return hints;
}
