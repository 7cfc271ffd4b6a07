import { PassThrough } from 'node:stream';
import type { ClientContext } from '@agentclientprotocol/sdk';
import { acpUpdates } from '../../domain/acp-updates.ts';
import type { HeadlessAgent } from '../../domain/installed-agent.ts';
import type { NamedModel } from '../../domain/named-model.ts';
import { ownEnd } from '../../domain/own-end.ts';
import { againBrief, guestBrief } from '../../domain/prompts/guest.ts';
import type { SandboxRun } from '../../ports.ts';
import { acpStream } from './acp-stream.ts';
import { endOf } from './headless.ts';
import { hearing } from './hearing.ts';
import { type Guest, openGuest, start } from './open-guest.ts';
import type { Opening, Thread, ThreadKind, TurnEnd } from './thread.ts';

/** How long an agent that is told to stop may take for it. */
const CANCEL_MS = 5_000;

interface Acp {
  readonly agent: HeadlessAgent;
  readonly model: NamedModel;
  readonly stateDir: string;
}

/**
 * An agent that speaks the Agent Client Protocol over its standard input and output. It is let do whatever it asks for:
 * what it may do, the sandbox decides. It gets no file and no terminal of the app's. Why it says it stopped means nothing.
 */
export const acp = (options: Acp): ThreadKind => ({
  model: options.model.model,
  first: guestBrief,
  open: async (opening) => threadOf(options, opening, await openGuest(options, opening)),
});

function threadOf({ agent }: Acp, opening: Opening, guest: Guest): Thread {
  let first: string | null = null;
  let talk: Talk | null = null;
  return {
    async turn(text, on, signal) {
      const again = talk === null && first !== null ? againBrief(first, text) : text;
      first ??= text;
      talk ??= await begin(agent, opening, guest);
      const end = await talk.turn(again, on, signal);
      // One that does not stop when it is told to is ended, and begun anew.
      if (talk.isOver()) talk = null;
      return end;
    },
    async close() {
      await talk?.close();
      await guest.close();
    },
  };
}

/** A conversation with one process. */
interface Talk {
  turn: Thread['turn'];
  isOver(): boolean;
  close(): Promise<void>;
}

/** A process that is spoken to. */
interface Spoken {
  readonly agent: ClientContext;
  /** From now on its updates go here. */
  listen(to: (update: unknown) => void): void;
  /** What it answers; its end, where that comes first. Throws what the sandbox throws, the signal's reason when aborted. */
  asked<T>(answer: Promise<T>): Promise<{ readonly said: T } | { readonly end: SandboxRun }>;
  /** Ends it. Resolves when nothing of it is left. */
  kill(reason: Error): Promise<void>;
  isOver(): boolean;
}

function run(
  opening: Opening,
  guest: Guest,
  input: PassThrough,
  signal: AbortSignal,
  onOutput: (chunk: Uint8Array) => void,
) {
  return opening.sandbox.run({
    ...guest.job,
    command: start(guest.words),
    stdin: input,
    limits: { ...guest.job.limits, wallMs: opening.limits.minutes * 60_000 },
    signal: AbortSignal.any([opening.signal, signal]),
    onOutput,
  });
}

/** Lets the agent do whatever it asks leave for. */
function answering({ client, methods }: typeof import('@agentclientprotocol/sdk')) {
  return client({ name: 'corrigible' }).onRequest(
    methods.client.session.requestPermission,
    ({ params: { options } }) => {
      const kinds = ['allow_always', 'allow_once'];
      const allow = kinds
        .map((kind) => options.find((option) => option.kind === kind))
        .find((option) => option !== undefined);
      return {
        outcome: allow === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: allow.optionId },
      };
    },
  );
}

async function startProcess(opening: Opening, guest: Guest): Promise<Spoken> {
  const sdk = await import('@agentclientprotocol/sdk');
  const input = new PassThrough();
  const stop = new AbortController();
  let listening: (update: unknown) => void = () => {};
  let over = false;
  const { stream, add, end } = acpStream(
    (line) => input.write(line),
    (update) => listening(update),
  );
  const running = run(opening, guest, input, stop.signal, add).finally(() => {
    over = true;
    end();
  });
  // Whoever asks it something hears of its end; nobody else has to.
  running.catch(() => {});
  const { agent } = answering(sdk).connect(stream);
  return {
    agent,
    listen(to) {
      listening = to;
    },
    async asked(answer) {
      try {
        return { said: await answer };
      } catch (error) {
        opening.signal.throwIfAborted();
        // It may have answered with a failure, and live on: that means no more than its end.
        stop.abort(error);
        return { end: await running };
      }
    },
    async kill(reason) {
      stop.abort(reason);
      input.destroy();
      await running.catch(() => {});
    },
    isOver: () => over,
  };
}

/** Starts the process and opens its session. */
async function begin({ mode }: HeadlessAgent, opening: Opening, guest: Guest): Promise<Talk> {
  const process = await startProcess(opening, guest);
  const session = await process.asked(openSession(process.agent, mode));
  return {
    async turn(text, on, signal) {
      if ('end' in session) return endOfTurn(session.end, session.end.stderr.slice(-600));
      const sessionId = session.said;
      let timer: NodeJS.Timeout | undefined;
      const updates = acpUpdates();
      const heard = hearing(on, () => {
        timer = setTimeout(() => void process.kill(new Error('handed back')), CANCEL_MS);
        void process.agent.notify('session/cancel', { sessionId }).catch(() => {});
      });
      process.listen((update) => heard.take(() => updates.read(update)));
      const prompt = [{ type: 'text' as const, text }];
      const answer = await process.asked(process.agent.request('session/prompt', { sessionId, prompt }));
      clearTimeout(timer);
      signal.throwIfAborted();
      heard.take(updates.end);
      heard.check();
      if (heard.wanted()) return { is: 'handed-back' };
      return endOfTurn('end' in answer ? answer.end : null, heard.last());
    },
    isOver: process.isOver,
    close: () => process.kill(new Error('closed')),
  };
}

/** An answer that is a failure, or a death, is no end that means anything: the tree tells. */
const endOfTurn = (run: SandboxRun | null, last: string): TurnEnd =>
  run === null ? ownEnd(last) : endOf(run.ended === 'aborted' ? { ...run, ended: 'exited' } : run, last);

/** The id of a session in the worktree, in the mode that the operator wants. */
async function openSession(agent: ClientContext, mode: string | undefined): Promise<string> {
  const { PROTOCOL_VERSION } = await import('@agentclientprotocol/sdk');
  const clientCapabilities = { fs: { readTextFile: false, writeTextFile: false }, terminal: false };
  const clientInfo = { name: 'corrigible', version: '0' };
  await agent.request('initialize', { protocolVersion: PROTOCOL_VERSION, clientCapabilities, clientInfo });
  const { sessionId } = await agent.request('session/new', { cwd: '/work', mcpServers: [] });
  if (mode !== undefined) await agent.request('session/set_mode', { sessionId, modeId: mode });
  return sessionId;
}
