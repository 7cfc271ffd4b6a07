import { StringDecoder } from 'node:string_decoder';
import { agentLines, type Heard } from '../../domain/agent-lines.ts';
import type { HeadlessAgent } from '../../domain/installed-agent.ts';
import { roundEnded } from '../../domain/messages/agents.ts';
import type { NamedModel } from '../../domain/named-model.ts';
import { ownEnd } from '../../domain/own-end.ts';
import { againBrief, guestBrief } from '../../domain/prompts/guest.ts';
import type { SandboxRun } from '../../ports.ts';
import { hearing } from './hearing.ts';
import { type Guest, openGuest, PROMPT_FILE, start } from './open-guest.ts';
import type { OnThread, Opening, Thread, ThreadKind, TurnEnd } from './thread.ts';
import { SandboxBroken } from './workplace.ts';

interface Headless {
  readonly agent: HeadlessAgent;
  readonly model: NamedModel;
  readonly stateDir: string;
}

/**
 * Any command that is told a task, works and ends. Its exit code means nothing. It remembers nothing: handed back, it is
 * stopped, and started again with its task and what it is told then.
 */
export const headless = (options: Headless): ThreadKind => ({
  model: options.model.model,
  first: guestBrief,
  open: async (opening) => threadOf(options.agent, opening, await openGuest(options, opening)),
});

function threadOf(agent: HeadlessAgent, opening: Opening, guest: Guest): Thread {
  let first: string | null = null;
  return {
    async turn(text, on, signal) {
      await guest.tell(first === null ? text : againBrief(first, text));
      first ??= text;
      return runOnce(agent, opening, guest, on, signal);
    },
    close: () => guest.close(),
  };
}

/** Puts the prompt where `{prompt}` stands among the words. A shell does it, inside: an argument list may be read on the host. */
const WITH_ARGUMENT = `prompt=$(cat ${PROMPT_FILE}) || exit 126
left=$#
while [ "$left" -gt 0 ]; do
  word=$1
  shift
  [ "$word" = "{prompt}" ] && word=$prompt
  set -- "$@" "$word"
  left=$((left - 1))
done
exec "$@" </dev/null`;

function commandOf({ prompt }: HeadlessAgent, words: readonly string[]): readonly string[] {
  if (prompt === 'stdin') return start(words, `exec "$@" <${PROMPT_FILE}`);
  if (prompt === 'file')
    return start(
      words.map((word) => word.replaceAll('{prompt-file}', PROMPT_FILE)),
      'exec "$@" </dev/null',
    );
  return start(words.includes('{prompt}') ? words : [...words, '{prompt}'], WITH_ARGUMENT);
}

async function runOnce(
  agent: HeadlessAgent,
  { sandbox, limits }: Opening,
  guest: Guest,
  on: OnThread,
  signal: AbortSignal,
): Promise<TurnEnd> {
  const hearing = hear(agent.output, on);
  const run = await sandbox.run({
    ...guest.job,
    command: commandOf(agent, guest.words),
    limits: { ...guest.job.limits, wallMs: limits.minutes * 60_000 },
    signal: AbortSignal.any([signal, hearing.stop]),
    onOutput: hearing.add,
  });
  signal.throwIfAborted();
  hearing.end();
  if (hearing.stop.aborted) return { is: 'handed-back' };
  return endOf(run, hearing.last());
}

/** What the end of its process comes to. `last`: what it said last. Throws `SandboxBroken` where it did not end by itself. */
export function endOf(run: SandboxRun, last: string): TurnEnd {
  if (run.ended === 'could-not-start') throw new SandboxBroken(roundEnded.noSandbox(run.stderr));
  if (run.ended !== 'exited' && run.ended !== 'killed-by-signal')
    throw new SandboxBroken(roundEnded.overdone(run.ended));
  return last.trim() === '' ? { is: 'done', summary: run.stderr.slice(-600) } : ownEnd(last);
}

/** Longest line that is read. */
const MOST_LINE = 4_000_000;

/** Makes events of what the agent prints. `stop` once it is to hand back and none of its calls is open. */
function hear(output: HeadlessAgent['output'], on: OnThread) {
  const stop = new AbortController();
  const heard = hearing(on, (reason) => stop.abort(reason));
  const decoder = new StringDecoder('utf8');
  const lines = agentLines();
  let rest = '';
  const take = (text: string): void => {
    // What is told after the end is over would be told to nobody.
    if (stop.signal.aborted || text === '') return;
    heard.take(() => (output === 'text' ? plainLines(text) : text.split('\n').flatMap(lines)));
  };
  return {
    stop: stop.signal,
    add(chunk: Uint8Array): void {
      const text = rest + decoder.write(chunk);
      const cut = text.lastIndexOf('\n') + 1;
      // A line without an end is no line of ours.
      rest = text.length - cut > MOST_LINE ? '' : text.slice(cut);
      take(text.slice(0, cut));
    },
    /** Throws what whoever watches threw. */
    end(): void {
      take(rest + decoder.end());
      heard.check();
    },
    last: heard.last,
  };
}

const plainLines = (text: string): readonly Heard[] => (text.trim() === '' ? [] : [{ is: 'said', text }]);
