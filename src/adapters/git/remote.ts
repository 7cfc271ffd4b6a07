import { gitTrouble } from '../../domain/messages/git.ts';
import { type GitAccess, type Permit, Weather } from '../../ports.ts';
import { branchRef } from './history.ts';
import { listed, type Refs } from './refs.ts';
import { GitFailure, type GitOptions, gitBytes } from './run-git.ts';

const FETCH_MS = 15 * 60_000;

const basic = (token: string): string => Buffer.from(`x-access-token:${token}`).toString('base64');

/** The url that git may be told, checked: no other protocol, and no name or password in it. */
function checkedUrl(access: GitAccess): URL {
  const url = new URL(access.url);
  if (!['http:', 'https:', 'file:'].includes(url.protocol)) throw new Error(`git may not speak ${url.protocol}`);
  if (url.username !== '' || url.password !== '') throw new Error('a url for git carries no password');
  return url;
}

/** The token goes to this origin alone, redirects are not followed, and a server that falls silent is given up. */
function optionsFor(url: URL, token: string | null): Required<Pick<GitOptions, 'env' | 'settings'>> {
  const header = token === null ? {} : { [`http.${url.origin}/.extraHeader`]: `Authorization: Basic ${basic(token)}` };
  return {
    env: { GIT_ALLOW_PROTOCOL: url.protocol.slice(0, -1) },
    settings: {
      ...header,
      'http.followRedirects': 'false',
      'http.lowSpeedLimit': '100',
      'http.lowSpeedTime': '60',
      'credential.helper': '',
    },
  };
}

function words(failure: GitFailure): string {
  const { code, stderr } = failure;
  if (code === null) return gitTrouble.tooSlow();
  if (/\.lock': File exists|cannot lock ref/.test(stderr)) return gitTrouble.locked();
  if (/Authentication failed|could not read Username/.test(stderr)) return gitTrouble.tokenRefused();
  const status = /returned error: (\d{3})/.exec(stderr)?.[1];
  if (status === '401') return gitTrouble.tokenRefused();
  if (status !== undefined) return gitTrouble.status(Number(status));
  if (
    /Could not resolve host|Failed to connect|Connection refused|timed out|early EOF|unexpected disconnect/i.test(
      stderr,
    )
  )
    return gitTrouble.unreachable();
  const line = stderr.split('\n').find((text) => /^(fatal|error): /.test(text)) ?? stderr.trim();
  return gitTrouble.other(line.slice(0, 300));
}

/** No secret leaves in a message, whatever git may have echoed. */
function scrubbed(text: string, token: string | null): string {
  if (token === null || token === '') return text;
  return text.replaceAll(token, '[token]').replaceAll(basic(token), '[token]');
}

/** Whatever stops git on its way to a server may pass: the next try can get through. */
const weatherOf = (failure: GitFailure, token: string | null): Weather => new Weather(scrubbed(words(failure), token));

async function speak(
  gitDir: string,
  access: GitAccess,
  args: (url: string) => readonly string[],
  options: Pick<GitOptions, 'timeoutMs' | 'signal' | 'input' | 'settings'>,
): Promise<Buffer> {
  const url = checkedUrl(access);
  const { env, settings } = optionsFor(url, access.token);
  return gitBytes(gitDir, args(url.href), { ...options, env, settings: { ...settings, ...options.settings } });
}

const reportingWeather = <T>(access: GitAccess, doing: Promise<T>): Promise<T> =>
  doing.catch((error: unknown) => {
    throw error instanceof GitFailure ? weatherOf(error, access.token) : error;
  });

const FETCH = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
const REFS = ['+refs/heads/*:refs/heads/*', '+refs/pull/*/head:refs/pull/*/head'];

/** By what git takes a missing file for one that may be fetched, of a server that is called `origin`. */
export const PARTIAL = { 'remote.origin.promisor': 'true', 'remote.origin.partialCloneFilter': 'blob:none' };
/** The same for one command, which is told where the server is. */
const partialFrom = (url: string) => ({ ...PARTIAL, 'remote.origin.url': url });

export interface FetchOptions {
  /** Without files. */
  readonly partial?: boolean;
  readonly signal?: AbortSignal;
}

/** Brings every branch and pull request head up to date. Throws `Weather`. */
export async function fetchRefs(gitDir: string, access: GitAccess, options: FetchOptions = {}): Promise<void> {
  const { partial = false, signal } = options;
  const args = (url: string) => [...FETCH, '--prune', '--', partial ? 'origin' : url, ...REFS];
  const settings = partial ? partialFrom(access.url) : {};
  const doing = speak(gitDir, access, args, { timeoutMs: FETCH_MS, settings, ...(signal && { signal }) });
  await reportingWeather(access, doing);
}

/** Brings single objects into a mirror that has the rest. Throws `Weather`. */
export async function fetchObjects(gitDir: string, access: GitAccess, ids: readonly string[]): Promise<void> {
  const args = () => [...FETCH, '--filter=blob:none', '--stdin', 'origin'];
  const settings = { ...partialFrom(access.url), 'fetch.negotiationAlgorithm': 'noop' };
  const input = `${ids.join('\n')}\n`;
  await reportingWeather(access, speak(gitDir, access, args, { timeoutMs: FETCH_MS, settings, input }));
}

/** Where everything stands on the server. Throws `Weather`. */
export async function remoteRefs(gitDir: string, access: GitAccess): Promise<Refs> {
  const wanted = ['HEAD', 'refs/heads/*', 'refs/pull/*/head'];
  const args = (url: string) => ['ls-remote', '--symref', '--', url, ...wanted];
  const printed = await reportingWeather(access, speak(gitDir, access, args, { timeoutMs: FETCH_MS }));
  return listed(printed.toString());
}

/** See `Repository.push`. Ends when the permit does. */
export async function pushCommit(
  permit: Permit,
  gitDir: string,
  access: GitAccess,
  commit: string,
  branch: string,
  expected: string | null,
): Promise<boolean> {
  const ref = branchRef(branch);
  const lease = `--force-with-lease=${ref}:${expected ?? ''}`;
  const args = (url: string) => ['push', '--porcelain', '--no-verify', lease, '--', url, `${commit}:${ref}`];
  // Right before it is sent: a process may have been frozen for minutes just now.
  const left = permit.left();
  if (left <= 0) throw new Weather(gitTrouble.tooLate());
  try {
    // No longer than the leave, after which others may take over. Fractions of a millisecond are refused before git starts.
    await speak(gitDir, access, args, { timeoutMs: Math.ceil(left) });
    return true;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    // Of --porcelain: a line that begins with ! is a ref that the server or the lease refused.
    if (/^!\t/m.test(error.stdout.toString())) return false;
    if (error.code === null) throw new Weather(gitTrouble.pushCut(left));
    throw weatherOf(error, access.token);
  }
}
