import { expect, test } from 'vitest';
import { ourError } from '../../src/adapters/github/refused.ts';
import { Weather } from '../../src/ports.ts';

/** What Octokit throws for an answer; without one, for a connection that failed. */
const failure = (status: number, response?: { headers: Record<string, string>; data: unknown }) =>
  Object.assign(new Error('failed'), { status, ...(response && { response }) });
const answer = (status: number, headers: Record<string, string> = {}, message = '') =>
  failure(status, { headers, data: { message } });

test.each([
  ['no answer at all', failure(500), 'everything'],
  ['an error of GitHub’s own', answer(502), 'everything'],
  ['a limit with its time', answer(403, { 'retry-after': '60' }), 'installation'],
  ['a quota that is used up', answer(429), 'installation'],
  ['a limit told in words', answer(403, {}, 'You have exceeded a secondary rate limit'), 'installation'],
  ['a request that took too long', answer(408), 'rejection'],
])('%s is trouble of the right size', (_what, error, scope) => {
  const ours = ourError(error);
  expect(ours).toBeInstanceOf(Weather);
  expect(ours).toMatchObject({ scope });
});
