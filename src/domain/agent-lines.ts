import type { AgentEvent } from './agent-event.ts';
import { pathsOfPatch } from './patch/parse-patch.ts';

/** What can be told from an agent's output. */
export type Heard = Extract<AgentEvent, { is: 'said' | 'called' | 'answered' }>;

type Members = Readonly<Record<string, unknown>>;

/** Longest text of one event. */
const MOST_TEXT = 100_000;
/** Parts of one message, and files of one call, that are looked at. */
const MOST_PARTS = 1_000;

export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
export const listOf = (value: unknown): readonly Members[] =>
  Array.isArray(value) ? value.slice(0, MOST_PARTS).map(membersOf) : [];

/** A value as JSON; nothing where it is nested more deeply than can be written. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}

export const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return (typeof value === 'string' ? value : jsonOf(value)).slice(0, MOST_TEXT);
};

const said = (value: unknown): readonly Heard[] => {
  const text = textOf(value);
  return text.trim() === '' ? [] : [{ is: 'said', text }];
};

/** Names under which agents keep the file that a call is about. */
const PATH_KEYS = ['path', 'file_path', 'filePath', 'absolute_path', 'notebook_path'];

export function called(call: unknown, tool: unknown, given: unknown, files: readonly string[] = []): Heard {
  const args = membersOf(given);
  const named = PATH_KEYS.map((key) => args[key]).filter((path) => typeof path === 'string');
  const patched = [given, ...Object.values(args).slice(0, MOST_PARTS)].flatMap((text) =>
    typeof text === 'string' && text.includes('*** Begin Patch') ? pathsOfPatch(text) : [],
  );
  const name = patched.length > 0 ? 'apply_patch' : textOf(tool);
  return {
    is: 'called',
    call: textOf(call),
    tool: name,
    paths: [...named, ...patched, ...files].slice(0, MOST_PARTS),
    input: textOf(given),
  };
}

export const answered = (call: unknown, ok: boolean, text: unknown): Heard => ({
  is: 'answered',
  call: textOf(call),
  ok,
  text: textOf(text),
});

/** An item of `codex exec --json`. */
function codexItem(item: Members): { readonly call: Heard; readonly end: Heard } | null {
  const { id, type, status } = item;
  const ok = status !== 'failed';
  if (type === 'command_execution') {
    const end = answered(id, ok && (item['exit_code'] ?? 0) === 0, item['aggregated_output']);
    return { call: called(id, 'command', item['command']), end };
  }
  if (type === 'file_change') {
    const paths = listOf(item['changes']).map((change) => textOf(change['path']));
    return { call: called(id, 'file_change', textOf(item['changes']), paths), end: answered(id, ok, '') };
  }
  if (type !== 'mcp_tool_call') return null;
  const end = answered(id, ok, item['result'] ?? item['error']);
  return { call: called(id, item['tool'], item['arguments']), end };
}

/** One part of a message of `claude` or `qwen`. */
function claudePart(part: Members): readonly Heard[] {
  if (part['type'] === 'text') return said(part['text']);
  if (part['type'] === 'tool_use') return [called(part['id'], part['name'], part['input'])];
  if (part['type'] !== 'tool_result') return [];
  const { content } = part;
  const text = Array.isArray(content)
    ? listOf(content)
        .map((one) => textOf(one['text']))
        .join('\n')
    : content;
  return [answered(part['tool_use_id'], part['is_error'] !== true, text)];
}

function opencodePart(part: Members): readonly Heard[] {
  if (part['type'] === 'text') return said(part['text']);
  if (part['type'] !== 'tool') return [];
  const state = membersOf(part['state']);
  const over = state['status'] === 'completed' || state['status'] === 'error';
  const call = called(part['callID'] ?? part['id'], part['tool'], state['input']);
  if (!over) return [call];
  const ok = state['status'] === 'completed';
  return [call, answered(part['callID'] ?? part['id'], ok, state['output'] ?? state['error'])];
}

function eventsIn(line: Members): readonly Heard[] {
  const type = textOf(line['type']);
  const item = membersOf(line['item']);
  if (type === 'item.started' || type === 'item.completed') {
    const known = codexItem(item);
    if (known !== null) return type === 'item.started' ? [known.call] : [known.call, known.end];
    return type === 'item.completed' ? said(item['text'] ?? item['message']) : [];
  }
  if (type === 'assistant' || type === 'user') {
    const { content } = membersOf(line['message']);
    if (Array.isArray(content)) return listOf(content).flatMap(claudePart);
    return type === 'assistant' ? said(content) : [];
  }
  if (line['part'] !== undefined) return opencodePart(membersOf(line['part']));
  const trouble = membersOf(line['error'])['message'] ?? (type === 'error' ? (line['message'] ?? line['error']) : null);
  if (trouble !== null && trouble !== undefined) return said(trouble);
  return line['is_error'] === true ? said(line['result']) : [];
}

/**
 * Reads what an agent prints, line by line: JSON as `codex exec --json`, `opencode run --format json`, and `claude` and
 * `qwen` with `stream-json` write it. JSON of another shape says nothing; what is not JSON was said. A call is told
 * once, before its answer, whatever the agent repeats.
 */
export function agentLines(): (line: string) => readonly Heard[] {
  const open = new Set<string>();
  const isNew = (event: Heard): boolean => {
    if (event.is === 'called' && open.has(event.call)) return false;
    if (event.is === 'called') open.add(event.call);
    if (event.is === 'answered') open.delete(event.call);
    return true;
  };
  return (line) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return said(line);
    }
    return eventsIn(membersOf(value)).filter(isNew);
  };
}
