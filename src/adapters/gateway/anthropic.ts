import { z } from 'zod';
import * as say from '../../domain/messages/gateway.ts';
import type { Usage } from '../../domain/named-model.ts';
import { seriesOf } from '../../domain/series-of.ts';
import {
  type Api,
  type Asked,
  countOf,
  imageData,
  imageType,
  itemsOf,
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

/**
 * What is let through of Anthropic's messages. A key at the top that nobody knows is refused, because here keys mount
 * containers and servers; within what is known, unknown members are taken out. Claude Code sends `metadata` with an account,
 * and `context_management`, which changes what the provider keeps of a conversation: the request means the same without.
 */
const TAKEN_OUT = [
  'model',
  'anthropic_beta',
  'anthropic_version',
  'betas',
  'context_management',
  'diagnostics',
  'inference_geo',
  'metadata',
  'service_tier',
];
const ELSEWHERE = ['container', 'mcp_servers', 'speed', 'fallbacks'];
/** Features that change how a model answers, and neither where anything runs nor what it costs. */
const BETAS =
  /^(?:claude-code|interleaved-thinking|fine-grained-tool-streaming|token-efficient-tools|effort|structured-outputs|mid-conversation-system)-\d{4}-?\d{2}-?\d{2}$/;
/** Tools that Anthropic defines and the agent runs. */
const RUN_HERE = /^(?:bash|text_editor)_\d{8}$/;

// The time to live is left out: an hour costs more than was put aside.
const cache = { cache_control: z.object({ type: z.literal('ephemeral') }).nullish() };
const text = z.object({ type: z.literal('text'), text: z.string(), ...cache });
const image = z.object({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('base64'), media_type: imageType, data: imageData }),
  ]),
  ...cache,
});
// What a PDF costs hangs on what is packed into it, which nobody here knows. An agent that has one in its conversation
// sends it again each time, so it could not go on where the request is refused.
const document = z
  .object({
    type: z.literal('document'),
    source: z.discriminatedUnion('type', [
      z.object({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
      z.object({ type: z.literal('base64'), media_type: z.literal('application/pdf') }),
    ]),
    title: z.string().nullish(),
    ...cache,
  })
  .transform((one) => (one.source.type === 'text' ? one : { type: 'text' as const, text: say.noPdf }));
const block = z.discriminatedUnion('type', [
  text,
  image,
  document,
  z.object({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    input: z.record(z.string(), z.unknown()),
    ...cache,
  }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: z.union([z.string(), seriesOf(z.discriminatedUnion('type', [text, image, document]))]).optional(),
    is_error: z.boolean().optional(),
    ...cache,
  }),
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
]);
const display = { display: z.string().max(20).optional() };

const tool = z.union([
  z.object({
    type: z.literal('custom').optional(),
    name: z.string(),
    description: z.string().optional(),
    input_schema: schema,
    strict: z.boolean().optional(),
    ...cache,
  }),
  z.object({ type: z.string().regex(RUN_HERE), name: z.string(), max_characters: z.number().optional(), ...cache }),
]);
const parallel = { disable_parallel_tool_use: z.boolean().optional() };
const format = z.object({ type: z.literal('json_schema'), schema });

const Body = z.strictObject({
  messages: seriesOf(
    z.object({ role: z.enum(['user', 'assistant', 'system']), content: z.union([z.string(), seriesOf(block)]) }),
  ),
  system: z.union([z.string(), seriesOf(text)]).optional(),
  max_tokens: z.number().int().min(1),
  tools: seriesOf(tool).optional(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('auto'), ...parallel }),
      z.object({ type: z.literal('any'), ...parallel }),
      z.object({ type: z.literal('tool'), name: z.string(), ...parallel }),
      z.object({ type: z.literal('none') }),
    ])
    .optional(),
  thinking: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('enabled'), budget_tokens: z.number().int().min(1), ...display }),
      z.object({ type: z.literal('adaptive'), ...display }),
      z.object({ type: z.literal('disabled') }),
    ])
    .optional(),
  output_config: z.object({ effort: z.string().max(20).optional(), format: format.nullish() }).optional(),
  output_format: format.nullish(),
  stop_sequences: seriesOf(z.string()).optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  top_k: z.number().optional(),
  stream: z.boolean().optional(),
  ...cache,
});
type Body = z.infer<typeof Body>;

