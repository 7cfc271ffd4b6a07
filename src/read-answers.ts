import type { AnswerGiven } from './domain/fact.ts';
import { textHashOf } from './domain/parse-rejection.ts';
import { type Answered, keyOf } from './domain/rejection.ts';
import { standingOf } from './domain/standing.ts';
import type { Issue, Ports } from './ports.ts';

/** What these comments say now, oldest first. One that is gone says nothing. */
export async function readAnswers(ports: Ports, given: readonly AnswerGiven[] = []): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  for (const { comment, to } of given) answers.push({ words: (await ports.forge.comment(comment))?.body ?? '', to });
  return answers;
}

/** The hash of all that a rejection says now: of its text, and of the answers that count. */
export async function textHashNow(ports: Ports, issue: Issue): Promise<string> {
  const { accepted } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  return textHashOf(issue, await readAnswers(ports, accepted?.answers));
}
