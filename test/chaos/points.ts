import type { PortPoint } from '../../src/observe.ts';

/** Calls that change GitHub: right before each, a frozen worker must find its leave gone. */
export const writes: ReadonlySet<string> = new Set<PortPoint>([
  'forge.postComment',
  'forge.editComment',
  'forge.closeIssue',
  'forge.ensureLabels',
  'forge.openPullRequest',
  'forge.requestReview',
  'forge.postChecks',
  'forge.merge',
  'forge.deleteBranch',
  'repository.push',
]);

/** Points that no story passes, each with the reason. */
export const excused: Readonly<Partial<Record<string, string>>> = {};
