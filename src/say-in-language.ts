import { askModel } from './ask-model.ts';
import { type InLanguages, inLanguage, type Language, languageOf } from './domain/language.ts';
import { parseAsk, renderAsk } from './domain/prompts/ask.ts';
import { keyOf } from './domain/rejection.ts';
import type { Ports } from './ports.ts';
import { rememberingAnswers } from './remember-answers.ts';

/**
 * Questions in the reporter's language: as they stand there, else as a model puts them. Without one, or where its answer
 * cannot be used, they are asked in the words that they have.
 */
export async function saidIn(
  ports: Ports,
  questions: readonly (string | InLanguages)[],
  language: Language,
): Promise<readonly string[]> {
  const said = questions.map((words) => inLanguage(words, language));
  const foreign = said.filter((words, at) => typeof questions[at] === 'string' && languageOf(words) !== language);
  const reader = ports.readers.ask;
  if (reader === null || foreign.length === 0 || language === 'en') return said;
  const model = rememberingAnswers(ports, reader, 'ask', language);
  const put = await askModel(model, renderAsk(foreign, language), (text) => parseAsk(text, foreign), []).catch(
    (error: unknown) => {
      ports.log.warn('a question is asked as it stands', { rejection: keyOf(ports.ref), error });
      return null;
    },
  );
  return said.map((words) => put?.[foreign.indexOf(words)] ?? words);
}
