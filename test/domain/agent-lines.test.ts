import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acpUpdates } from '../../src/domain/acp-updates.ts';
import { agentLines } from '../../src/domain/agent-lines.ts';
import { ownEnd } from '../../src/domain/own-end.ts';

const heard = (...lines: readonly unknown[]) => {
  const read = agentLines();
  return lines.flatMap((line) => read(typeof line === 'string' ? line : JSON.stringify(line)));
};

test('codex: commands once, with their end; changes of files with their paths; messages', () => {
  const item = { id: 'item_1', type: 'command_execution', command: 'bash -lc ls' };
  const changes = [{ path: '/work/a.js', kind: 'update' }];
  expect(
    heard(
      { type: 'thread.started', thread_id: 't' },
      { type: 'item.started', item: { ...item, status: 'in_progress', exit_code: null, aggregated_output: '' } },
      { type: 'item.completed', item: { ...item, status: 'completed', exit_code: 2, aggregated_output: 'no' } },
      { type: 'item.completed', item: { id: 'item_2', type: 'file_change', changes, status: 'completed' } },
      { type: 'item.completed', item: { id: 'item_3', type: 'agent_message', text: 'Done.' } },
      { type: 'turn.completed', usage: { input_tokens: 1 } },
      { type: 'turn.failed', error: { message: 'no model' } },
    ),
  ).toEqual([
    { is: 'called', call: 'item_1', tool: 'command', paths: [], input: 'bash -lc ls' },
    { is: 'answered', call: 'item_1', ok: false, text: 'no' },
    { is: 'called', call: 'item_2', tool: 'file_change', paths: ['/work/a.js'], input: JSON.stringify(changes) },
    { is: 'answered', call: 'item_2', ok: true, text: '' },
    { is: 'said', text: 'Done.' },
    { is: 'said', text: 'no model' },
  ]);
});

test('a patch in a command is a patch, of the files that it names', () => {
  const command = "apply_patch <<'EOF'\n*** Begin Patch\n*** Delete File: evals/a.yml\n*** End Patch\nEOF";
  const [called] = heard({ type: 'item.started', item: { id: '1', type: 'command_execution', command } });
  expect(called).toMatchObject({ tool: 'apply_patch', paths: ['evals/a.yml'] });
});

test('claude and qwen: calls and answers of messages', () => {
  expect(
    heard(
      { type: 'system', subtype: 'init', tools: ['Bash'] },
      {
        type: 'assistant',
        message: {
          content: [
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'c', name: 'Edit', input: { file_path: '/work/a' } },
          ],
        },
      },
      {
        type: 'user',
        message: { content: [{ type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: 'ok' }] }] },
      },
      { type: 'result', subtype: 'success', is_error: false, result: 'I look.' },
      { type: 'result', is_error: true, result: 'API error' },
    ),
  ).toEqual([
    { is: 'said', text: 'I look.' },
    { is: 'called', call: 'c', tool: 'Edit', paths: ['/work/a'], input: '{"file_path":"/work/a"}' },
    { is: 'answered', call: 'c', ok: true, text: 'ok' },
    { is: 'said', text: 'API error' },
  ]);
});

test('opencode: parts, whether they are told at once or twice', () => {
  const part = (status: string, more = {}) => ({
    type: 'tool_use',
    part: { type: 'tool', callID: 'c', tool: 'write', state: { status, input: { filePath: 'a' }, ...more } },
  });
  expect(
    heard(
      part('running'),
      part('completed', { output: 'wrote' }),
      { type: 'text', part: { type: 'text', text: 'Hi' } },
      {
        type: 'error',
        error: { name: 'X', data: {}, message: 'gone' },
      },
    ),
  ).toEqual([
    { is: 'called', call: 'c', tool: 'write', paths: ['a'], input: '{"filePath":"a"}' },
    { is: 'answered', call: 'c', ok: true, text: 'wrote' },
    { is: 'said', text: 'Hi' },
    { is: 'said', text: 'gone' },
  ]);
});

test('what is not JSON was said; JSON of another shape says nothing', () => {
  expect(heard('warning: no network', '', '{"hello":1}', '[1]', 'null', '7', '{')).toEqual([
    { is: 'said', text: 'warning: no network' },
    { is: 'said', text: '{' },
  ]);
});

test('whatever an agent prints is read, and never thrown', () => {
  const key = fc.constantFrom(
    'type',
    'item',
    'part',
    'message',
    'content',
    'error',
    'state',
    'id',
    'text',
    'changes',
    'result',
    'is_error',
  );
  const leaf = fc.oneof(
    fc.constantFrom('item.completed', 'assistant', 'user', 'tool', 'text', 'error', 'file_change', 'tool_result'),
    fc.jsonValue(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.dictionary(key, tie('tree')),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }));
  fc.assert(fc.property(tree, (value) => void heard(value as object)));
});

test.each([
  ['I changed it.\n\nAll is green.', { is: 'done', summary: 'All is green.' }],
  [
    'Looked at it.\nCANNOT: the cases contradict\neach other.',
    { is: 'cannot', reason: 'the cases contradict each other.' },
  ],
  ['**CANNOT:** no such file', { is: 'cannot', reason: 'no such file' }],
  ['End with CANNOT: if not possible.', { is: 'done', summary: 'End with CANNOT: if not possible.' }],
  ['CANNOT: do it in one\n\nBut it worked in two.', { is: 'done', summary: 'But it worked in two.' }],
  ['', { is: 'done', summary: '' }],
])('the own end of an agent is in its last words: %j', (text, end) => {
  expect(ownEnd(text)).toEqual(end);
});

test('what is nested too deeply to be written, or has endless parts, is cut', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  expect(heard(`{"type":"error","message":${deep}}`)).toEqual([]);
  const content = Array.from({ length: 5_000 }, () => ({ type: 'text', text: 'x' }));
  expect(heard({ type: 'assistant', message: { content } })).toHaveLength(1_000);
});

test('of a call that is told again and again, only what is known of calls is kept', () => {
  const updates = acpUpdates();
  let read = 0;
  const call = {
    sessionUpdate: 'tool_call',
    toolCallId: '1',
    title: 'x',
    get more() {
      return read++;
    },
  };
  updates.read(call);
  const locations = Array.from({ length: 5_000 }, (_, i) => ({ path: `/work/${i}` }));
  const [event] = updates.read({ sessionUpdate: 'tool_call_update', toolCallId: '1', locations });
  expect(event).toMatchObject({ is: 'called', call: '1', tool: 'x' });
  expect(event).toHaveProperty('paths.length', 1_000);
  expect(read).toBe(0);
});
