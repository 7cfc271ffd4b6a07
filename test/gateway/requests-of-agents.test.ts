import { expect, test } from 'vitest';
import type { ModelApi } from '../../src/domain/named-model.ts';
import { endpoint, events, gatewayTo, KEY, PATHS, post, STREAMED } from './support/endpoint.ts';

const IMAGE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const parameters = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };

// biome-ignore lint/suspicious/noExplicitAny: bodies of four APIs.
type Loose = any;

interface Sent {
  /** Members that are taken out, wherever they stand. */
  readonly taken: readonly string[];
  /** What is sent on in the place of other members. */
  readonly put: (body: Record<string, Loose>) => object;
  readonly path: string;
  readonly headers: Record<string, string>;
}
const bearer = { authorization: `Bearer ${KEY}` };

/** What agents really send, shortened: by who sends it, the API, the body and the headers that matter; and what is sent on. */
const REQUESTS: readonly (readonly [string, ModelApi, Record<string, unknown>, Record<string, string>, Sent])[] = [
  [
    'opencode',
    'openai-chat',
    {
      model: 'any',
      max_tokens: 32_000,
      temperature: 0.5,
      top_p: 1,
      reasoning_effort: 'medium',
      messages: [
        { role: 'system', content: 'You are opencode.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${IMAGE}` } },
          ],
        },
        {
          role: 'assistant',
          content: '',
          reasoning_content: 'Hm.',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read', arguments: '{"path":"a"}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'text' },
      ],
      tools: [{ type: 'function', function: { name: 'read', description: 'Reads', parameters } }],
      tool_choice: 'auto',
      stream: true,
      stream_options: { include_usage: true },
    },
    { 'user-agent': 'opencode', 'x-session-affinity': 'ses_1' },
    { taken: [], put: () => ({ max_tokens: 20_000 }), path: '/chat/completions', headers: bearer },
  ],
  [
    'qwen',
    'openai-chat',
    {
      model: 'any',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] }],
      tools: [{ type: 'function', function: { name: 'edit', description: 'Edits', parameters } }],
      metadata: { sessionId: 's', promptId: 'p' },
      vl_high_resolution_images: true,
      enable_thinking: false,
      top_k: 20,
      repetition_penalty: 1,
      stream: true,
      stream_options: { include_usage: true },
    },
    { 'x-dashscope-useragent': 'QwenCode' },
    {
      taken: [
        'cache_control',
        'metadata',
        'vl_high_resolution_images',
        'enable_thinking',
        'top_k',
        'repetition_penalty',
      ],
      put: () => ({ max_tokens: 20_000 }),
      path: '/chat/completions',
      headers: bearer,
    },
  ],
  [
    'codex',
    'openai-responses',
    {
      model: 'any',
      instructions: 'You are Codex.',
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: '<permissions>' }] },
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'Fix' },
            { type: 'input_image', image_url: `data:image/png;base64,${IMAGE}` },
          ],
        },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }], content: null, encrypted_content: 'abc' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'So' }], phase: 'commentary' },
        { type: 'function_call', name: 'exec_command', arguments: '{"cmd":"ls"}', call_id: 'c1' },
        { type: 'function_call_output', call_id: 'c1', output: 'a' },
        { type: 'custom_tool_call', status: 'completed', call_id: 'c2', name: 'apply_patch', input: '*** Begin Patch' },
        { type: 'custom_tool_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'ok' }] },
        { type: 'function_call', name: 'spawn', namespace: 'agents', arguments: '{}', call_id: 'c3' },
        { type: 'function_call_output', call_id: 'c3', output: 'b' },
      ],
      tools: [
        { type: 'function', name: 'exec_command', description: 'Runs', strict: false, parameters },
        {
          type: 'custom',
          name: 'apply_patch',
          description: 'Patches',
          format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
        },
        {
          type: 'namespace',
          name: 'agents',
          description: 'Agents',
          tools: [{ type: 'function', name: 'spawn', strict: false, parameters }],
        },
        { type: 'web_search', external_web_access: false },
      ],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      stream: true,
      include: ['reasoning.encrypted_content'],
      service_tier: 'priority',
      prompt_cache_key: '0199-abc',
      text: { verbosity: 'low' },
      client_metadata: { 'x-codex-installation-id': 'i' },
    },
    { originator: 'codex_exec', session_id: '0199-abc' },
    {
      taken: ['client_metadata', 'service_tier'],
      put: ({ tools }) => ({ tools: tools.slice(0, 3), max_output_tokens: 20_000 }),
      path: '/responses',
      headers: bearer,
    },
  ],
  [
    'copilot',
    'openai-responses',
    {
      model: 'any',
      input: [
        { role: 'system', content: 'You are Copilot.' },
        { role: 'user', content: [{ type: 'input_text', text: 'Fix' }] },
        { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'view', arguments: '{}', status: 'completed' },
        { type: 'function_call_output', call_id: 'c1', output: 'a' },
      ],
      tools: [{ type: 'function', name: 'view', description: 'Shows', parameters, strict: null }],
      truncation: 'disabled',
      store: false,
      stream: true,
      stream_options: { include_obfuscation: false },
    },
    {},
    {
      taken: ['id', 'stream_options'],
      put: ({ input: [system, user, ...calls] }) => ({
        input: [{ type: 'message', ...system }, { type: 'message', ...user }, ...calls],
        max_output_tokens: 20_000,
      }),
      path: '/responses',
      headers: bearer,
    },
  ],
  [
    'claude',
    'anthropic',
    {
      model: 'any',
      max_tokens: 32_000,
      stream: true,
      system: [{ type: 'text', text: 'You are Claude Code.', cache_control: { type: 'ephemeral' } }],
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      metadata: { user_id: 'user_account_session' },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Fix' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: IMAGE } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm', signature: 's' },
            { type: 'tool_use', id: 't1', name: 'Read', input: { file_path: 'a' }, caller: { type: 'direct' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'a' }], is_error: false },
          ],
        },
        { role: 'system', content: 'A reminder.' },
      ],
      tools: [
        {
          name: 'Read',
          description: 'Reads',
          input_schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...parameters },
          eager_input_streaming: true,
        },
      ],
    },
    {
      'anthropic-beta':
        'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,effort-2025-11-24,context-1m-2025-08-07',
      'x-api-key': 'none',
    },
    {
      taken: ['context_management', 'metadata', 'caller', 'eager_input_streaming'],
      put: () => ({ max_tokens: 20_000 }),
      path: '/v1/messages',
      headers: {
        'x-api-key': KEY,
        'anthropic-version': '2023-06-01',
        'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14,effort-2025-11-24',
      },
    },
  ],
  [
    'gemini',
    'gemini',
    {
      contents: [
        { role: 'user', parts: [{ text: 'Fix' }, { inlineData: { mimeType: 'image/png', data: IMAGE } }] },
        {
          role: 'model',
          parts: [
            { text: 'Hm', thought: true },
            { functionCall: { id: 'f1', name: 'read_file', args: { path: 'a' } }, thoughtSignature: 'c2ln' },
          ],
        },
        { role: 'user', parts: [{ functionResponse: { id: 'f1', name: 'read_file', response: { output: 'a' } } }] },
      ],
      systemInstruction: { role: 'user', parts: [{ text: 'You are an agent.' }] },
      tools: [
        { functionDeclarations: [{ name: 'read_file', description: 'Reads', parametersJsonSchema: parameters }] },
      ],
      toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      generationConfig: {
        temperature: 1,
        topP: 0.95,
        topK: 64,
        thinkingConfig: { includeThoughts: true, thinkingBudget: 8_192 },
      },
    },
    { 'x-goog-api-key': 'none', 'x-goog-api-client': 'genai' },
    {
      taken: [],
      put: ({ generationConfig }) => ({ generationConfig: { ...generationConfig, maxOutputTokens: 20_000 } }),
      path: '/v1beta/models/big-one:streamGenerateContent?alt=sse',
      headers: { 'x-goog-api-key': KEY },
    },
  ],
];

const drop = (value: unknown, keys: readonly string[]): Loose => {
  if (Array.isArray(value)) return value.map((one) => drop(one, keys));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !keys.includes(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, drop(inner, keys)]));
};
/** Headers of the connection and of Node's own. */
const OWN =
  /^(?:host|connection|content-length|content-type|accept|accept-language|accept-encoding|sec-fetch-mode|user-agent)$/;

test.each(REQUESTS)('what %s sends is let through', async (_, api, body, headers, sent) => {
  await using end = await endpoint(events(STREAMED[api]));
  const { gateway } = gatewayTo(api, end.url, { model: { most: 20_000 } });
  const response = await gateway.handle(post(PATHS[api].streamed, body, headers));
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(text).toContain('Hi.');
  expect(gateway.spent()).toMatchObject({ tokens: 120, answered: 1 });
  const seen = end.seen[0]!;
  expect(seen.path).toBe(sent.path);
  expect(Object.fromEntries(Object.entries(seen.headers).filter(([name]) => !OWN.test(name)))).toEqual(sent.headers);
  const left = drop(body, sent.taken);
  const model = api === 'gemini' ? {} : { model: 'big-one' };
  expect(seen.body).toEqual({ ...left, ...sent.put(left), ...model });
  await gateway.close();
});
