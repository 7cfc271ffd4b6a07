import { acp } from './adapters/agents/acp.ts';
import { builtin } from './adapters/agents/builtin.ts';
import { headless } from './adapters/agents/headless.ts';
import { threadAgent } from './adapters/agents/run-thread.ts';
import type { ThreadKind } from './adapters/agents/thread.ts';
import { openGateway } from './adapters/gateway/gateway.ts';
import { openaiChat } from './adapters/models/chat.ts';
import { openaiModel } from './adapters/models/openai.ts';
import { ModelRefused } from './domain/chat.ts';
import type { Configuration } from './domain/configuration.ts';
import { BUILT_IN, type HeadlessAgent } from './domain/installed-agent.ts';
import { notHere } from './domain/messages/agents.ts';
import { CONTEXT, type NamedModel, type Patience, RETRIES } from './domain/named-model.ts';
import { type Agent, GatewayCut, type Log, type Model, type Purse, type Sandbox } from './ports.ts';

interface Agents {
  /** The operator's models, by the names that repositories know them by. */
  readonly models: Readonly<Record<string, NamedModel>>;
  /** The operator's agents, by name. */
  readonly agents: Readonly<Record<string, HeadlessAgent>>;
  /** The folder in which the app keeps its state. */
  readonly stateDir: string;
  readonly sandbox: Sandbox;
  readonly log: Log;
  /** Asked in the place of every endpoint. */
  readonly fetch?: typeof fetch | undefined;
}

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
  builtin({
    name: model.model,
    context: model.context ?? CONTEXT,
    chat: (fetch) => openaiChat({ ...THROUGH, model: model.model, fetch }),
  });

/** The kind of agent of this name on this model, or what is in the way. */
function kindOf({ agents, stateDir }: Agents, use: string, model: NamedModel): ThreadKind | string {
  const agent = Object.hasOwn(agents, use) ? agents[use] : undefined;
  if (agent !== undefined) return (agent.speaks === 'acp' ? acp : headless)({ agent, model, stateDir });
  return model.api === 'openai-chat' ? shipped(model) : notHere.chat(model.name);
}

/** The agent that a configuration asks for; one that says what is not here, where the operator has not set it up. */
export function openAgents(options: Agents): (configuration: Configuration) => Agent {
  const { models, agents, sandbox, log, fetch } = options;
  return ({ agent: { use, model: wanted } }) => {
    const agent = Object.hasOwn(agents, use) ? agents[use] : undefined;
    if (agent === undefined && use !== BUILT_IN) return absent(notHere.agent(use, [BUILT_IN, ...listed(agents)]));
    const name = wanted ?? agent?.model ?? 'default';
    const model = Object.hasOwn(models, name) ? models[name] : undefined;
    if (model === undefined) return absent(notHere.model(name, listed(models)));
    const kind = kindOf(options, use, model);
    if (typeof kind === 'string') return absent(kind);
    const { key: _, ...told } = model;
    const opened = threadAgent({ kind, sandbox, log, door: (run) => openGateway({ ...run, model, fetch }) });
    return { ...opened, uses: { agent: use, model: told } };
  };
}

/** What a question may cost that nobody has set a limit for. */
const OPEN: Purse = { budget: { tokens: 400_000, requests: 20 }, onSpent: () => {} };

/** Of a question that no role of the operator's asks. */
const PATIENT: Patience = { seconds: 300, retries: RETRIES };

/** A model that reads, through the same door as agents: one for each question. */
export const openReader = (
  model: NamedModel,
  fetch?: typeof globalThis.fetch,
  { seconds, retries }: Patience = PATIENT,
): Model => ({
  name: model.model,
  async complete({ purse = OPEN, ...request }) {
    const { signal = new AbortController().signal } = request;
    const gateway = openGateway({ model, budget: purse.budget, signal, fetch });
    const through = openaiModel({
      ...THROUGH,
      model: model.model,
      timeoutMs: seconds * 1000,
      retries,
      fetch: (url, init) => gateway.handle(new Request(url, init)),
    });
    let text: string;
    try {
      ({ text } = await through.complete(request));
    } catch (error) {
      const cut: unknown = gateway.cut.reason;
      if (!(cut instanceof GatewayCut)) throw error;
      throw cut.code === 'budget' ? cut : new ModelRefused(cut.message);
    } finally {
      await gateway.close();
      const { answered: _, ...spent } = gateway.spent();
      purse.onSpent(spent);
    }
    const { tokens, money } = gateway.spent();
    return { text, tokens, ...(money !== undefined && { money }) };
  },
});
