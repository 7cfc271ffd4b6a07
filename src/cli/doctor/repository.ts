import type { Octokit } from '@octokit/rest';
import { CONFIGURATION_FILE } from '../../domain/configuration.ts';
import { judgeProtection } from '../../domain/judge-protection.ts';
import { LABELS } from '../../domain/labels.ts';
import { type Finding, repository as say } from '../../domain/messages/cli.ts';
import { noConfiguration } from '../../domain/messages/configuration.ts';
import { parseConfiguration } from '../../domain/parse-configuration.ts';
import type { Protection } from '../../domain/protection.ts';
import { octokitFor } from '../octokit-for.ts';
import { isHttpError, isLimit } from './http-error.ts';
import { readProtection } from './read-protection.ts';

/** Where to look, and as whom. */
export interface Look {
  /** `owner/name`. */
  readonly repo: string;
  readonly token: string;
  readonly apiUrl: string;
  /** The App's id where it is known: the gate has to be pinned to it. */
  readonly app: number | null;
}

/** A call that failed, as a finding. What is no answer of GitHub's is a bug and thrown on. */
function findingOf(error: unknown, what: string, { apiUrl, repo }: Look): Finding {
  if (!isHttpError(error)) throw error;
  const { status, response } = error;
  if (response === undefined) return say.unreachable(apiUrl);
  if (isLimit(error)) return say.limited;
  if (status === 401) return say.refusedToken;
  if (status === 403) return say.forbidden(what);
  if (status === 404) return say.notThere(repo);
  return say.failing(status);
}

interface Read {
  readonly findings: readonly Finding[];
  readonly configured: Protection['configured'];
}

async function checkConfiguration(octokit: Octokit, at: { owner: string; repo: string }): Promise<Read> {
  const text = await readText(octokit, at);
  if (text === null) {
    const missing = say.problem(CONFIGURATION_FILE, 1, noConfiguration.problem, noConfiguration.fix);
    return { findings: [missing], configured: 'unusable' };
  }
  const parsed = parseConfiguration(CONFIGURATION_FILE, text);
  if ('problems' in parsed) {
    const findings = parsed.problems.map(({ file, line, problem, fix }) => say.problem(file, line, problem, fix));
    return { findings, configured: 'unusable' };
  }
  const { steps, 'pull-requests': whose } = parsed.configuration;
  const configured = { steps: steps.map(({ name }) => name), people: whose === 'all' };
  return { findings: [say.configuration(CONFIGURATION_FILE)], configured };
}

async function readText(octokit: Octokit, at: { owner: string; repo: string }): Promise<string | null> {
  try {
    const { data } = await octokit.rest.repos.getContent({ ...at, path: CONFIGURATION_FILE });
    if (Array.isArray(data) || data.type !== 'file' || !('content' in data)) return null;
    return Buffer.from(data.content, 'base64').toString('utf8');
  } catch (error) {
    if (isHttpError(error) && error.status === 404) return null;
    throw error;
  }
}

async function checkLabels(octokit: Octokit, at: { owner: string; repo: string }): Promise<readonly Finding[]> {
  const there = await octokit.paginate(octokit.rest.issues.listLabelsForRepo, { ...at, per_page: 100 });
  const names = new Set(there.map(({ name }) => name.toLowerCase()));
  return Object.values(LABELS).map((name) => (names.has(name) ? say.label(name) : say.noLabel(name)));
}

/**
 * What GitHub holds of what the app relies on in one repository. One call that fails hides only what it would have
 * told; but without the repository itself there is nothing to look at. Only reads.
 */
export async function checkRepository(look: Look): Promise<readonly Finding[]> {
  const [, owner, repo] = /^([\w.-]{1,100})\/([\w.-]{1,100})$/.exec(look.repo) ?? [];
  if (owner === undefined || repo === undefined) return [say.badName(look.repo)];
  const at = { owner, repo };
  const octokit = octokitFor(look);
  let branch: string;
  let squash: boolean | null;
  try {
    const { data } = await octokit.rest.repos.get(at);
    branch = data.default_branch;
    squash = data.allow_squash_merge ?? null;
  } catch (error) {
    return [findingOf(error, look.repo, look)];
  }
  const found: Finding[] = [say.branch(branch)];
  let configured: Protection['configured'] = null;
  const parts: readonly (readonly [string, () => Promise<readonly Finding[]>])[] = [
    [
      CONFIGURATION_FILE,
      async () => {
        const read = await checkConfiguration(octokit, at);
        configured = read.configured;
        return read.findings;
      },
    ],
    ['labels', () => checkLabels(octokit, at)],
    [
      'rules',
      async () =>
        judgeProtection(await readProtection(octokit, { ...at, branch }, { app: look.app, configured, squash })),
    ],
  ];
  for (const [what, check] of parts) {
    try {
      found.push(...(await check()));
    } catch (error) {
      found.push(findingOf(error, what, look));
    }
  }
  return found;
}
