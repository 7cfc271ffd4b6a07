// A coding agent that speaks the Agent Client Protocol, in its smallest form, for tests: it asks its model (chat
// completions) and does what that calls. FAKE_ACP makes it misbehave.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const how = process.env['FAKE_ACP'] ?? '';
const settings = JSON.parse(readFileSync(`${homedir()}/.tiny/settings.json`, 'utf8'));
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const waiting = new Map();
let ids = 0;
let cancelled = false;
let stuck = false;

const ask = (method, params) =>
  new Promise((answer) => {
    const id = `mine-${++ids}`;
    waiting.set(id, answer);
    send({ id, method, params });
  });
const update = (sessionId, more) => send({ method: 'session/update', params: { sessionId, update: more } });

const tools = {
  edit: ({ path, old, new: now }) => {
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(old, () => now),
    );
    return 'changed';
  },
  write: ({ path, content }) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return 'written';
  },
  run: ({ command }) => {
    const ran = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8', maxBuffer: 100_000_000 });
    return `${ran.stdout}${ran.stderr}`;
  },
};

function tried(name, args) {
  try {
    return { ok: true, text: tools[name](args) };
  } catch (error) {
    return { ok: false, text: error.message };
  }
}

async function carryOut(sessionId, toolCallId, name, args) {
  const locations = args.path === undefined ? [] : [{ path: `/work/${args.path}` }];
  const kind = name === 'run' ? 'execute' : 'edit';
  const call = { toolCallId, title: `${name} ${args.path ?? ''}`, kind };
  update(sessionId, { sessionUpdate: 'tool_call', ...call, status: 'pending' });
  const options = [
    { optionId: 'no', name: 'Reject', kind: 'reject_once' },
    { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
  ];
  const { result } = await ask('session/request_permission', { sessionId, toolCall: call, options });
  const allowed = result?.outcome?.optionId === 'yes';
  const { ok, text } = allowed ? tried(name, args) : { ok: false, text: 'not allowed' };
  update(sessionId, {
    sessionUpdate: 'tool_call_update',
    toolCallId,
    status: ok ? 'completed' : 'failed',
    locations,
    rawInput: args,
    content: [{ type: 'content', content: { type: 'text', text } }],
  });
  return text;
}

async function misbehave(sessionId) {
  if (how === 'noise')
    process.stdout.write('WARNING: this is no JSON\n{"broken":\n[1]\n{"jsonrpc":"2.0","id":999,"result":{}}\n');
  if (how === 'dies') process.exit(7);
  if (how === 'hangs') await new Promise(() => {});
  if (how === 'floods') spawnSync('yes', { stdio: 'inherit' });
  if (how === 'asks') {
    const write = await ask('fs/write_text_file', { sessionId, path: '/work/sum.js', content: 'evil' });
    const run = await ask('terminal/create', { sessionId, command: 'id' });
    update(sessionId, {
      sessionUpdate: 'agent_message_chunk',
      content: { type: 'text', text: `refused: ${write.error?.code} ${run.error?.code}` },
    });
  }
}

async function work(sessionId, prompt) {
  await misbehave(sessionId);
  const messages = [{ role: 'user', content: prompt }];
  for (let at = 1; !cancelled; at++) {
    if (stuck) await new Promise(() => {});
    const body = JSON.stringify({
      model: settings.model,
      messages,
      tools: [...Object.keys(tools), 'done', 'cannot'].map((name) => ({
        type: 'function',
        function: { name, parameters: { type: 'object' } },
      })),
    });
    const answer = await fetch(`${settings.baseUrl}/chat/completions`, { method: 'POST', body });
    if (!answer.ok) return;
    const { message } = (await answer.json()).choices[0];
    messages.push(message);
    if (!message.tool_calls) return;
    for (const [index, call] of message.tool_calls.entries()) {
      const { name } = call.function;
      const args = JSON.parse(call.function.arguments);
      const said = name === 'done' ? args.summary : name === 'cannot' ? `CANNOT: ${args.reason}` : null;
      if (said !== null) {
        // In pieces, as real ones do.
        for (const text of [said.slice(0, 5), said.slice(5)])
          update(sessionId, { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
        return;
      }
      const text = await carryOut(sessionId, `call-${at}-${index}`, name, args);
      messages.push({ role: 'tool', tool_call_id: call.id, content: text });
    }
  }
}

const handlers = {
  initialize: () => ({ protocolVersion: 1, agentCapabilities: {}, authMethods: [] }),
  'session/new': () => (how === 'refuses' ? Promise.reject(new Error('no session')) : { sessionId: 's1' }),
  'session/set_mode': () => ({}),
  async 'session/prompt'({ sessionId, prompt }) {
    cancelled = false;
    await work(sessionId, prompt[0].text);
    return { stopReason: cancelled ? 'cancelled' : 'end_turn' };
  },
};

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params, ...answer } = JSON.parse(line);
  if (method === undefined) return waiting.get(id)?.(answer);
  if (method === 'session/cancel') {
    if (how === 'deaf') stuck = true;
    else cancelled = true;
    return;
  }
  try {
    send({ id, result: await handlers[method](params) });
  } catch (error) {
    send({ id, error: { code: -32000, message: error.message } });
  }
});
