import type { EnginePoint } from '../../src/adapters/postgres/points.ts';
import type { FactKind } from '../../src/domain/fact.ts';
import type { PortPoint } from '../../src/observe.ts';

/** Calls that change GitHub: right before each, a frozen worker must find its leave gone. */
export const writes: ReadonlySet<string> = new Set<PortPoint>([
  'forge.postComment',
  'forge.editComment',
  'forge.deleteComment',
  'forge.openIssue',
  'forge.closeIssue',
  'forge.reopenIssue',
  'forge.ensureLabels',
  'forge.openPullRequest',
  'forge.requestReview',
  'forge.replyToThread',
  'forge.resolveThread',
  'forge.postChecks',
  'forge.merge',
  'forge.enqueue',
  'forge.dequeue',
  'forge.deleteBranch',
  'repository.push',
]);

const outside =
  'asked for by no stage: the ledger is asked and told by what turns webhooks into rejections, outside of the ports';

/** Points that no undisturbed story passes, each with the reason. */
export const excused: Readonly<Partial<Record<PortPoint | EnginePoint, string>>> = {
  'ledger.ofPullRequest': outside,
  'ledger.ofRepository': outside,
  'ledger.notePush': outside,
  'forge.hasReplied': 'only where an accident is being repaired',
  'forge.findIssues': 'only where an accident is being repaired',
  'blobs.get': 'read by the command line alone',
  'transcripts.list': 'read by pages and the command line alone',
  'transcripts.get': 'read by pages and the command line alone',
  'preparing.prepare': 'only where a configuration declares dependencies: test/stories/prepare.test.ts',
  'sandbox.run': 'suites and agents hold the sandbox itself',
  'engine.raise': 'only where the sweep finds what no webhook has told yet',
};

/** Facts that are recorded at their point only where the app reads GitHub before the webhook has told it. */
export const byChance: ReadonlySet<string> = new Set(['ledger.append head-moved']);

/** Kinds of facts that no undisturbed story records, each with the reason. */
export const excusedKinds: Readonly<Partial<Record<FactKind, string>>> = {
  'run-restarted': 'only where a process ended in the middle of a run',
  'run-lost': 'only where an accident is being repaired',
  'group-gone': 'only where a merge group goes before it is answered',
  forgotten: 'recorded by the command line alone',
};
