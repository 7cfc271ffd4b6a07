import { askModel, type Exchange, metered, transcribed } from './ask-model.ts';
import type { ApprovedSpec } from './domain/approval.ts';
import type { Allowance } from './domain/budget.ts';
import { hiddenFromAgents } from './domain/case-files.ts';
import type { Candidate, FactOf } from './domain/fact.ts';
import { failureNote, type Reflection } from './domain/failure-note.ts';
import { oracleGlobs } from './domain/integrity.ts';
import { plainText } from './domain/prompts/plain.ts';
import { parseReflect, renderReflect } from './domain/prompts/reflect.ts';
import { accountsOf, type Redactor } from './domain/redact.ts';
import { keyOf } from './domain/rejection.ts';
import { quotesHoldOut } from './domain/review.ts';
import type { Round } from './domain/stage.ts';
import { noting } from './keep-budget.ts';
import { knowingPeople } from './know-people.ts';
import type { Agent, Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { shownChange } from './show-change.ts';

/** Longest text of either half. */
const MOST = 1200;

/** The question about a refused candidate. Nothing that an agent may not see is in it, and nothing of the oracle. */
async function questionOf(
  ports: Ports,
  { configuration }: Base,
  approved: ApprovedSpec,
  round: Round,
  { base, tree }: Candidate,
): Promise<{ system: string; prompt: string }> {
  const hide = hiddenFromAgents(ports.ref.issue, configuration);
  const unseen = [...hide, ...oracleGlobs(configuration)];
  const diff = await shownChange(ports, base, tree, unseen, accountsOf(configuration));
  const { spec, paths } = approved;
  const note = failureNote(round, { spec, steps: configuration.steps, hide });
  return renderReflect({ spec, paths, diff, note });
}

/** Its words as the next round may read them; null where they might tell something of a hold-out. */
function usable({ wrong, instead }: Reflection, { spec }: ApprovedSpec, words: Redactor): Reflection | null {
  const said = { wrong: words.redact(plainText(wrong, MOST)), instead: words.redact(plainText(instead, MOST)) };
  return quotesHoldOut(`${said.wrong} ${said.instead}`, spec) ? null : said;
}

/**
 * Before the next round: has a model look back at the last one, if that was judged red and nobody has yet. What it says
 * is handed on as data; nothing depends on it, so whatever goes wrong with it is no more than its absence. It keeps within `funds`. Null where
 * there is nothing to look back at, or nobody to do so: a recipe would make the same again. Throws only where the signal
 * ends the work.
 */
export async function lookBack(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  last: Round | undefined,
  agent: Agent | null,
  funds: Allowance,
  signal: AbortSignal,
): Promise<FactOf<'reflected'> | null> {
  if (last === undefined || last.candidate === null || last.reflected !== null) return null;
  if (last.judged?.verdict.passed !== false || agent?.kind !== 'model' || ports.model === null) return null;
  const meter = metered(ports.model, funds, noting(ports));
  const round = { ...last, candidate: last.candidate };
  return reflect(ports, meter, base, approved, round, signal);
}

async function reflect(
  ports: Ports,
  { model, spent }: Pick<ReturnType<typeof metered>, 'model' | 'spent'>,
  base: Base,
  approved: ApprovedSpec,
  round: Round & { readonly candidate: Candidate },
  signal: AbortSignal,
): Promise<FactOf<'reflected'>> {
  const heard: Exchange[] = [];
  const said = await questionOf(ports, base, approved, round, round.candidate)
    .then((question) => askModel(model, { ...question, signal }, parseReflect, heard))
    .catch((error: unknown) => {
      signal.throwIfAborted();
      ports.log.warn('nothing came of looking back', { rejection: keyOf(ports.ref), error });
      return null;
    });
  const note = said === null ? null : usable(said, approved, await knowingPeople(ports, base));
  const transcript = await transcribed(ports, heard);
  return { kind: 'reflected', round: round.round, note, used: note !== null, spent: spent(), ...transcript };
}
