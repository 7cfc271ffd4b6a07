import { answered, called, type Heard, listOf, membersOf, textOf } from './agent-lines.ts';

/** Longest message of an agent that is put together from its pieces. */
const MOST_SAID = 100_000;

/** What has been done by a call says more than what was to be done. */
function resultOf(update: ReturnType<typeof membersOf>): string {
  const parts = listOf(update['content']).map((one) => {
    const { type, path } = one;
    return type === 'diff' ? `changed ${textOf(path)}` : textOf(membersOf(one['content'])['text']);
  });
  const text = parts.filter((part) => part !== '').join('\n');
  return text === '' ? textOf(update['rawOutput']) : text;
}

/** What is kept of a call: an agent may send it again and again, with ever more in it. */
const KEPT = ['name', 'kind', 'title', 'status', 'rawInput', 'rawOutput', 'locations', 'content'] as const;

const keptOf = (update: ReturnType<typeof membersOf>): ReturnType<typeof membersOf> =>
  Object.fromEntries(KEPT.flatMap((key) => (update[key] === undefined ? [] : [[key, update[key]]])));

interface Call {
  readonly told: boolean;
  readonly update: ReturnType<typeof membersOf>;
}

/** Tells of the updates of one session, in order. `end`: what was begun and not ended by a turn that is over. */
export interface AcpUpdates {
  read(update: unknown): readonly Heard[];
  end(): readonly Heard[];
}

/**
 * Reads the updates of a session of the Agent Client Protocol (v1), whatever they hold. A message comes in pieces, and is
 * told once it is over; a call is told once something is known of it, and at the latest before its answer.
 */
export function acpUpdates(): AcpUpdates {
  const calls = new Map<string, Call>();
  let words = '';
  const sayRest = (): readonly Heard[] => {
    const text = words;
    words = '';
    return text.trim() === '' ? [] : [{ is: 'said', text }];
  };
  const tellCall = (id: string, update: Call['update'], over: boolean): readonly Heard[] => {
    const known = calls.get(id);
    const whole = { ...known?.update, ...keptOf(update) };
    const paths = listOf(whole['locations']).flatMap(({ path }) => (typeof path === 'string' ? [path] : []));
    const ready = over || whole['rawInput'] !== undefined || paths.length > 0 || whole['status'] === 'in_progress';
    const isNew = ready && known?.told !== true;
    calls.set(id, { told: ready || known?.told === true, update: whole });
    if (!isNew) return [];
    const tool = whole['name'] ?? whole['kind'] ?? whole['title'];
    return [called(id, tool, whole['rawInput'] ?? whole['title'], paths)];
  };
  return {
    read(given) {
      const update = membersOf(given);
      const kind = update['sessionUpdate'];
      if (kind === 'agent_message_chunk') {
        words = `${words}${textOf(membersOf(update['content'])['text'])}`.slice(-MOST_SAID);
        return [];
      }
      if (kind !== 'tool_call' && kind !== 'tool_call_update') return [];
      const id = textOf(update['toolCallId']);
      const { status } = update;
      const over = status === 'completed' || status === 'failed';
      const events = [...sayRest(), ...tellCall(id, update, over)];
      if (!over) return events;
      const whole = calls.get(id)?.update ?? update;
      calls.delete(id);
      return [...events, answered(id, status === 'completed', resultOf(whole))];
    },
    end() {
      calls.clear();
      return sayRest();
    },
  };
}
