import { builtin } from './adapters/agents/builtin.ts';
import { threadAgent } from './adapters/agents/run-thread.ts';
import type { ThreadKind } from './adapters/agents/thread.ts';
import { type ModelSettings, openaiChat } from './adapters/models/chat.ts';
import type { Configuration } from './domain/configuration.ts';
import { notHere } from './domain/messages/agents.ts';
import type { Agent, Log, Sandbox } from './ports.ts';

interface Agents {
  /** The operator's models, by the names that repositories know them by. */
  readonly models: Readonly<Record<string, ModelSettings>>;
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

/** The agent that a configuration asks for; one that says what is not here, where the operator has not set it up. */
export function openAgents({ models, sandbox, log }: Agents): (configuration: Configuration) => Agent {
  const kinds: Readonly<Record<string, (model: ModelSettings) => ThreadKind>> = {
    [BUILT_IN]: (model) => builtin({ chat: openaiChat(model) }),
  };
  return ({ agent: { use, model = 'default' } }) => {
    const kind = Object.hasOwn(kinds, use) ? kinds[use] : undefined;
    if (kind === undefined) return absent(notHere.agent(use, listed(kinds)));
    const settings = Object.hasOwn(models, model) ? models[model] : undefined;
    if (settings === undefined) return absent(notHere.model(model, listed(models)));
    return threadAgent({ kind: kind(settings), sandbox, log });
  };
}
