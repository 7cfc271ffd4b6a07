import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect } from 'vitest';
import { checkRepository } from '../../../src/cli/doctor/repository.ts';
import { finding } from '../../../src/domain/messages/cli.ts';
import { type Forge, startForge } from '../../../src/forge/forge.ts';

/** The App's id. */
export const OWN = 77;
export const CONFIGURATION = '.github/corrigible.yml';
/** Of a repository that has people's pull requests judged, too. */
export const validForAll = await readFile(resolve(`examples/support-pipeline/${CONFIGURATION}`), 'utf8');
/** The same without that. */
export const valid = validForAll.replace('pull-requests: all', 'pull-requests: own');

export interface World {
  readonly forge: Forge;
  readonly token: string;
  /** The repository, as `owner/name`. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: GitHub's JSON.
  call(method: string, path: string, body?: unknown): Promise<any>;
  look(how?: { readonly as?: string; readonly repo?: string; readonly app?: number | null }): Promise<string>;
}

let started: Promise<{ forge: Forge; root: string }> | null = null;
let repositories = 0;

async function start() {
  const root = await mkdtemp(join(tmpdir(), 'corrigible-doctor-'));
  return { forge: await startForge({ root }), root };
}

afterAll(async () => {
  if (started === null) return;
  const { forge, root } = await started;
  await forge.close();
  await rm(root, { recursive: true, force: true });
});

/** A new repository of ada's that holds these files, in the one forge of a test file. */
export async function inForge(files: Record<string, string>, story: (world: World) => Promise<void>): Promise<void> {
  started ??= start();
  const { forge } = await started;
  const { token } = forge.addUser('ada');
  const name = `ada/shop-${++repositories}`;
  await forge.addRepository(name, { files: { 'README.md': 'hello\n', ...files } });
  await story({
    forge,
    token,
    name,
    call: async (method, path, body) => {
      const { status, body: answer } = await forge.api(token, method, `/repos/${name}${path}`, body);
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
      return answer;
    },
    look: async ({ as = token, repo = name, app = OWN } = {}) => {
      const found = await checkRepository({ repo, token: as, apiUrl: forge.url, app });
      return `\n${found.map(finding).join('\n')}\n`;
    },
  });
  expect(forge.problems).toEqual([]);
}

/** What branch protection is asked for: everything right, changed by `more`. */
export const protection = (more: object = {}) => ({
  required_status_checks: { strict: true, contexts: [], checks: [{ context: 'corrigible/gate', app_id: OWN }] },
  enforce_admins: true,
  required_pull_request_reviews: {
    required_approving_review_count: 1,
    dismiss_stale_reviews: true,
    require_last_push_approval: true,
  },
  required_conversation_resolution: true,
  restrictions: null,
  ...more,
});

export const checksRule = (
  checks: readonly object[] = [{ context: 'corrigible/gate', integration_id: OWN }],
  strict = true,
) => ({
  type: 'required_status_checks',
  parameters: { strict_required_status_checks_policy: strict, required_status_checks: checks },
});

export const pullRule = (more: object = {}) => ({
  type: 'pull_request',
  parameters: {
    required_approving_review_count: 1,
    dismiss_stale_reviews_on_push: true,
    require_code_owner_review: false,
    require_last_push_approval: true,
    required_review_thread_resolution: true,
    ...more,
  },
});

export const noRewriting = [{ type: 'non_fast_forward' }, { type: 'deletion' }];

/** A ruleset where everything is right, changed by `more`. */
export const ruleset = (more: object = {}) => ({
  name: 'gate',
  target: 'branch',
  enforcement: 'active' as const,
  conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
  rules: [checksRule(), pullRule(), ...noRewriting],
  ...more,
});
