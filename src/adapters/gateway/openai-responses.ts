import { z } from 'zod';
import * as say from '../../domain/messages/gateway.ts';
import type { Usage } from '../../domain/named-model.ts';
import { recordOf, seriesOf } from '../../domain/series-of.ts';
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
 * What is let through of the responses API. A key at the top that nobody knows is refused: here keys decide where a call
 * runs and what is kept of it. Within what is known, unknown members are taken out; ids too, because they name what the
 * provider stored. Codex sends `client_metadata` and offers web search without being asked, opencode `user`.
 */
const TAKEN_OUT = [
  'model',
  'client_metadata',
  'context_management',
  'max_tool_calls',
  'metadata',
  'moderation',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'stream_options',
  'top_logprobs',
  'user',
];
const STORED = ['previous_response_id', 'conversation', 'prompt'];
/** What agents offer unasked, and do without. The model never hears of it. */
const HOSTED_UNASKED = /^(?:web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?|image_generation|tool_search)$/;
const HERE = new Set(['function', 'custom', 'local_shell', 'apply_patch', 'namespace']);

const textPart = <T extends string>(type: T) => z.object({ type: z.literal(type), text: z.string() });
const image = z.object({
  type: z.literal('input_image'),
  image_url: dataUrl,
  detail: z.enum(['auto', 'low', 'high', 'original']).optional(),
});
const parts = seriesOf(
  z.discriminatedUnion('type', [
    textPart('input_text'),
    textPart('output_text'),
    image,
    z.object({ type: z.literal('refusal'), refusal: z.string() }),
  ]),
);
const output = z.union([z.string(), seriesOf(z.discriminatedUnion('type', [textPart('input_text'), image]))]);
const status = z.string().max(20).optional();
const name = z.string().max(200);

const item = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content: z.union([z.string(), parts]),
    status,
    phase: z.string().max(40).nullish(),
  }),
  z.object({
    type: z.literal('function_call'),
    call_id: z.string(),
    name,
    namespace: name.nullish(),
    arguments: z.string(),
    status,
  }),
  z.object({ type: z.literal('function_call_output'), call_id: z.string(), output, status }),
  z.object({ type: z.literal('custom_tool_call'), call_id: z.string(), name, input: z.string(), status }),
  z.object({ type: z.literal('custom_tool_call_output'), call_id: z.string(), output }),
  z.object({
    type: z.literal('local_shell_call'),
    call_id: z.string(),
    action: z.object({
      type: z.literal('exec'),
      command: seriesOf(z.string()),
      env: recordOf(z.string()).nullish(),
      timeout_ms: z.number().nullish(),
      working_directory: z.string().nullish(),
      user: z.string().nullish(),
    }),
    status,
  }),
  z.object({ type: z.literal('local_shell_call_output'), id: z.string().optional(), output: z.string() }),
  z.object({
    type: z.literal('apply_patch_call'),
    call_id: z.string(),
    operation: recordOf(z.string()),
    status,
  }),
  z.object({ type: z.literal('apply_patch_call_output'), call_id: z.string(), output: z.string().nullish(), status }),
  z.object({
    type: z.literal('reasoning'),
    summary: seriesOf(textPart('summary_text')),
    content: seriesOf(textPart('reasoning_text')).nullish(),
    encrypted_content: z.string().nullish(),
  }),
]);

const fn = z.object({
  type: z.literal('function'),
  name,
  description: z.string().nullish(),
  parameters: schema.nullish(),
  strict: z.boolean().nullish(),
});
const custom = z.object({
  type: z.literal('custom'),
  name,
  description: z.string().optional(),
  format: z.record(z.string(), z.unknown()).optional(),
});
const tool = z.discriminatedUnion('type', [
  fn,
  custom,
  z.object({ type: z.literal('local_shell') }),
  z.object({ type: z.literal('apply_patch') }),
  z.object({
    type: z.literal('namespace'),
    name,
    description: z.string().optional(),
    tools: seriesOf(z.discriminatedUnion('type', [fn, custom])),
  }),
]);

