import type { Fact, FactOf } from './domain/fact.ts';
import { languageOf } from './domain/language.ts';
import { putAside as words } from './domain/messages/questions.ts';
import type { Ports } from './ports.ts';
import { commentOnce } from './write-once.ts';

/** A question that nobody answered in its time: the rejection is put aside, and that is said once. */
export async function putAside(ports: Ports, question: FactOf<'question-asked'>): Promise<readonly Fact[]> {
  const { until, comment } = question;
  if (until === undefined || Date.parse(ports.clock.now()) < Date.parse(until)) return [];
  const { title, body } = await ports.forge.issue(ports.ref.issue);
  const said = await commentOnce(ports, `put-aside-${comment}`, words[languageOf(body.trim() === '' ? title : body)]);
  return [{ kind: 'declined', reason: { code: 'no-answer' }, comment: said }];
}
