import { randomBytes } from 'node:crypto';
import { GitHubError } from './answers.ts';
import { looksLikeJwt, verifyAppJwt } from './app-jwt.ts';
import type { Installation, InstallationToken, Permissions } from './state.ts';
import { type Actor, botLogin, grants, now, sameName, type World } from './world.ts';

const lifetimeMs = 3_600_000;

/** A personal token for a user; the same one when asked again. */
export function issueUserToken(world: World, login: string): string {
  const found = world.state.tokens.find((one) => sameName(one.login, login));
  if (found) return found.token;
  const token = `ghp_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`;
  world.state.tokens.push({ token, login });
  world.changed();
  return token;
}

/** An installation token that lives for an hour, narrowed to repositories and permissions when these are given. */
export function issueInstallationToken(
  world: World,
  installation: Installation,
  narrowing: { repositories: number[] | null; permissions: Permissions },
): InstallationToken {
  const issued: InstallationToken = {
    token: makeInstallationToken(world.app.id),
    installation: installation.id,
    ...narrowing,
    expires: now(world) + lifetimeMs,
  };
  world.state.installationTokens = [
    ...world.state.installationTokens.filter((one) => one.expires > now(world)),
    issued,
  ];
  world.changed();
  return issued;
}

/** GitHub's longer format of 2026, so that nobody counts on 40 characters. */
function makeInstallationToken(appId: number): string {
  const part = (bytes: number) => randomBytes(bytes).toString('base64url');
  return `ghs_${appId}_${part(27)}.${part(180)}.${part(64)}`;
}

/** Forgets an installation token. */
export function revokeInstallationToken(world: World, token: string): void {
  world.state.installationTokens = world.state.installationTokens.filter((one) => one.token !== token);
  world.changed();
}

/** Permissions asked for, each of which the installation must have. Throws GitHub's 422 otherwise. */
export function narrowPermissions(installation: Installation, wanted: Permissions | undefined): Permissions {
  if (!wanted) return { ...installation.permissions };
  for (const [name, level] of Object.entries(wanted)) {
    if (grants(installation.permissions, name, level)) continue;
    throw new GitHubError(422, 'The permissions requested are not granted to this installation.');
  }
  return { ...wanted };
}

/** Who an `Authorization` header stands for. Throws 401 for anything the forge did not hand out. */
export function authenticate(world: World, authorization: string | null): Actor {
  if (!authorization) return { kind: 'anonymous' };
  const token = readToken(authorization);
  if (looksLikeJwt(token)) {
    verifyAppJwt(token, world.app, now(world) / 1000);
    return { kind: 'app' };
  }
  return actorOfToken(world, token);
}

/** Who a user's or an installation's token stands for. Throws 401 when it is unknown or expired. */
export function actorOfToken(world: World, token: string): Actor {
  const user = world.state.tokens.find((one) => one.token === token);
  if (user) return { kind: 'user', login: user.login };
  const installed = world.state.installationTokens.find((one) => one.token === token);
  if (!installed || installed.expires <= now(world)) throw new GitHubError(401, 'Bad credentials');
  refuseSuspended(world.state.installations.find((one) => one.id === installed.installation));
  const { installation, repositories, permissions } = installed;
  return { kind: 'installation', login: botLogin(world), installation, repositories, permissions };
}

/** Throws GitHub's 403 for an installation that was suspended. */
export function refuseSuspended(installation: Installation | undefined): void {
  if (installation?.suspendedAt) throw new GitHubError(403, 'This installation has been suspended');
}

/** The secret in an `Authorization` header, whichever of GitHub's three schemes it uses. */
export function readToken(authorization: string): string {
  const [scheme, value] = authorization.trim().split(/\s+/, 2) as [string, string | undefined];
  if (!value) throw new GitHubError(401, 'Bad credentials');
  if (!/^basic$/i.test(scheme)) return value;
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}
