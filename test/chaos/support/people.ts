import { parse, stringify } from 'yaml';
import { documents } from '../../../src/adapters/github/documents.ts';
import type { Answers } from '../../../src/domain/spec.ts';
import type { Forge } from '../../../src/forge/forge.ts';
import { until } from './until.ts';

export const REPO = 'acme/shop';

/** alice maintains, bob and carol write, tom triages, rita only reads and reports. */
const team = { alice: 'admin', bob: 'write', carol: 'write', tom: 'triage', rita: 'read' } as const;
export type Person = keyof typeof team;

const yes: Answers = {
  stable: 'yes',
  rule: 'rule',
  'customer-right': 'yes',
  'reporter-right': 'yes',
  'worth-it': 'yes',
};

export interface Thread {
  readonly isResolved: boolean;
  readonly comments: {
    readonly nodes: readonly { readonly body: string; readonly author: { readonly login: string } }[];
  };
}

/** The model of a story. */
interface ModelAtHand {
  /** From now on its agent waits for an answer to what fits this, until told otherwise. */
  hang(at: RegExp | null): void;
  /** From now on its agent says that it cannot do what it is asked. */
  refuse(): void;
  /** From now on its agent does one thing three times before it begins. */
  dawdle(): void;
  /** Whether its agent has come to that. */
  hangs(): boolean;
}

const queue = {
  type: 'merge_queue',
  parameters: {
    check_response_timeout_minutes: 60,
    grouping_strategy: 'ALLGREEN',
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: 'SQUASH',
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 1,
  },
};

export type People = ReturnType<typeof gatherPeople>;

interface Said {
  readonly id: number;
  readonly body: string;
  readonly created_at: string;
  readonly user: { readonly type: string };
}

interface Rejecting {
  readonly ticket?: string;
  readonly text: string;
  readonly title?: string;
}

/**
 * People of one repository: what they do, and what they wait for before they do the next thing. `rest` ends when the app
 * has nothing to do.
 */
