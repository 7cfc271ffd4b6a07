import type { AgentEvent, Intervention } from './domain/agent-event.ts';
import { hashText } from './domain/hash.ts';
import { texts } from './domain/prompts/texts.ts';
import type { Redactor } from './domain/redact.ts';
import { type Json, keyOf } from './domain/rejection.ts';
import {
  nameOfTranscript,
  type TranscriptAnswer,
  type TranscriptEnd,
  type TranscriptHead,
} from './domain/transcript/line.ts';
import { shownEvent, shownText } from './domain/transcript/shorten-event.ts';
import type { Agent, AgentResult, GatewayEntry, Ports, Task } from './ports.ts';
import { TranscriptParts } from './transcript-parts.ts';

/** Longest diff, in bytes, and most files that are named. */
const DIFF_BYTES = 100_000;
const MOST_FILES = 200;

/** The record of one round as it is made. Nothing of it ever throws, or holds the round up. */
interface Recording {
  /** `wanted`: what whoever watches made of it. */
  on(event: AgentEvent, wanted: Intervention | null): void;
  /** One exchange with a model. */
  onEntry(entry: GatewayEntry): void;
  /** Keeps whatever is not stored yet; with how the round ended, where it did. */
  end(result: AgentResult | null): Promise<void>;
}

type Kept = Pick<Ports, 'ref' | 'transcripts' | 'repository' | 'clock' | 'log'>;
type Begun = Omit<TranscriptHead, 'is' | 'rejection' | 'installation' | 'begun' | 'run'>;

/** What the round changed, for people. */
async function changesOf({ repository }: Kept, start: string, tree: string, redact: (text: string) => string) {
  const from = await repository.treeOf(start);
  const changes = (await repository.changes(from, tree)).slice(0, MOST_FILES);
  const diff = await repository.diff(from, tree, DIFF_BYTES);
  return {
    changes: changes.map(({ path, added, removed }) => ({ path: redact(path), added, removed })),
    diff: redact(diff),
  };
}

async function endOf(
  ports: Kept,
  start: string,
  result: AgentResult,
  redact: (text: string) => string,
): Promise<Omit<TranscriptEnd, 'at'>> {
  const { spent } = result;
  if (result.is === 'nothing') {
    const words = shownText(result.because, redact);
    return { is: 'end', code: result.code, words, tree: null, spent, changes: [], diff: '' };
  }
  const { tree } = result.candidate;
  const words = shownText(result.summary, redact);
  return { is: 'end', code: 'candidate', words, tree, spent, ...(await changesOf(ports, start, tree, redact)) };
}

/** Puts each request, by its hash, together with its answer. */
function answersInto(add: (answer: Omit<TranscriptAnswer, 'at'>) => void): Recording['onEntry'] {
  const asked = new Map<number, { readonly path: string; readonly hash: string }>();
  return (entry) => {
    if (entry.is === 'asked') asked.set(entry.id, { path: entry.path, hash: hashText(entry.body) });
    if (entry.is !== 'answered') return;
    const request = asked.get(entry.id);
    asked.delete(entry.id);
    const { status, body, whole } = entry;
    if (request !== undefined) add({ is: 'answer', ...request, status, body, whole });
  };
}

/** Begins to record a round. What an agent was told, did and was answered is redacted and shortened before it is stored. */
function record(ports: Kept, begun: Begun, { redact }: Pick<Redactor, 'redact'>): Recording {
  const rejection = keyOf(ports.ref);
  const head: TranscriptHead = {
    is: 'head',
    ...begun,
    rejection,
    installation: ports.ref.installation,
    run: crypto.randomUUID().slice(0, 8),
    begun: ports.clock.now(),
  };
  const since = performance.now();
  const at = () => Math.round(performance.now() - since);
  const name = nameOfTranscript(head);
  const encoder = new TextEncoder();
  const failed = (error: unknown) => ports.log.warn('part of a transcript is not stored yet', { rejection, error });
  const parts = new TranscriptParts(
    (part, text) => ports.transcripts.put(rejection, name, part, encoder.encode(text)),
    failed,
  );
  parts.add(head);
  void parts.store();
  return {
    on: (event, wanted) => {
      const line = { is: 'event', at: at(), event: shownEvent(event, redact) } as const;
      parts.add(wanted === null ? line : { ...line, wanted });
    },
    onEntry: answersInto((line) => parts.add({ ...line, at: at() })),
    end: async (result) => {
      try {
        if (result !== null) parts.add({ ...(await endOf(ports, begun.start, result, redact)), at: at() });
      } catch (error) {
        failed(error);
      }
      await parts.store();
    },
  };
}

/** What of a round its task does not tell. */
export interface RoundPlace {
  readonly round: number;
  /** From 1 on. */
  readonly candidate: number;
  /** Commit whose suites judge. */
  readonly base: string;
}

function begunWith({ brief, base: start, hide }: Task, { kind, uses }: Agent, place: RoundPlace): Begun {
  const { approved, ...rest } = brief;
  return {
    ...place,
    attempt: approved.event,
    title: approved.spec.title,
    agent: kind,
    uses: uses ?? null,
    start,
    hide,
    approvalHash: approved.approvalHash,
    prompt: texts.agent.hash,
    node: process.version,
    brief: rest as unknown as Json,
  };
}

/** Has the agent make a round, and records it, redacted `by` who knows the rejection's people. Throws what the agent throws. */
export async function implementRecorded(
  ports: Kept,
  agent: Agent,
  task: Task,
  place: RoundPlace,
  by: Redactor,
): Promise<AgentResult> {
  const recording = record(ports, begunWith(task, agent, place), by);
  let result: AgentResult | null = null;
  try {
    result = await agent.implement({
      ...task,
      on: (event) => {
        const wanted = task.on(event);
        recording.on(event, wanted);
        return wanted;
      },
      onEntry: (entry) => {
        recording.onEntry(entry);
        task.onEntry?.(entry);
      },
    });
    return result;
  } finally {
    await recording.end(result);
  }
}
