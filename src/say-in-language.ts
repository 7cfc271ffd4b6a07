import { askModel } from './ask-model.ts';
import type { Configuration } from './domain/configuration.ts';
import { type InLanguages, inLanguage, type Language, languageOf } from './domain/language.ts';
import { parseAsk, renderAsk } from './domain/prompts/ask.ts';
import { keyOf } from './domain/rejection.ts';
import { consult } from './keep-budget.ts';
import type { Ports } from './ports.ts';
import { rememberingAnswers } from './remember-answers.ts';

/** Sentences as a model puts them; null where there is none, nothing is left for it, or its answer cannot be used. */
async function putInto(
  ports: Ports,
  configuration: Configuration,
  sentences: readonly string[],
  language: Language,
): Promise<readonly string[] | null> {
  if (ports.readers.ask === null) return null;
  const read = await consult(ports, configuration, async (within) => {
    const reader = within.readers.ask;
    if (reader === null) return null;
    const model = rememberingAnswers(ports, reader, 'ask', language);
    return askModel(model, renderAsk(sentences, language), (text) => parseAsk(text, sentences), []);
  });
  return 'usedUp' in read ? null : read.said;
}

/**
 * Questions in the reporter's language: as they stand there, else as a model puts them. Without one, where nothing is left
 * to spend on it, or where its answer cannot be used, they are asked in the words that they have.
 */
export async function saidIn(
  ports: Ports,
  configuration: Configuration,
  questions: readonly (string | InLanguages)[],
  language: Language,
): Promise<readonly string[]> {
  const said = questions.map((words) => inLanguage(words, language));
  const foreign = said.filter((words, at) => typeof questions[at] === 'string' && languageOf(words) !== language);
  if (foreign.length === 0 || language === 'en') return said;
  const put = await putInto(ports, configuration, foreign, language).catch((error: unknown) => {
    ports.log.warn('a question is asked as it stands', { rejection: keyOf(ports.ref), error });
    return null;
  });
  return said.map((words) => put?.[foreign.indexOf(words)] ?? words);
}