export function gatherPeople(
  forge: Forge,
  files: Readonly<Record<string, string>>,
  model: ModelAtHand,
  rest: () => Promise<void>,
) {
  const tokens = Object.fromEntries(Object.keys(team).map((login) => [login, forge.addUser(login).token])) as Record<
    Person,
    string
  >;
  const call = async (by: Person, method: string, path: string, body?: unknown) => {
    const answer = await forge.api(tokens[by], method, `/repos/${REPO}${path}`, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const comments = (issue: number): Promise<readonly Said[]> =>
    call('alice', 'GET', `/issues/${issue}/comments?per_page=100`);
  const said = async (issue: number): Promise<readonly string[]> =>
    (await comments(issue)).filter(({ user }) => user.type === 'Bot').map(({ body }) => body);
  const status = async (issue: number): Promise<string> =>
    (await said(issue)).find((text) => text.startsWith('**Corrigible**')) ?? '';
  const spec = async (issue: number) =>
    (await comments(issue)).findLast(({ body }) => body.includes('```yaml corrigible-spec'));
  const untilSaid = (issue: number, text: string) =>
    until(`“${text}” on #${issue}`, async () => (await said(issue)).some((one) => one.includes(text)), {
      why: async () => (await said(issue)).join('\n---\n'),
    });
  const untilStatus = (issue: number, text: string) =>
    until(`“${text}” in the status of #${issue}`, async () => (await status(issue)).includes(text), {
      why: async () => (await said(issue)).join('\n---\n'),
    });
  const pullsOf = async (issue: number) =>
    (await call('alice', 'GET', '/pulls?state=all')).filter(({ head }: { head: { ref: string } }) =>
      head.ref.startsWith(`corrigible/${issue}-`),
    );
  const conclusions = async (head: string): Promise<Readonly<Record<string, string>>> => {
    const { check_runs } = await call('alice', 'GET', `/commits/${head}/check-runs?per_page=100`);
    return Object.fromEntries(
      check_runs.map((run: { name: string; conclusion: string }) => [run.name, run.conclusion]),
    );
  };
  /** Waits for an open pull request whose head has its checks, all as they should be. */
  const untilJudged = (issue: number, gate: 'success' | 'failure' = 'success') =>
    until(
      `a judged pull request for #${issue}`,
      async () => {
        const open = (await pullsOf(issue)).find(({ state }: { state: string }) => state === 'open');
        if (open === undefined) return null;
        const found = await conclusions(open.head.sha);
        return found['corrigible/gate'] === gate && Object.keys(found).length === 5
          ? { number: open.number as number, head: open.head.sha as string, branch: open.head.ref as string }
          : null;
      },
      { why: async () => (await said(issue)).join('\n---\n') },
    );
  const editSpec = async (issue: number, edit: (spec: Record<string, unknown>) => void, by: Person = 'alice') => {
    const found = await until(`a spec on #${issue}`, () => spec(issue), {
      why: async () => (await said(issue)).join('\n---\n'),
    });
    const body = found.body.replace(
      /(```yaml corrigible-spec\n)([\s\S]*?)(\n```)/,
      (_, open: string, block: string, close: string) => {
        const edited = parse(block);
        edit(edited);
        return open + stringify(edited).trimEnd() + close;
      },
    );
    await call(by, 'PATCH', `/issues/comments/${found.id}`, { body });
  };
  const answerYes = async (issue: number) => {
    await untilStatus(issue, 'not answered yet');
    await editSpec(issue, (edited) => Object.assign(edited, { answers: yes }));
    await untilStatus(issue, '**Ready:**');
  };
  const label = (issue: number, by: Person = 'alice', name = 'fix-clear') =>
    call(by, 'POST', `/issues/${issue}/labels`, { labels: [name] });
  const unlabel = (number: number, by: Person = 'alice', name = 'fix-clear') =>
    call(by, 'DELETE', `/issues/${number}/labels/${name}`);
  /** Sets the label, and once more where the status asks for that: it had not noted yet that it was ready. */
  const clear = async (issue: number) => {
    const tooEarly = /was not announced as ready before the label was set/;
    // Times are whole seconds: in the second in which the spec is posted, the label counts as a wish.
    const posted = Date.parse((await spec(issue))?.created_at ?? '');
    await until('the next second', async () => Date.now() >= posted + 1000);
    await label(issue);
    const heard = await until(
      'an answer to the label',
      async () => {
        const now = await status(issue);
        if (tooEarly.test(now)) return 'too early';
        return !now.includes('Next: a maintainer sets the label') || now.includes('The last attempt ended')
          ? 'in time'
          : null;
      },
      { why: () => status(issue) },
    );
    if (heard === 'in time') return;
    await unlabel(issue);
    await label(issue);
    await until('an answer to the second label', async () => !tooEarly.test(await status(issue)));
  };
  const required = (strict: boolean, others: readonly string[]) => ({
    type: 'required_status_checks',
    parameters: {
      strict_required_status_checks_policy: strict,
      required_status_checks: [
        { context: 'corrigible/gate', integration_id: forge.app.id },
        ...others.map((context) => ({ context })),
      ],
    },
  });
  const pull = (number: number) => call('alice', 'GET', `/pulls/${number}`);
  const issue = (number: number) => call('alice', 'GET', `/issues/${number}`);
  return {
    forge,
    call,
    model,
    rest,
    said,
    status,
    spec,
    untilSaid,
    untilStatus,
    untilJudged,
    editSpec,
    answerYes,
    label,
    pull,
    issue,
    pullsOf,
    /** The repository, with the app installed on it. */
    install: async () => {
      await forge.addRepository(REPO, { files, collaborators: team });
      await until('the labels', async () => {
        const labels = await call('alice', 'GET', '/labels');
        return ['rejection', 'fix-clear', 'corrigible-hold'].every((name) =>
          labels.some((one: { name: string }) => one.name === name),
        );
      });
    },
    reject: async ({ ticket = 'T-1', text, title = 'Wrong price' }: Rejecting): Promise<number> => {
      const body = `### Ticket\n\n${ticket}\n\n### What should have come out\n\n${text}`;
      const made = await forge.createIssueFromForm(tokens.rita, REPO, { title, body, labels: ['rejection'] });
      return made.body.number;
    },
    /** The one rejection that is open beside this one. */
    untilOther: (issue: number): Promise<number> =>
      until(`another rejection beside #${issue}`, async () => {
        const open: readonly { number: number }[] = await call('alice', 'GET', '/issues?labels=rejection');
        return open.find(({ number }) => number !== issue)?.number ?? null;
      }),
    unlabel,
    clear,
    comment: (number: number, body: string, by: Person = 'alice') =>
      call(by, 'POST', `/issues/${number}/comments`, { body }),
    setIssue: (number: number, change: Readonly<Record<string, unknown>>, by: Person = 'alice') =>
      call(by, 'PATCH', `/issues/${number}`, change),
    setPull: (number: number, change: Readonly<Record<string, unknown>>, by: Person = 'carol') =>
      call(by, 'PATCH', `/pulls/${number}`, change),
    approve: (number: number, by: Person = 'bob', head?: string) =>
      call(by, 'POST', `/pulls/${number}/reviews`, {
        event: 'APPROVE',
        body: '',
        ...(head === undefined ? {} : { commit_id: head }),
      }),
    /** Takes back what was approved. */
    dismiss: async (number: number) => {
      const reviews = await call('alice', 'GET', `/pulls/${number}/reviews`);
      const { id } = reviews.find(({ state }: { state: string }) => state === 'APPROVED');
      await call('alice', 'PUT', `/pulls/${number}/reviews/${id}/dismissals`, { message: 'Not yet.' });
    },
    requestChanges: (number: number, body: string, by: Person, remarks: readonly string[] = []) =>
      call(by, 'POST', `/pulls/${number}/reviews`, {
        event: 'REQUEST_CHANGES',
        body,
        comments: remarks.map((remark) => ({ path: 'rules/price.json', line: 2, body: remark })),
      }),
    /** The threads of reviews: who said what, and whether they are settled. */
    threads: async (number: number): Promise<readonly { resolved: boolean; said: readonly string[] }[]> => {
      const [owner, name] = REPO.split('/');
      const asked = { query: documents.reviewThreads, operationName: 'reviewThreads' };
      const variables = { owner, name, number, after: null };
      const { body } = await forge.api(tokens.alice, 'POST', '/graphql', { ...asked, variables });
      const threads: readonly Thread[] = body.data.repository.pullRequest.reviewThreads.nodes;
      return threads.map(({ isResolved, comments }) => ({
        resolved: isResolved,
        said: comments.nodes.map((one) => `${one.author.login}: ${one.body}`),
      }));
    },
    /** A branch of a person's with one changed file, and its pull request. */
    propose: async (path: string, content: string, by: Person): Promise<number> => {
      const { object } = await call(by, 'GET', '/git/ref/heads/main');
      await call(by, 'POST', '/git/refs', { ref: 'refs/heads/mine', sha: object.sha });
      const known = await call(by, 'GET', `/contents/${path}?ref=mine`);
      const text = Buffer.from(content).toString('base64');
      await call(by, 'PUT', `/contents/${path}`, {
        message: `Change ${path}`,
        content: text,
        branch: 'mine',
        sha: known.sha,
      });
      return (await call(by, 'POST', '/pulls', { title: 'Mine', head: 'mine', base: 'main', body: '' })).number;
    },
    /** Waits until the gate says so on the head of a pull request, and on another than `not`. */
    untilGate: (number: number, conclusion: string, not = '') =>
      until(
        `the gate of #${number} to be ${conclusion}`,
        async () => {
          const { head } = await pull(number);
          return head.sha !== not && (await conclusions(head.sha))['corrigible/gate'] === conclusion
            ? { head: head.sha as string }
            : null;
        },
        { why: async () => (await said(number)).join('\n---\n') },
      ),
    /** The id of the gate's latest run on the head. */
    gateRun: async (number: number): Promise<number | null> => {
      const { head } = await pull(number);
      const { check_runs: runs } = await call('alice', 'GET', `/commits/${head.sha}/check-runs?per_page=100`);
      return runs.find(({ name }: { name: string }) => name === 'corrigible/gate')?.id ?? null;
    },
    /** Nothing goes into main without this status. */
    requireStatus: (context: string) =>
      call('alice', 'PUT', '/branches/main/protection', {
        required_status_checks: { strict: false, contexts: [context] },
        enforce_admins: false,
        required_pull_request_reviews: null,
        restrictions: null,
      }),
    /** The rules of main: the gate, and a status `ci` that people set, where anything is required. */
    ruleMain: (rule: 'up to date' | 'queue') =>
      call('alice', 'POST', '/rulesets', {
        name: rule,
        target: 'branch',
        enforcement: 'active',
        conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
        rules: rule === 'queue' ? [required(false, ['ci']), queue] : [required(true, [])],
      }),
    succeed: (head: string) => call('carol', 'POST', `/statuses/${head}`, { state: 'success', context: 'ci' }),
    /** The commit of the latest merge group, with its gate, and none of `not`. */
    untilGroup: (conclusion: string, not: readonly string[] = []) =>
      until(`a group of which the gate is ${conclusion}`, async () => {
        const asked = forge.webhooks.log.findLast(
          ({ event, action }) => event === 'merge_group' && action === 'checks_requested',
        );
        const head = (asked?.payload['merge_group'] as { head_sha: string } | undefined)?.head_sha;
        if (head === undefined || not.includes(head)) return null;
        return (await conclusions(head))['corrigible/gate'] === conclusion ? head : null;
      }),
    /** Commits one file to a branch and returns the new head. */
    push: async (branch: string, path: string, content: string, by: Person = 'alice'): Promise<string> => {
      const at = `/contents/${path}`;
      const known = await forge.api(tokens[by], 'GET', `/repos/${REPO}${at}?ref=${encodeURIComponent(branch)}`);
      const sha = known.status === 200 ? { sha: known.body.sha } : {};
      const text = Buffer.from(content).toString('base64');
      const { commit } = await call(by, 'PUT', at, { message: `Change ${path}`, content: text, branch, ...sha });
      return commit.sha;
    },
    untilMerged: async (number: number, ofIssue: number) => {
      await until(`the merge of #${number}`, async () => (await pull(number)).merged, {
        why: async () => [...(await said(ofIssue)), ...(await said(number))].join('\n---\n'),
      });
      await untilSaid(ofIssue, 'thank you: this is fixed');
      await until('the end of the issue', async () => (await issue(ofIssue)).state === 'closed');
      await untilStatus(ofIssue, 'Merged in #');
    },
  };
}
