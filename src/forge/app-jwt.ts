import { createPublicKey, verify } from 'node:crypto';
import { GitHubError } from './answers.ts';
import type { AppIdentity } from './world.ts';

const maxLifetimeSeconds = 600;
/** GitHub tolerates a clock that runs a little ahead. */
const skewSeconds = 60;

/** Installation tokens have dots too, so their prefix decides. */
export function looksLikeJwt(token: string): boolean {
  return !token.startsWith('ghs_') && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}

/** Accepts a token that the app signed with its key. Throws GitHub's 401 otherwise. */
export function verifyAppJwt(token: string, app: AppIdentity, nowSeconds: number): void {
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const claims = readPart(payload);
  const key = createPublicKey(app.privateKey);
  const signed = verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  if (readPart(header)['alg'] !== 'RS256' || !signed) throw refusal('A JSON web token could not be decoded');
  const { iss, iat, exp } = claims;
  if (String(iss) !== String(app.id)) throw new GitHubError(404, 'Integration not found');
  if (typeof exp !== 'number') throw refusal("Missing 'exp' claim in assertion");
  if (typeof iat !== 'number') throw refusal("Missing 'iat' claim in assertion");
  if (exp <= nowSeconds)
    throw refusal(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (exp > nowSeconds + maxLifetimeSeconds + skewSeconds)
    throw refusal("'Expiration time' claim ('exp') is too far in the future");
  if (iat > nowSeconds + skewSeconds)
    throw refusal("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
}

function refusal(message: string): GitHubError {
  return new GitHubError(401, message);
}

function readPart(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) ?? {};
  } catch {
    throw refusal('A JSON web token could not be decoded');
  }
}
