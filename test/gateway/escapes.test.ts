import { expect, test } from 'vitest';
import type { ModelApi } from '../../src/domain/named-model.ts';
import { endpoint, failureOf, gatewayTo, HELLO, json, PATHS, post, WHOLE } from './support/endpoint.ts';

const schema = (inner: object) => ({ type: 'object', properties: { a: inner } });
const chatUser = (part: object) => ({ messages: [{ role: 'user', content: [part] }] });
const chatTool = (tool: object) => ({ tools: [tool] });
const item = (one: object) => ({ input: [one] });
const inputPart = (part: object) => item({ role: 'user', content: [part] });
const block = (one: object) => ({ messages: [{ role: 'user', content: [one] }] });
const part = (one: object) => ({ contents: [{ role: 'user', parts: [one] }] });
const elsewhere = 'runs on the provider';
const stored = 'stores something with the provider';
const fetched = 'nothing is fetched from an address';
const not = 'is not let through';

/**
 * Everything that these APIs can fetch, keep or run elsewhere, or that costs more than was put aside: by API, what it is,
 * the members that ask for it, and what the agent is told.
 */
const REFUSED: readonly (readonly [ModelApi, string, object, string])[] = [
  [
    'openai-chat',
    'an image at an address',
    chatUser({ type: 'image_url', image_url: { url: 'https://evil/x.png' } }),
    fetched,
  ],
  [
    'openai-chat',
    'an image in a file of the host',
    chatUser({ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }),
    fetched,
  ],
  [
    'openai-chat',
    'an image that is none',
    chatUser({ type: 'image_url', image_url: { url: 'data:text/html;base64,QQ==' } }),
    'only images',
  ],
  [
    'openai-chat',
    'a file by its id',
    chatUser({ type: 'file', file: { file_id: 'file-1' } }),
    '“file” is not let through',
  ],
  ['openai-chat', 'a recording', chatUser({ type: 'input_audio', input_audio: { data: 'QQ==', format: 'wav' } }), not],
  [
    'openai-chat',
    'an answer as a recording',
    { modalities: ['text', 'audio'], audio: { voice: 'x', format: 'wav' } },
    not,
  ],
  ['openai-chat', 'web search by its option', { web_search_options: {} }, not],
  ['openai-chat', 'web search as a tool', chatTool({ type: 'web_search' }), elsewhere],
  ['openai-chat', 'a code interpreter', chatTool({ type: 'code_interpreter', container: { type: 'auto' } }), elsewhere],
  ['openai-chat', 'a server of tools', chatTool({ type: 'mcp', server_url: 'https://evil' }), elsewhere],
  [
    'openai-chat',
    'a search of another vendor',
    chatTool({ type: 'builtin_function', function: { name: '$web_search' } }),
    elsewhere,
  ],
  ['openai-chat', 'tools by their old name', { functions: [{ name: 'x' }] }, not],
  ['openai-chat', 'an answer that is kept', { store: true }, stored],
  ['openai-chat', 'several answers', { n: 3 }, 'may only be 1'],
  [
    'openai-chat',
    'a schema at an address',
    chatTool({ type: 'function', function: { name: 'x', parameters: schema({ $ref: 'https://evil/s.json' }) } }),
    fetched,
  ],
  [
    'openai-chat',
    'a dialect of schemas at an address',
    chatTool({
      type: 'function',
      function: { name: 'x', parameters: { ...schema({}), $schema: 'https://evil/draft' } },
    }),
    fetched,
  ],
  [
    'anthropic',
    'a dialect that looks like a known one',
    {
      tools: [{ name: 'x', input_schema: { ...schema({}), $schema: 'https://json-schema.org.evil/draft-07/schema#' } }],
    },
    fetched,
  ],
  [
    'openai-chat',
    'a schema of the answer at an address',
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', schema: schema({ $ref: 'file:///etc/passwd' }) },
      },
    },
    fetched,
  ],
  [
    'openai-responses',
    'an image at an address',
    inputPart({ type: 'input_image', image_url: 'https://evil/x.png' }),
    fetched,
  ],
  [
    'openai-responses',
    'an image by the id of its file',
    inputPart({ type: 'input_image', file_id: 'file-1' }),
    'image_url',
  ],
  [
    'openai-responses',
    'an image at an address, in what a tool gave',
    item({
      type: 'function_call_output',
      call_id: 'c',
      output: [{ type: 'input_image', image_url: 'http://169.254.169.254/' }],
    }),
    fetched,
  ],
  [
    'openai-responses',
    'a file at an address',
    inputPart({ type: 'input_file', file_url: 'https://evil/x.pdf' }),
    '“input_file” is not let through',
  ],
  [
    'openai-responses',
    'a file by its id',
    inputPart({ type: 'input_file', file_id: 'file-1' }),
    '“input_file” is not let through',
  ],
  [
    'openai-responses',
    'an item by its id',
    item({ type: 'item_reference', id: 'msg_1' }),
    '“item_reference” is not let through',
  ],
  ['openai-responses', 'a conversation that is stored', { conversation: 'conv_1' }, stored],
  ['openai-responses', 'the answer before', { previous_response_id: 'resp_1' }, stored],
  ['openai-responses', 'a prompt that is stored', { prompt: { id: 'pmpt_1' } }, stored],
  ['openai-responses', 'work that goes on alone', { background: true }, stored],
  ['openai-responses', 'search in files', { tools: [{ type: 'file_search', vector_store_ids: ['v'] }] }, elsewhere],
  [
    'openai-responses',
    'a code interpreter',
    { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] },
    elsewhere,
  ],
  ['openai-responses', 'a computer', { tools: [{ type: 'computer_use_preview', environment: 'browser' }] }, elsewhere],
  [
    'openai-responses',
    'a shell in a container',
    { tools: [{ type: 'shell', environment: { type: 'container_auto' } }] },
    elsewhere,
  ],
  [
    'openai-responses',
    'a server of tools',
    { tools: [{ type: 'mcp', server_label: 'x', server_url: 'https://evil' }] },
    elsewhere,
  ],
  [
    'openai-responses',
    'a server of tools, among tools of a name',
    { tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'mcp', server_url: 'https://evil' }] }] },
    '“mcp” is not let through',
  ],
  ['openai-responses', 'a hosted tool as the choice', { tool_choice: { type: 'web_search' } }, 'tool_choice'],
  [
    'openai-responses',
    'what a hosted tool did',
    item({ type: 'code_interpreter_call', id: 'ci_1', container_id: 'c' }),
    not,
  ],
  [
    'openai-responses',
    'a schema at an address',
    { tools: [{ type: 'function', name: 'x', parameters: schema({ $ref: 'https://evil' }) }] },
    fetched,
  ],
  ['openai-responses', 'a key that nobody knows', { surprise: true }, '“surprise” is not let through'],
  [
    'anthropic',
    'an image at an address',
    block({ type: 'image', source: { type: 'url', url: 'https://evil' } }),
    '“url” is not let through',
  ],
  [
    'anthropic',
    'an image by the id of its file',
    block({ type: 'image', source: { type: 'file', file_id: 'file_1' } }),
    '“file” is not let through',
  ],
  [
    'anthropic',
    'an image at an address, in what a tool gave',
    block({
      type: 'tool_result',
      tool_use_id: 't',
      content: [{ type: 'image', source: { type: 'url', url: 'https://evil' } }],
    }),
    '“url” is not let through',
  ],
  [
    'anthropic',
    'a document at an address',
    block({ type: 'document', source: { type: 'url', url: 'https://evil' } }),
    '“url” is not let through',
  ],
  ['anthropic', 'a file for a container', block({ type: 'container_upload', file_id: 'file_1' }), not],
  ['anthropic', 'a container', { container: 'container_1' }, not],
  ['anthropic', 'a server of tools', { mcp_servers: [{ type: 'url', url: 'https://evil', name: 'x' }] }, not],
  ['anthropic', 'web search', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, elsewhere],
  ['anthropic', 'fetching pages', { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] }, elsewhere],
  ['anthropic', 'running code', { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] }, elsewhere],
  ['anthropic', 'a computer', { tools: [{ type: 'computer_20250124', name: 'computer' }] }, elsewhere],
  ['anthropic', 'a set of tools of a server', { tools: [{ type: 'mcp_toolset', mcp_server_name: 'x' }] }, elsewhere],
  ['anthropic', 'search for tools', { tools: [{ type: 'tool_search_tool_regex_20251119', name: 'x' }] }, elsewhere],
  [
    'anthropic',
    'what a hosted tool did',
    block({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
    not,
  ],
  ['anthropic', 'speed at another price', { speed: 'fast' }, not],
  [
    'anthropic',
    'a schema at an address',
    { tools: [{ name: 'x', input_schema: schema({ $ref: 'https://evil' }) }] },
    fetched,
  ],
  ['anthropic', 'a key that nobody knows', { surprise: true }, '“surprise” is not let through'],
  [
    'gemini',
    'a file at an address',
    part({ fileData: { fileUri: 'https://evil', mimeType: 'image/png' } }),
    '“contents.0.parts.0.fileData” is not let through',
  ],
  [
    'gemini',
    'a file at an address, in the other spelling',
    part({ file_data: { file_uri: 'gs://evil' } }),
    '“contents.0.parts.0.file_data” is not let through',
  ],
  [
    'gemini',
    'a file at an address, in what a tool gave',
    part({ functionResponse: { name: 'x', response: {}, parts: [{ fileData: { fileUri: 'https://evil' } }] } }),
    'functionResponse.parts.0.inlineData',
  ],
  ['gemini', 'what is no image', part({ inlineData: { mimeType: 'video/mp4', data: 'QQ==' } }), 'only images'],
  ['gemini', 'what code gave that ran elsewhere', part({ executableCode: { language: 'PYTHON', code: '1' } }), not],
  ['gemini', 'content that is stored', { cachedContent: 'cachedContents/1' }, stored],
  ['gemini', 'content that is stored, in the other spelling', { cached_content: 'cachedContents/1' }, stored],
  ['gemini', 'web search', { tools: [{ googleSearch: {} }] }, elsewhere],
  ['gemini', 'web search, in the other spelling', { tools: [{ google_search: {} }] }, elsewhere],
  [
    'gemini',
    'web search beside a function',
    { tools: [{ functionDeclarations: [], googleSearchRetrieval: {} }] },
    elsewhere,
  ],
  ['gemini', 'pages at addresses', { tools: [{ urlContext: {} }] }, elsewhere],
  ['gemini', 'running code', { tools: [{ codeExecution: {} }] }, elsewhere],
  ['gemini', 'search in files', { tools: [{ fileSearch: { fileSearchStoreNames: ['x'] } }] }, elsewhere],
  ['gemini', 'a computer', { tools: [{ computerUse: {} }] }, elsewhere],
  ['gemini', 'maps', { tools: [{ googleMaps: {} }] }, elsewhere],
  ['gemini', 'a server of tools', { tools: [{ mcpServers: [{ name: 'x' }] }] }, elsewhere],
  ['gemini', 'several answers', { generationConfig: { candidateCount: 2 } }, 'may only be 1'],
  ['gemini', 'an image as the answer', { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }, not],
  [
    'gemini',
    'a schema at an address',
    { tools: [{ functionDeclarations: [{ name: 'x', parametersJsonSchema: schema({ $ref: 'https://evil' }) }] }] },
    fetched,
  ],
  ['gemini', 'a key that nobody knows', { surprise: true }, '“surprise” is not let through'],
];

test.each(REFUSED)('%s: %s is refused in words, and nothing is sent', async (api, _, members, words) => {
  await using end = await endpoint(json(WHOLE[api]));
  const { gateway, entries } = gatewayTo(api, end.url);
  const { status, message } = await failureOf(gateway, post(PATHS[api].whole, { ...HELLO[api], ...members }));
  expect(status).toBe(400);
  expect(message).toContain(words);
  expect(end.seen).toEqual([]);
  expect(entries).toEqual([expect.objectContaining({ is: 'refused', because: message })]);
  expect(gateway.spent()).toMatchObject({ tokens: 0, requests: 0, answered: 0 });
  await gateway.close();
});

/** What is asked for without harm to the request where it is not there: by API, what it is, and what must not be sent. */
const TAKEN_OUT: readonly (readonly [ModelApi, string, object, RegExp])[] = [
  [
    'openai-chat',
    'data about the user',
    { user: 'someone', metadata: { a: 'b' }, safety_identifier: 's' },
    /someone|metadata|safety/,
  ],
  ['openai-chat', 'a tier of service', { service_tier: 'priority' }, /tier|priority/],
  ['openai-chat', 'keeping the request for a day', { prompt_cache_retention: '24h' }, /retention|24h/],
  [
    'openai-chat',
    'other models, and what works beside them',
    { models: ['x'], plugins: [{ id: 'web' }], provider: { only: ['x'] }, route: 'fallback' },
    /plugins|provider|route|models/,
  ],
  [
    'openai-chat',
    'a recording that is stored',
    { messages: [{ role: 'assistant', content: 'x', audio: { id: 'audio_1' } }] },
    /audio/,
  ],
  [
    'openai-responses',
    'data about the user',
    { user: 'someone', metadata: { a: 'b' }, client_metadata: { c: 'd' } },
    /someone|metadata/,
  ],
  ['openai-responses', 'a tier of service', { service_tier: 'priority' }, /tier|priority/],
  ['openai-responses', 'an answer that is kept', { store: true }, /"store":true/],
  [
    'openai-responses',
    'hosted tools that are offered unasked',
    {
      tools: [
        { type: 'web_search', external_web_access: false },
        { type: 'image_generation', output_format: 'png' },
        { type: 'function', name: 'x' },
      ],
    },
    /web_search|image_generation/,
  ],
  [
    'openai-responses',
    'ids of what is stored',
    {
      input: [
        { type: 'message', id: 'msg_1', role: 'user', content: 'x' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'e' },
      ],
    },
    /msg_1|rs_1/,
  ],
  [
    'openai-responses',
    'what hosted tools would tell',
    { include: ['reasoning.encrypted_content', 'file_search_call.results'] },
    /file_search/,
  ],
  ['anthropic', 'data about the user', { metadata: { user_id: 'account_1' } }, /account_1|metadata/],
  ['anthropic', 'a tier of service', { service_tier: 'auto' }, /tier/],
  [
    'anthropic',
    'keeping the request for an hour',
    { system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } }] },
    /1h|global/,
  ],
  [
    'anthropic',
    'what is kept of the conversation elsewhere',
    { context_management: { edits: [] } },
    /context_management/,
  ],
  ['gemini', 'labels', { labels: { team: 'x' } }, /labels|team/],
  [
    'gemini',
    'a choice of the model',
    { model: 'models/dear', generationConfig: { routingConfig: { autoMode: {} } } },
    /dear|routing/,
  ],
  ['gemini', 'speech', { generationConfig: { speechConfig: { voice: 'x' } } }, /speech|voice/],
];

