import type { AnswerGiven } from './domain/fact.ts';
import { type Said, textHashOf } from './domain/parse-rejection.ts';
import { type Answered, keyOf } from './domain/rejection.ts';
import { givenAway } from './domain/split.ts';
import type { Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Issue, Ports } from './ports.ts';
import { readHints } from './read-hints.ts';

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

/** All that a rejection says now. */
export interface Text {
  readonly issue: Issue;
  /** What stands in its comments. */
  readonly said: Said;
  /** Of all that, but for hints. */
  readonly textHash: string;
}

/** Reads it: by whoever reported it, though a part stands in an issue of the app's own, and without what a split gave away. */
export async function readText(
  ports: Ports,
  { accepted, family }: Pick<Standing, 'accepted' | 'family'>,
): Promise<Text> {
  const read = await ports.forge.issue(ports.ref.issue);
  const author = family.partOf === null ? read.author : (accepted?.reporter ?? read.author);
  const issue = { ...read, author, given: givenAway(family.split) };
  const said = { hints: await readHints(ports, accepted?.hints), answers: await readAnswers(ports, accepted?.answers) };
  return { issue, said, textHash: textHashOf(issue, said.answers) };
}
