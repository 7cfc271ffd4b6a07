import { GitHubError, notFound, ok } from '../answers.ts';
import { type Call, type Operations, onForge } from '../operation.ts';
import type { RateLimit } from '../rate-limit.ts';
import { userShape } from '../shapes/user.ts';
import { findUser, loginOf } from '../world.ts';

function profile(call: Call, login: string) {
  const user = findUser(call.world, login);
  if (!user) throw notFound();
  const day = '2025-01-01T00:00:00Z';
  return ok({ ...userShape(call.world, user.login), name: user.name, created_at: day, updated_at: day });
}

function authenticated(call: Call) {
  if (call.actor.kind === 'installation') throw new GitHubError(403, 'Resource not accessible by integration');
  const login = loginOf(call.actor);
  if (!login) throw new GitHubError(401, 'Requires authentication');
  return profile(call, login);
}

/** The operations about users, and the one that reads the caller's rate limit. */
export function userOperations(rateOf: (token: string | null) => RateLimit): Operations {
  return {
    'users/get-by-username': onForge((call) => profile(call, call.parameters['username']!)),
    'users/get-authenticated': onForge(authenticated),
    'rate-limit/get': onForge((call) => {
      const rate = rateOf(call.token);
      return ok({ resources: { core: rate, search: rate }, rate });
    }),
  };
}
