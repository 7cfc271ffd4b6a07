import OpenAI from 'openai';
import { type ChatMessage, type ChatTurn, estimateTokens, ModelRefused, type ToolOffer } from '../../domain/chat.ts';
import { modelRefused, modelTrouble } from '../../domain/messages/agents.ts';
import { Weather } from '../../ports.ts';
import { answerCollector } from './collect-answer.ts';
import { failureOf } from './failure.ts';

export interface ModelSettings {
  /** Such as `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  /** For one whole answer. Default 5 minutes. */
  readonly timeoutMs?: number;
  /** Longest answer. Not sent when absent. */
  readonly maxTokens?: number;
  /** The way to the endpoint. The network when absent. */
  readonly fetch?: (url: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** How often a failed request is sent again. Default 2. */
  readonly retries?: number;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolOffer[];
  readonly temperature?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

type Body = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;

/**
 * A conversation over chat.completions, which hosted and local servers have in common. Equal requests give equal bytes.
 * Throws `Weather` when the answer did not arrive whole, `ModelRefused` when it never will, the signal's reason when
 * aborted. No error carries what the server wrote: servers repeat keys.
 */
export function openaiChat(settings: ModelSettings) {
  const client = clientOf(settings);
  const patience = settings.timeoutMs ?? 300_000;
  return {
    name: settings.model,
    async next(request: ChatRequest): Promise<ChatTurn> {
      const body = bodyOf(settings, request);
      const late = AbortSignal.timeout(patience);
      const signal = request.signal === undefined ? late : AbortSignal.any([request.signal, late]);
      const answer = answerCollector();
      try {
        for await (const chunk of await client.chat.completions.create(body, { signal })) answer.add(chunk);
      } catch (error) {
        if (!signal.aborted) throw failureOf(error, settings);
      }
      // The client ends an aborted stream without an error; unchecked, an abort would read as the end of the answer.
      request.signal?.throwIfAborted();
      if (late.aborted) throw new Weather(modelTrouble.slow(settings.model, patience));
      return turnOf(answer.whole(), body, settings.model);
    },
  };
}

function clientOf(settings: ModelSettings): OpenAI {
  if (!/^https?:\/\/./i.test(settings.baseUrl)) throw new ModelRefused(modelRefused.badUrl());
  if (settings.apiKey === '') throw new ModelRefused(modelRefused.noKey());
  return new OpenAI({
    baseURL: settings.baseUrl,
    apiKey: settings.apiKey,
    maxRetries: settings.retries ?? 2,
    timeout: settings.timeoutMs ?? 300_000,
    // Each of these would otherwise be read from the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    ...(settings.fetch !== undefined && { fetch: settings.fetch }),
    // A redirect would carry the prompt to an address that the operator did not choose.
    fetchOptions: { redirect: 'error' },
  });
}

function bodyOf(settings: ModelSettings, request: ChatRequest): Body {
  return {
    model: settings.model,
    messages: request.messages.map(wireMessage),
    ...(request.tools !== undefined && request.tools.length > 0 && { tools: request.tools.map(wireTool) }),
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...limitOf(settings),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** OpenAI's newer models refuse `max_tokens`; many local servers know nothing else. */
const limitOf = ({ baseUrl, maxTokens }: ModelSettings): Partial<Body> => {
  if (maxTokens === undefined) return {};
  const isOpenai = /^https:\/\/api\.openai\.com(\/|$)/i.test(baseUrl);
  return isOpenai ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens };
};

const wireTool = ({ name, description, parameters }: ToolOffer) => ({
  type: 'function' as const,
  function: { name, description, parameters: { ...parameters } },
});

function wireMessage(message: ChatMessage): OpenAI.Chat.Completions.ChatCompletionMessageParam {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.call, content: message.text };
  if (message.role !== 'assistant') return { role: message.role, content: message.text };
  const calls = message.calls.map(({ id, name, arguments: text }) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: text },
  }));
  return {
    role: 'assistant',
    content: message.text === '' ? null : message.text,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function turnOf(answer: ReturnType<ReturnType<typeof answerCollector>['whole']>, body: Body, name: string): ChatTurn {
  if (answer.finish === null) throw new Weather(modelTrouble.cut(name));
  if (answer.finish === 'content_filter') throw new ModelRefused(modelRefused.filtered(name));
  const bytes = Buffer.byteLength(JSON.stringify(body)) + Buffer.byteLength(JSON.stringify(answer.calls) + answer.text);
  return {
    text: answer.text,
    calls: answer.calls,
    cut: answer.finish === 'length',
    tokens: answer.tokens ?? estimateTokens(bytes),
  };
}
