import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { threadAgent } from '../../src/adapters/agents/run-thread.ts';
import type { ThreadKind } from '../../src/adapters/agents/thread.ts';
import type { AgentEvent, Intervention } from '../../src/domain/agent-event.ts';
import type { AgentResult, Repository } from '../../src/ports.ts';
import { type Script, scriptedModel } from '../support/scripted-model.ts';
import { briefOf } from './brief-of.ts';
import { makePlace, type Place, quiet } from './in-worktree.ts';
import { makeRepository } from './make-repository.ts';
import { doorTo } from './through-gateway.ts';

export interface Conditions {
  readonly watch?: (event: AgentEvent) => Intervention | null;
  readonly signal?: AbortSignal;
  readonly idleMs?: number;
}

/** A repository and a sandbox in which agents that an operator has installed make rounds. */
export interface GuestHouse extends AsyncDisposable {
  readonly place: Place;
  /** One round of the agent that `kindAt` gives for the address of a model, which says this. */
  round(
    script: Script,
    kindAt: (url: string) => ThreadKind,
    conditions: Conditions,
  ): Promise<{
    readonly result: AgentResult;
    readonly events: readonly AgentEvent[];
    readonly requests: Awaited<ReturnType<typeof scriptedModel>>['requests'];
  }>;
  /** What is left of rounds in the app's state. */
  left(): Promise<readonly string[]>;
  changesOf(result: AgentResult): Promise<readonly string[]>;
}

async function makeRound(
  { sandbox }: Place,
  repository: Repository,
  base: string,
  ...[script, kindAt, { watch = () => null, signal, idleMs }]: Parameters<GuestHouse['round']>
) {
  await using server = await scriptedModel(script);
  const events: AgentEvent[] = [];
  const agent = threadAgent({
    kind: kindAt(server.baseUrl),
    sandbox,
    log: quiet,
    door: doorTo(server.baseUrl),
    idleMs,
  });
  const result = await agent.implement({
    brief: briefOf(),
    repository,
    base,
    hide: ['private/**'],
    signal: signal ?? new AbortController().signal,
    on: (event) => {
      events.push(event);
      return watch(event);
    },
  });
  return { result, events, requests: server.requests };
}

export async function openGuestHouse(firstUid: number, files: Readonly<Record<string, string>>): Promise<GuestHouse> {
  const place = await makePlace(firstUid);
  const { repository, base } = await makeRepository(place.state, files);
  return {
    place,
    round: (...of) => makeRound(place, repository, base, ...of),
    async left() {
      const folders = await Promise.all(
        ['guests', 'sockets'].map(async (all) => {
          const [own = ''] = await readdir(join(place.state, all));
          return readdir(join(place.state, all, own));
        }),
      );
      return folders.flat();
    },
    async changesOf(result) {
      if (result.is !== 'candidate') return expect.fail(`no candidate: ${result.because}`);
      return (await repository.changes(base, result.candidate.tree)).map(({ status, path }) => `${status} ${path}`);
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}