function read(given: unknown): Asked {
  refuse(given, ELSEWHERE, (key) => say.notLetThrough(`“${key}”`));
  for (const one of itemsOf(memberOf(given, 'tools'))) {
    const type = memberOf(one, 'type') ?? 'custom';
    if (type !== 'custom' && !RUN_HERE.test(String(type)))
      throw new NotLetThrough(say.runsElsewhere(String(type).slice(0, 60)));
  }
  const { max_tokens, stream, ...body } = shaped(Body, without(given, TAKEN_OUT));
  return {
    body,
    stream: stream === true,
    wants: max_tokens,
    conversation: 'messages',
    turns: turnsOf(body.messages, imagesOf),
  };
}

function imagesOf(holder: unknown): readonly string[] {
  return itemsOf(memberOf(holder, 'content')).flatMap((one) => {
    const data = memberOf(one, 'type') === 'image' ? memberOf(memberOf(one, 'source'), 'data') : undefined;
    return typeof data === 'string' ? [data] : imagesOf(one);
  });
}

/** Least tokens that a model can be given to think. */
const LEAST_THOUGHT = 1_024;

/** Thoughts are a part of the answer: where it has to be shorter, so have they. */
function thoughtsWithin(thinking: Body['thinking'], output: number): Pick<Body, 'thinking'> {
  if (thinking?.type !== 'enabled') return thinking === undefined ? {} : { thinking };
  const budget_tokens = Math.min(thinking.budget_tokens, output - 1);
  return budget_tokens < LEAST_THOUGHT ? {} : { thinking: { ...thinking, budget_tokens } };
}

function usage(): UsageReader {
  let began: unknown;
  let found: Usage | null = null;
  let ended = false;
  return {
    add(event) {
      const type = memberOf(event, 'type');
      ended ||= type === 'message_stop';
      began = memberOf(memberOf(event, 'message'), 'usage') ?? began;
      const counts = memberOf(event, 'usage');
      if (counts == null) return;
      // The beginning of a stream counts its input, the end its output, and sometimes both.
      const most = (key: string) => Math.max(countOf(memberOf(counts, key)), countOf(memberOf(began, key)));
      found = usageOf({
        input: most('input_tokens'),
        cached: most('cache_read_input_tokens'),
        kept: most('cache_creation_input_tokens'),
        output: most('output_tokens'),
      });
    },
    usage: () => found,
    ended: () => ended,
  };
}

const TYPES: Readonly<Record<number, string>> = {
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const betasOf = (headers: Headers): string =>
  (headers.get('anthropic-beta') ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => BETAS.test(one))
    .join(',');

export const anthropic: Api = {
  wish({ pathname }) {
    if (/^(?:\/v1)?\/messages$/.test(pathname)) return 'ask';
    if (/^(?:\/v1)?\/messages\/count_tokens$/.test(pathname)) return 'count';
    return /^(?:\/v1)?\/models$/.test(pathname) ? 'models' : null;
  },
  read,
  call(model, { body, stream }, output, headers) {
    const { thinking, ...rest } = body as Omit<Body, 'max_tokens'>;
    const betas = betasOf(headers);
    return {
      url: `${model.url.replace(/\/v1$/, '')}/v1/messages`,
      headers: {
        'x-api-key': model.key,
        'anthropic-version': '2023-06-01',
        ...(betas !== '' && { 'anthropic-beta': betas }),
      },
      body: {
        model: model.model,
        ...rest,
        ...thoughtsWithin(thinking, output),
        max_tokens: output,
        ...(stream && { stream }),
      },
    };
  },
  usage,
  failure: (status, message) => ({
    type: 'error',
    error: { type: TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'), message },
  }),
  count: (tokens) => ({ input_tokens: tokens }),
  models: (name) => ({
    data: [{ type: 'model', id: name, display_name: name, created_at: '1970-01-01T00:00:00Z' }],
    has_more: false,
    first_id: name,
    last_id: name,
  }),
};
