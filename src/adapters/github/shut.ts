import { githubShut, wrongClock } from '../../domain/messages/github.ts';
import { Shut, type ShutBecause } from '../../ports.ts';

/** The error in the words for whoever runs the app. */
export const shut = (because: ShutBecause): Shut => new Shut(because, githubShut[because]());

interface Sign {
  readonly statuses: readonly number[];
  /** What was asked, such as `PUT /repos/o/r/pulls/7/merge`; below /api/v3 on a server of one's own. */
  readonly operation: RegExp;
  readonly words?: RegExp;
  readonly because: ShutBecause;
}

/** The first that fits counts. */
const signs: readonly Sign[] = [
  { statuses: [403], operation: /./, words: /installation has been suspended/i, because: 'installation-suspended' },
  { statuses: [403], operation: /./, words: /was archived so is read-only/i, because: 'repository-archived' },
  { statuses: [401], operation: /^\w+ (?:\/api\/v3)?\/app(?:\/|$)/, because: 'app-refused' },
  {
    statuses: [404],
    operation: /^\w+ (?:\/api\/v3)?\/app(?:\/|$)/,
    words: /Integration not found/i,
    because: 'app-refused',
  },
  { statuses: [404], operation: /\/app\/installations\/\d+\/access_tokens$/, because: 'installation-gone' },
  {
    statuses: [422],
    operation: /\/app\/installations\/\d+\/access_tokens$/,
    words: /repository that does not exist or is not accessible/i,
    because: 'repository-gone',
  },
  // Comments that stand are refused in the very words of new ones.
  { statuses: [403], operation: /\/comments(?:\/|$)|\/replies$/, words: /is locked/i, because: 'issue-locked' },
  { statuses: [410], operation: /\/issues\/\d+(?:\/|$)/, because: 'issue-gone' },
  { statuses: [404], operation: /\/issues\/\d+(?:\/(?:comments|events))?$/, because: 'issue-gone' },
];

/**
 * What a refusal says about the place instead of the call, or null. A 404 of an issue may mean the whole repository:
 * who can look, looks.
 */
export function shutOf(status: number, operation: string, words: string): Shut | null {
  const sign = signs.find(
    (one) => one.statuses.includes(status) && one.operation.test(operation) && (one.words?.test(words) ?? true),
  );
  if (sign === undefined) return null;
  const clock = sign.because === 'app-refused' && /claim \('(?:iat|exp)'\)/.test(words);
  return clock ? new Shut('app-refused', wrongClock()) : shut(sign.because);
}
