import { modelTrouble } from '../../domain/messages/agents.ts';
import { type Model, Weather } from '../../ports.ts';
import { type ModelSettings, openaiChat } from './chat.ts';

/**
 * Any endpoint that speaks chat.completions as a model without tools. Throws `Weather` when the endpoint is out of reach
 * or its answer is cut or empty, `ModelRefused` when the settings or the request are wrong, the signal's reason when
 * aborted. Tokens that the server did not count are estimated upwards.
 */
export function openaiModel(settings: ModelSettings): Model {
  const chat = openaiChat(settings);
  return {
    name: settings.model,
    async complete({ system, prompt, ...rest }) {
      const turn = await chat.next({
        messages: [
          { role: 'system', text: system },
          { role: 'user', text: prompt },
        ],
        ...rest,
      });
      if (turn.cut) throw new Weather(modelTrouble.tooLong(settings.model));
      if (turn.text.trim() === '') throw new Weather(modelTrouble.empty(settings.model));
      return { text: turn.text, tokens: turn.tokens };
    },
  };
}
