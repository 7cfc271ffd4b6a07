// A headless coding agent in its smallest form, for tests: it is told a task, asks its model (chat completions), runs what
// the model calls, prints what it does, and ends with exit code 0 whatever happened, as real ones do.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';

const [how = '--stdin', what = ''] = process.argv.slice(2);
const prompt = how === '--stdin' ? readFileSync(0, 'utf8') : how === '--file' ? readFileSync(what, 'utf8') : what;
const settings = JSON.parse(readFileSync(`${homedir()}/.tiny/settings.json`, 'utf8'));
const inJson = process.env['TINY_OUTPUT'] === 'json';

const print = (line, plain) => console.log(inJson ? JSON.stringify(line) : plain);
const say = (text) => print({ type: 'item.completed', item: { id: 'm', type: 'agent_message', text } }, text);

const tools = {
  run: ({ command }) => {
    const ran = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8', maxBuffer: 100_000_000 });
    return { code: ran.status ?? 1, text: `${ran.stdout}${ran.stderr}` };
  },
  write: ({ path, content }) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return { code: 0, text: 'written' };
  },
  edit: ({ path, old, new: now }) => {
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(old, () => now),
    );
    return { code: 0, text: 'changed' };
  },
};

function carryOut(id, name, args) {
  const command = name === 'run' ? args.command : `${name} ${args.path}`;
  const item = { id, type: 'command_execution', command, aggregated_output: '', exit_code: null };
  print({ type: 'item.started', item }, `$ ${command}`);
  let done;
  try {
    done = Object.hasOwn(tools, name) ? tools[name](args) : { code: 1, text: 'no such tool' };
  } catch (error) {
    done = { code: 1, text: error.message };
  }
  print({ type: 'item.completed', item: { ...item, aggregated_output: done.text, exit_code: done.code } }, done.text);
  return done.text;
}

const messages = [{ role: 'user', content: prompt }];
const names = ['run', 'write', 'edit', 'list', 'done', 'cannot'];
const offers = names.map((name) => ({ type: 'function', function: { name, parameters: { type: 'object' } } }));

async function turn(at) {
  const body = JSON.stringify({ model: settings.model, messages, tools: offers });
  const answer = await fetch(`${settings.baseUrl}/chat/completions`, { method: 'POST', body });
  if (!answer.ok) return say(`Everything is fixed. (${answer.status})`);
  const { message } = (await answer.json()).choices[0];
  messages.push(message);
  if (message.content) say(message.content);
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    const { name } = call.function;
    const args = JSON.parse(call.function.arguments);
    if (name === 'done') return say(args.summary);
    if (name === 'cannot') return say(`CANNOT: ${args.reason}`);
    messages.push({ role: 'tool', tool_call_id: call.id, content: carryOut(`call_${at}_${index}`, name, args) });
  }
  if (message.tool_calls) return turn(at + 1);
}
await turn(1);
