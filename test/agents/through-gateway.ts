import { builtin } from '../../src/adapters/agents/builtin.ts';
import { openGateway } from '../../src/adapters/gateway/gateway.ts';
import { openaiChat } from '../../src/adapters/models/chat.ts';
import type { NamedModel } from '../../src/domain/named-model.ts';
import type { GatewayRun } from '../../src/ports.ts';

/** No agent may find it. */
export const MODEL_KEY = 'sk-canary-7f1c9b';

export const modelAt = (url: string): NamedModel => ({
  name: 'default',
  api: 'openai-chat',
  url,
  key: MODEL_KEY,
  model: 'm',
  most: 4_000,
});

/** The one door of a round to the model at this address. */
export const doorTo = (url: string) => (run: Omit<GatewayRun, 'model'>) => openGateway({ ...run, model: modelAt(url) });

/** The agent that ships, impatient. */
export const impatient = builtin({
  name: 'm',
  context: 64_000,
  chat: (fetch) => openaiChat({ baseUrl: 'http://gateway/v1', apiKey: 'none', model: 'm', retries: 0, fetch }),
});
