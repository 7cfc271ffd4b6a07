import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exampleFiles } from '../test/prompts/example.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import { row } from './support/figures.ts';
import { makeReady, stories } from './support/tell-story.ts';
import { inWorld, type World } from './support/world.ts';

/** What a person may have to wait for, in seconds. */
const LIMIT = 5;
const CONFIGURATION = '.github/corrigible.yml';

interface Silent extends AsyncDisposable {
  readonly baseUrl: string;
  /** Resolves once somebody asks next; `gone` when whoever it was takes that back. */
  asked(): Promise<{ readonly gone: Promise<unknown> }>;
}

/** A model that takes questions and never answers. */
async function silentModel(): Promise<Silent> {
  const server = createServer((request) => void request.resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: async () => {
      const [, response] = await once(server, 'request');
      return { gone: once(response, 'close') };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** From the comment to the end of the agent, in seconds: as often as it is taken up again. */
async function stops({ scene, rest }: World, model: Silent, times: number): Promise<readonly number[]> {
  const { maintainer } = stories.cast;
  const issue = await makeReady(scene);
  const seconds: number[] = [];
  const say = (body: string) => scene.call(maintainer, 'POST', `/issues/${issue}/comments`, { body });
  for (let i = 0; i < times; i++) {
    const asking = model.asked();
    await (i === 0 ? scene.label(maintainer, issue, 'fix-clear') : say('/retry'));
    const { gone } = await asking;
    const began = performance.now();
    await say('/stop');
    await gone;
    seconds.push((performance.now() - began) / 1000);
    await rest();
  }
  return seconds;
}

async function measure({ rounds }: Size): Promise<Measured> {
  await using model = await silentModel();
  const files = { [CONFIGURATION]: `${exampleFiles()[CONFIGURATION]}\nagent: { kind: model }\n` };
  const settings = { baseUrl: model.baseUrl, apiKey: 'none', model: 'silent' };
  const seconds = await inWorld((world) => stops(world, model, rounds), { files, model: settings });
  return {
    rows: [
      row({
        figure: '`/stop` → the agent is gone, in the middle of an answer',
        unit: 's',
        measured: seconds,
        beside: { name: 'the longest that a person may wait', measured: seconds.map(() => LIMIT) },
        goal: { of: 'ratio', atMost: 1 },
      }),
    ],
    notes: [
      'A maintainer comments while the model is silent; the webhook comes at once, the writer’s permission is read, and the run is',
      'ended. Gone is the agent when its question is taken back from the model.',
    ],
  };
}

export const stop: Benchmark = {
  name: 'stop',
  title: 'from `/stop` to the end of an agent',
  about: 'The whole app with an agent at work in the sandbox, stopped by a comment and taken up again.',
  run: (size) => measure(size),
};
