import { z } from 'zod';
import * as say from '../../domain/messages/gateway.ts';
import type { NamedModel, Usage } from '../../domain/named-model.ts';
import { seriesOf } from '../../domain/series-of.ts';
import {
  type Api,
  type Asked,
  countOf,
  dataUrl,
  itemsOf,
  limit,
  memberOf,
  NotLetThrough,
  refuse,
  schema,
  shaped,
  turnsOf,
  type UsageReader,
  usageOf,
  without,
} from './api.ts';
import { openaiFailure } from './openai-failure.ts';

/**
 * What is let through of chat completions. Keys that are not named here are taken out, at every level: servers and agents
 * have too many hints of their own (`top_k`, `chat_template_kwargs`, `provider`, …) to refuse a request for one of them,
 * and what does not leave does no harm. What would change who works, and where, is refused below.
 */
const text = z.object({ type: z.literal('text'), text: z.string() });
const image = z.object({
  type: z.literal('image_url'),
  image_url: z.object({ url: dataUrl, detail: z.enum(['auto', 'low', 'high']).optional() }),
});
const refusal = z.object({ type: z.literal('refusal'), refusal: z.string() });
const texts = z.union([z.string(), seriesOf(text)]);
const named = { name: z.string().optional() };
const thought = z.object({ google: z.object({ thought_signature: z.string() }) }).optional();

const call = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('function'),
    id: z.string(),
    function: z.object({ name: z.string(), arguments: z.string() }),
    extra_content: thought,
  }),
  z.object({ type: z.literal('custom'), id: z.string(), custom: z.object({ name: z.string(), input: z.string() }) }),
]);

const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: texts, ...named }),
  z.object({ role: z.literal('developer'), content: texts, ...named }),
  z.object({
    role: z.literal('user'),
    content: z.union([z.string(), seriesOf(z.discriminatedUnion('type', [text, image]))]),
    ...named,
  }),
  z.object({
    role: z.literal('assistant'),
    content: z.union([z.string(), seriesOf(z.discriminatedUnion('type', [text, refusal]))]).nullish(),
    refusal: z.string().nullish(),
    reasoning_content: z.string().nullish(),
    tool_calls: seriesOf(call).optional(),
    ...named,
  }),
  z.object({
    role: z.literal('tool'),
    tool_call_id: z.string(),
    content: z.union([z.string(), seriesOf(z.discriminatedUnion('type', [text, image]))]),
  }),
]);

const tool = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('function'),
    function: z.object({
      name: z.string(),
      description: z.string().optional(),
      parameters: schema.optional(),
      strict: z.boolean().nullish(),
    }),
  }),
  z.object({
    type: z.literal('custom'),
    custom: z.object({
      name: z.string(),
      description: z.string().optional(),
      format: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
]);

const choice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
  z.object({ type: z.literal('custom'), custom: z.object({ name: z.string() }) }),
]);

const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({
      name: z.string(),
      description: z.string().optional(),
      schema: schema.optional(),
      strict: z.boolean().nullish(),
    }),
  }),
]);

const Body = z.object({
  messages: seriesOf(message, 1),
  tools: seriesOf(tool).optional(),
  tool_choice: choice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  presence_penalty: z.number().nullish(),
  stop: z.union([z.string(), seriesOf(z.string())]).nullish(),
  seed: z.number().int().nullish(),
  response_format: format.optional(),
  reasoning_effort: z.string().max(20).nullish(),
  verbosity: z.string().max(20).nullish(),
  prompt_cache_key: z.string().max(200).optional(),
  max_tokens: limit,
  max_completion_tokens: limit,
  stream: z.boolean().nullish(),
});

/** Old names for tools, which would hide some from the check. */
const REFUSED = ['web_search_options', 'functions', 'function_call', 'audio', 'background', 'previous_response_id'];
const KINDS_OF_TOOLS = new Set(['function', 'custom']);

function read(given: unknown): Asked {
  refuse(given, REFUSED, (key) => say.notLetThrough(`“${key}”`));
  if ((memberOf(given, 'n') ?? 1) !== 1) throw new NotLetThrough(say.oneAnswer('n'));
  if (memberOf(given, 'store') === true) throw new NotLetThrough(say.storedElsewhere('store'));
  if (itemsOf(memberOf(given, 'modalities')).some((one) => one !== 'text'))
    throw new NotLetThrough(say.notLetThrough('“modalities” but text'));
  for (const one of itemsOf(memberOf(given, 'tools'))) {
    const type = String(memberOf(one, 'type')).slice(0, 60);
    if (!KINDS_OF_TOOLS.has(type)) throw new NotLetThrough(say.runsElsewhere(type));
  }
  const { max_tokens, max_completion_tokens, stream, ...body } = shaped(Body, without(given, ['model']));
  return {
    body,
    stream: stream === true,
    wants: max_completion_tokens ?? max_tokens ?? null,
    conversation: 'messages',
    turns: turnsOf(body.messages, imagesOf),
  };
}

const imagesOf = ({ content }: z.infer<typeof message>): readonly string[] =>
  Array.isArray(content) ? content.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : [])) : [];

/** OpenAI's newer models refuse `max_tokens`; many other servers know nothing else. */
const limitName = ({ url }: NamedModel): string =>
  /^https:\/\/(?:api\.openai\.com|[^/]+\.openai\.azure\.com)(?:[/:]|$)/i.test(url)
    ? 'max_completion_tokens'
    : 'max_tokens';

function usage(): UsageReader {
  let found: Usage | null = null;
  let ended = false;
  return {
    add(event) {
      if (event === '[DONE]') ended = true;
      const counts = memberOf(event, 'usage');
      if (counts == null) return;
      const prompt = countOf(memberOf(counts, 'prompt_tokens'));
      const cached = Math.min(countOf(memberOf(memberOf(counts, 'prompt_tokens_details'), 'cached_tokens')), prompt);
      // Where thoughts are not among the completion's tokens, the total has them.
      const output = Math.max(
        countOf(memberOf(counts, 'completion_tokens')),
        countOf(memberOf(counts, 'total_tokens')) - prompt,
      );
      found = usageOf({ input: prompt - cached, cached, kept: 0, output });
    },
    usage: () => found,
    ended: () => ended,
  };
}

export const openaiChat: Api = {
  wish({ pathname }) {
    if (/^(?:\/v1)?\/chat\/completions$/.test(pathname)) return 'ask';
    return /^(?:\/v1)?\/models$/.test(pathname) ? 'models' : null;
  },
  read,
  call: (model, { body, stream }, output) => ({
    url: `${model.url}/chat/completions`,
    headers: { authorization: `Bearer ${model.key}` },
    body: {
      model: model.model,
      ...body,
      [limitName(model)]: output,
      ...(stream && { stream, stream_options: { include_usage: true } }),
    },
  }),
  usage,
  failure: openaiFailure,
  count: (tokens) => ({ input_tokens: tokens }),
  models: (name) => ({ object: 'list', data: [{ id: name, object: 'model', created: 0, owned_by: 'operator' }] }),
};
