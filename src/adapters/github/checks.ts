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

/** What a check says, as often as GitHub has to be told: each part after the first adds its annotations alone. */
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
  /** From the annotation of this number on. */
  const after = (posted: number) => {
    const parts: (typeof said & { annotations: typeof annotations })[] = [];
    for (let at = posted; at < annotations.length; at += ANNOTATIONS)
      parts.push({ ...said, annotations: annotations.slice(at, at + ANNOTATIONS) });
    return parts;
  };
  return { first: after(0)[0] ?? said, after };
}

export const postChecks =
  (on: GithubRepository): Forge['postChecks'] =>
  async (permit, head, stamp, checks, look) => {
    const octokit = on.writing(permit);
    const posted = look ? await runsOf(on, { filter: 'all', app_id: on.me.app }, head) : [];
    const made: string[] = [];
    for (const check of checks) {
      const { name, conclusion } = check;
      const { first, after } = outputsOf(check);
      const run = { name, conclusion, head_sha: head, external_id: stamp, status: 'completed' as const, output: first };
      // What stands may lack annotations: whoever posted it may have died in between.
      const stands =
        posted.find((one) => one.name === name && one.external_id === stamp && one.app?.id === on.me.app) ??
        (await octokit.rest.checks.create({ ...on.at, ...run })).data;
      made.push(stands.completed_at ?? stands.started_at ?? '');
      const there = stands.output.annotations_count;
      for (const output of after(there))
        await octokit.rest.checks.update({ ...on.at, check_run_id: stands.id, output });
    }
    return made.toSorted().at(-1) || null;
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