const Body = z.strictObject({
  instructions: z.string().nullish(),
  input: z.union([
    z.string(),
    seriesOf(
      z.preprocess(
        // A message may leave out what it is.
        (one) => (memberOf(one, 'role') !== undefined ? { type: 'message', ...(one as object) } : one),
        item,
      ),
    ),
  ]),
  tools: seriesOf(tool).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.enum(['function', 'custom']), name }),
      z.object({ type: z.enum(['local_shell', 'apply_patch']) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning: z.object({ effort: z.string().max(20).nullish(), summary: z.string().max(20).nullish() }).nullish(),
  text: z
    .object({
      verbosity: z.string().max(20).nullish(),
      format: z
        .discriminatedUnion('type', [
          z.object({ type: z.literal('text') }),
          z.object({ type: z.literal('json_object') }),
          z.object({
            type: z.literal('json_schema'),
            name,
            description: z.string().nullish(),
            schema,
            strict: z.boolean().nullish(),
          }),
        ])
        .nullish(),
    })
    .nullish(),
  include: seriesOf(z.string())
    .transform((all) => all.filter((one) => one === 'reasoning.encrypted_content'))
    .nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  prompt_cache_key: z.string().max(200).nullish(),
  max_output_tokens: limit,
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
});

function read(given: unknown): Asked {
  refuse(given, STORED, say.storedElsewhere);
  if (memberOf(given, 'background') === true) throw new NotLetThrough(say.storedElsewhere('background'));
  const offered = itemsOf(memberOf(given, 'tools'));
  const tools = offered.filter((one) => !HOSTED_UNASKED.test(String(memberOf(one, 'type'))));
  for (const one of tools) {
    const type = String(memberOf(one, 'type')).slice(0, 60);
    if (!HERE.has(type)) throw new NotLetThrough(say.runsElsewhere(type));
  }
  const rest = without(given, offered.length === tools.length ? TAKEN_OUT : [...TAKEN_OUT, 'tools']);
  const {
    max_output_tokens,
    stream,
    store: _,
    ...body
  } = shaped(Body, offered.length === tools.length ? rest : { ...(rest as object), tools });
  return {
    body,
    stream: stream === true,
    wants: max_output_tokens ?? null,
    conversation: 'input',
    turns: turnsOf(typeof body.input === 'string' ? [body.input] : body.input, imagesOf),
  };
}

const imagesOf = (one: unknown): readonly string[] =>
  [...itemsOf(memberOf(one, 'content')), ...itemsOf(memberOf(one, 'output'))].flatMap((part) => {
    const url = memberOf(part, 'image_url');
    return typeof url === 'string' ? [url] : [];
  });

function usage(): UsageReader {
  let found: Usage | null = null;
  let ended = false;
  return {
    add(event) {
      const response = memberOf(event, 'response') ?? event;
      ended ||= /^response\.(?:completed|incomplete|failed)$/.test(String(memberOf(event, 'type')));
      const counts = memberOf(response, 'usage');
      if (counts == null) return;
      const input = countOf(memberOf(counts, 'input_tokens'));
      const cached = Math.min(countOf(memberOf(memberOf(counts, 'input_tokens_details'), 'cached_tokens')), input);
      found = usageOf({ input: input - cached, cached, kept: 0, output: countOf(memberOf(counts, 'output_tokens')) });
    },
    usage: () => found,
    ended: () => ended,
  };
}

export const openaiResponses: Api = {
  wish({ pathname }) {
    if (/^(?:\/v1)?\/responses$/.test(pathname)) return 'ask';
    return /^(?:\/v1)?\/models$/.test(pathname) ? 'models' : null;
  },
  read,
  // Without `store: false` the provider keeps every answer.
  call: (model, { body, stream }, max_output_tokens) => ({
    url: `${model.url}/responses`,
    headers: { authorization: `Bearer ${model.key}` },
    body: { model: model.model, ...body, max_output_tokens, store: false, ...(stream && { stream }) },
  }),
  usage,
  failure: openaiFailure,
  count: (tokens) => ({ object: 'response.input_tokens', input_tokens: tokens }),
  models: (name) => ({ object: 'list', data: [{ id: name, object: 'model', created: 0, owned_by: 'operator' }] }),
};