test.each(TAKEN_OUT)('%s: %s is taken out', async (api, _, members, absent) => {
  await using end = await endpoint(json(WHOLE[api]));
  const { gateway } = gatewayTo(api, end.url);
  const response = await gateway.handle(post(PATHS[api].whole, { ...HELLO[api], ...members }));
  expect(response.status).toBe(200);
  expect(JSON.stringify(end.seen[0]?.body)).not.toMatch(absent);
  await gateway.close();
});

test('answers of the responses API are never kept, and its hosted tools never offered', async () => {
  await using end = await endpoint(json(WHOLE['openai-responses']));
  const { gateway } = gatewayTo('openai-responses', end.url);
  await gateway.handle(post('/v1/responses', { input: 'Hello', tools: [{ type: 'web_search' }] }));
  expect(end.seen[0]?.body).toEqual({
    model: 'big-one',
    input: 'Hello',
    tools: [],
    max_output_tokens: 4_000,
    store: false,
  });
  await gateway.close();
});

const PATHS_REFUSED: readonly (readonly [ModelApi, string, string])[] = [
  ['openai-chat', 'POST', '/v1/responses'],
  ['openai-chat', 'POST', '/v1/files'],
  ['openai-chat', 'POST', '/v1/batches'],
  ['openai-chat', 'POST', '/v1/embeddings'],
  ['openai-chat', 'POST', '/v1/fine_tuning/jobs'],
  ['openai-chat', 'GET', '/v1/chat/completions'],
  ['openai-chat', 'DELETE', '/v1/models'],
  ['openai-chat', 'POST', '/v1/chat/completions/../files'],
  ['openai-chat', 'POST', '/v1/chat/completions%2f..%2ffiles'],
  ['openai-responses', 'POST', '/v1/conversations'],
  ['openai-responses', 'GET', '/v1/responses/resp_1'],
  ['openai-responses', 'POST', '/v1/responses/resp_1/cancel'],
  ['openai-responses', 'POST', '/v1/responses/compact'],
  ['openai-responses', 'POST', '/v1/vector_stores'],
  ['anthropic', 'POST', '/v1/messages/batches'],
  ['anthropic', 'POST', '/v1/files'],
  ['anthropic', 'POST', '/v1/complete'],
  ['anthropic', 'GET', '/v1/organizations/api_keys'],
  ['gemini', 'POST', '/v1beta/models/any:batchGenerateContent'],
  ['gemini', 'POST', '/v1beta/models/any:embedContent'],
  ['gemini', 'POST', '/v1beta/models/any:streamGenerateContent'],
  ['gemini', 'POST', '/v1beta/cachedContents'],
  ['gemini', 'POST', '/upload/v1beta/files'],
  ['gemini', 'POST', '/v1beta/interactions'],
  ['gemini', 'POST', '/v1internal:generateContent'],
];

test.each(PATHS_REFUSED)('%s: %s %s is not let through', async (api, method, path) => {
  await using end = await endpoint(json(WHOLE[api]));
  const { gateway } = gatewayTo(api, end.url);
  const body = method === 'POST' ? { body: JSON.stringify(HELLO[api]) } : {};
  const { status } = await failureOf(gateway, new Request(`http://gateway${path}`, { method, ...body }));
  expect(status).toBe(403);
  expect(end.seen).toEqual([]);
  await gateway.close();
});
