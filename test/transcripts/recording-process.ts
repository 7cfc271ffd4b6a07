/** Records a round of an agent that says something and then waits for ever: to be killed. */
import { openStore } from '../../src/adapters/postgres/open.ts';
import { redactor } from '../../src/domain/redact.ts';
import type { Agent, Repository } from '../../src/ports.ts';
import { implementRecorded } from '../../src/record-round.ts';
import { briefOf } from '../agents/brief-of.ts';
import { silent } from '../support/silent-log.ts';

const [databaseUrl = '', stateDir = ''] = process.argv.slice(2);
const { transcripts } = await openStore({ databaseUrl, stateDir, log: silent });
const agent: Agent = {
  kind: 'model',
  implement: ({ on }) => {
    on({ is: 'told', text: 'Add up, and write to kim@firma-canary.de.' });
    on({ is: 'called', call: '1', tool: 'read', paths: ['sum.js'], input: '{}' });
    return new Promise(() => {});
  },
};
const ports = {
  ref: { installation: 1, repo: 'o/r', issue: 1 },
  transcripts,
  repository: {} as Repository,
  clock: { now: () => new Date().toISOString() },
  log: silent,
};
const task = {
  brief: briefOf(),
  repository: ports.repository,
  base: 'b'.repeat(40),
  hide: [],
  signal: new AbortController().signal,
  on: () => null,
};
await implementRecorded(ports, agent, task, { round: 1, candidate: 1, base: task.base }, redactor());
