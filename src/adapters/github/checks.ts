import type { CheckToPost, Forge } from '../../ports.ts';
import { fitSummary } from './fit.ts';
import { allPages, type GithubRepository, PER_PAGE } from './repository.ts';

type Octokit = GithubRepository['octokit'];
type ListedRun = Awaited<ReturnType<Octokit['rest']['checks']['listForRef']>>['data']['check_runs'][number];

/** GitHub takes this many annotations per call and appends those of later calls. */
const ANNOTATIONS = 50;
const TITLE = 255;
const MESSAGE = 16_000;

function runsOf(
  { octokit, at }: GithubRepository,
  filter: { readonly filter: 'all' | 'latest'; readonly app_id?: number },
  ref: string,
): Promise<ListedRun[]> {
  return allPages(async (page) => {
    const list = octokit.rest.checks.listForRef;
    const { data, headers } = await list({ ...at, ref, ...filter, per_page: PER_PAGE, page });
    return { data: data.check_runs, headers };
  });
}

function outputsOf(check: CheckToPost) {
  const annotation_level: 'failure' | 'notice' = check.conclusion === 'failure' ? 'failure' : 'notice';
  const annotations = (check.annotations ?? []).map(({ path, line, message }) => ({
    path,
    start_line: line,
    end_line: line,
    annotation_level,
    message: message.slice(0, MESSAGE).toWellFormed(),
  }));
  const said = { title: check.title.slice(0, TITLE), summary: fitSummary(check.summary) };
  const first = annotations.length === 0 ? said : { ...said, annotations: annotations.slice(0, ANNOTATIONS) };
  const more: (typeof said & { annotations: typeof annotations })[] = [];
  for (let at = ANNOTATIONS; at < annotations.length; at += ANNOTATIONS)
    more.push({ ...said, annotations: annotations.slice(at, at + ANNOTATIONS) });
  return { first, more };
}

async function postCheck(
  { at }: GithubRepository,
  octokit: Octokit,
  head: string,
  stamp: string,
  check: CheckToPost,
): Promise<void> {
  const { first, more } = outputsOf(check);
  const { name, conclusion } = check;
  const run = { name, conclusion, head_sha: head, external_id: stamp, status: 'completed' as const, output: first };
  const { data } = await octokit.rest.checks.create({ ...at, ...run });
  for (const output of more) await octokit.rest.checks.update({ ...at, check_run_id: data.id, output });
}

export const postChecks =
  (on: GithubRepository): Forge['postChecks'] =>
  async (permit, head, stamp, checks, look) => {
    const octokit = on.writing(permit);
    const posted = look ? await runsOf(on, { filter: 'all', app_id: on.me.app }, head) : [];
    const stands = (name: string) =>
      posted.some((run) => run.name === name && run.external_id === stamp && run.app?.id === on.me.app);
    for (const check of checks) if (!stands(check.name)) await postCheck(on, octokit, head, stamp, check);
  };

/** Two apps may use one name, and a pinned check asks for one of them: so the latest of each name and app. */
export const checks =
  (on: GithubRepository): Forge['checks'] =>
  async (head) => {
    const latest = new Map<string, ListedRun>();
    for (const run of await runsOf(on, { filter: 'latest' }, head)) {
      const key = JSON.stringify([run.name, run.app?.id]);
      if (run.id > (latest.get(key)?.id ?? 0)) latest.set(key, run);
    }
    return [...latest.values()].map(({ name, app, conclusion }) => ({ name, app: app?.id ?? 0, conclusion }));
  };

export const statuses =
  ({ octokit, at }: GithubRepository): Forge['statuses'] =>
  async (head) => {
    const all = await allPages(async (page) => {
      const list = octokit.rest.repos.getCombinedStatusForRef;
      const { data, headers } = await list({ ...at, ref: head, per_page: PER_PAGE, page });
      return { data: data.statuses, headers };
    });
    return all.map(({ context, state }) => ({ name: context, state }));
  };
