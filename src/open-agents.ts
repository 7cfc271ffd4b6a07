import { builtin } from './adapters/agents/builtin.ts';
import { threadAgent } from './adapters/agents/run-thread.ts';
import type { ThreadKind } from './adapters/agents/thread.ts';
import { openGateway } from './adapters/gateway/gateway.ts';
import { openaiChat } from './adapters/models/chat.ts';
import type { Configuration } from './domain/configuration.ts';
import { notHere } from './domain/messages/agents.ts';
import type { NamedModel } from './domain/named-model.ts';
import type { Agent, Log, Sandbox } from './ports.ts';

interface Agents {
  /** The operator's models, by the names that repositories know them by. */
  readonly models: Readonly<Record<string, NamedModel>>;
  readonly sandbox: Sandbox;
  readonly log: Log;
}

/** The name of the agent that ships. */
const BUILT_IN = 'built-in';

/** What a repository may ask for and what is not here, as an agent that says so: in words, wherever it is told. */
const absent = (because: string): Agent => ({
  kind: 'model',
  implement: async () => ({
    is: 'nothing',
    code: 'unknown',
    because,
    spent: { seconds: 0, tokens: 0, requests: 0 },
  }),
});

const listed = (of: Readonly<Record<string, unknown>>): readonly string[] => Object.keys(of).sort();

/** What the built-in agent writes to: the gateway, whose address means nothing, and which alone has the key. */
const THROUGH = { baseUrl: 'http://gateway/v1', apiKey: 'none' } as const;

const shipped = (model: NamedModel): ThreadKind =>
  builtin({ name: model.model, chat: (fetch) => openaiChat({ ...THROUGH, model: model.model, fetch }) });

/** The agent that a configuration asks for; one that says what is not here, where the operator has not set it up. */
export function openAgents({ models, sandbox, log }: Agents): (configuration: Configuration) => Agent {
  const kinds: Readonly<Record<string, (model: NamedModel) => ThreadKind>> = { [BUILT_IN]: shipped };
  return ({ agent: { use, model: name = 'default' } }) => {
    const kind = Object.hasOwn(kinds, use) ? kinds[use] : undefined;
    if (kind === undefined) return absent(notHere.agent(use, listed(kinds)));
    const model = Object.hasOwn(models, name) ? models[name] : undefined;
    if (model === undefined) return absent(notHere.model(name, listed(models)));
    if (use === BUILT_IN && model.api !== 'openai-chat') return absent(notHere.chat(name));
    return threadAgent({ kind: kind(model), sandbox, log, door: (run) => openGateway({ ...run, model }) });
  };
}
