import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { documents } from '../../src/adapters/github/documents.ts';
import { type App, type AppOptions, startApp } from '../../src/app.ts';
import type { Operator } from '../../src/domain/parse-operator.ts';
import type { Answers } from '../../src/domain/spec.ts';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';
import { type Forge, startForge } from '../../src/forge/forge.ts';
import { type ModelSettings, withModel } from '../../src/read-operator.ts';
import type { SandboxSettings } from '../../src/read-settings.ts';
import { leaksIn, objectsBelow, pushedSince, recordSockets, type Sent } from './outgoing.ts';
import { freshDatabase } from './shared-postgres.ts';

export const REPO = 'acme/support';
/** Making a key takes longer than most of a story: one for all of a worker's worlds. */
const identity = makeAppIdentity(4711, 'corrigible');
const EXAMPLE = resolve(import.meta.dirname, '../../examples/support-pipeline');

/** Every file of the example repository, by path. */
export async function exampleFiles(): Promise<Record<string, string>> {
  const entries = await readdir(EXAMPLE, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [relative(EXAMPLE, file), await readFile(file, 'utf8')])),
  );
}

export interface Script {
  /** Replaces or adds files of the example repository; null removes one. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>;
  readonly model?: ModelSettings;
  /** What the operator has set up beside that model. */
  readonly operator?: Partial<Operator>;
  /** Where people reach the app, as its operator says. */
  readonly publicUrl?: string;
  /** Webhooks are taken in by one app, and the work is done by another, as by two processes. */
  readonly split?: boolean;
  /** Whether every byte that the app sends is kept, for `sent` and `leaks`. */
  readonly recorded?: boolean;
  /** How untrusted code is held; without it by bubblewrap. */
  readonly sandbox?: SandboxSettings;
  /** What is used instead of the real thing, given the folder of the app's state. */
  readonly tools?: (stateDir: string) => NonNullable<AppOptions['tools']>;
}

export const yes: Answers = {
  stable: 'yes',
  rule: 'rule',
  'customer-right': 'yes',
  'reporter-right': 'yes',
  'worth-it': 'yes',
};

/** The model of the script under its name, and whatever else its operator has set up. */
function operatorOf({ model, operator }: Script): Operator {
  const own = withModel(model ?? null);
  return { ...own, ...operator, models: { ...own.models, ...operator?.models } };
}

/** People of every story: alice maintains, bob and carol write, tom triages, rita only reads and reports. */
const people = { alice: 'admin', bob: 'write', carol: 'write', tom: 'triage', rita: 'read' } as const;
export type Person = keyof typeof people;

/**
 * A story in a world of its own: the whole app over real webhooks against the local forge, real git, real Postgres, a
 * real sandbox. Whatever GitHub's own description would object to fails the story.
 */
export async function inWorld(script: Script, story: (world: World) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'corrigible-world-'));
  const database = await freshDatabase();
  // Sandboxes run as other users of this machine.
  await chmod(database.stateDir, 0o711);
  const sockets = script.recorded ? recordSockets() : undefined;
  const forge = await startForge({ root: join(root, 'forge'), app: identity });
  const logs: string[] = [];
  const ports = new Set<number>();
  let app: App | undefined;
  let web: App | undefined;
  const stop = async () => {
    await web?.stop();
    await app?.stop();
  };
  try {
    const tokens = Object.fromEntries(
      Object.keys(people).map((login) => [login, forge.addUser(login).token]),
    ) as Record<Person, string>;
    const files = Object.entries({ ...(await exampleFiles()), ...script.files }).filter(
      (entry): entry is [string, string | Uint8Array] => entry[1] !== null,
    );
    const settings = {
      appId: forge.app.id,
      privateKey: forge.app.privateKey,
      webhookSecret: forge.app.webhookSecret,
      apiUrl: forge.url,
      webUrl: forge.url,
      host: '127.0.0.1',
      port: 0,
      stateDir: database.stateDir,
      databaseUrl: database.databaseUrl,
      logLevel: 'info' as const,
      operator: operatorOf(script),
      publicUrl: script.publicUrl,
      sandbox: script.sandbox,
    };
    const start = async () => {
      const onLog = (line: string) => void logs.push(line);
      if (script.split) web = await startApp(settings, { onLog, role: 'web' });
      const tools = script.tools?.(database.stateDir);
      app = await startApp(settings, { onLog, role: script.split ? 'worker' : 'all', ...(tools && { tools }) });
      for (const { url } of [app, web ?? app]) ports.add(Number(new URL(url).port));
      forge.setWebhookUrl(`${(web ?? app).url}/api/github/webhooks`);
    };
    await start();
    await forge.addRepository(REPO, { files: Object.fromEntries(files), collaborators: people });
    const seeded = script.recorded ? await objectsBelow(join(root, 'forge')) : new Set<string>();
    const sent = async (): Promise<readonly Sent[]> => {
      if (sockets === undefined) throw new Error('nothing is kept of what is sent: set `recorded` in the script');
      const pushed = await pushedSince(join(root, 'forge'), seeded);
      return [...sockets.sentBy([...ports]), ...pushed, { to: 'log', text: logs.join('') }];
    };
    const world = createWorld(
      forge,
      tokens,
      logs,
      () => app!,
      () => web ?? app!,
      async () => {
        await stop();
        await start();
      },
      (privateKey) => {
        settings.privateKey = privateKey;
      },
      sent,
    );
    await world.settled();
    await story(world);
    await world.settled();
    expect(forge.problems).toEqual([]);
  } catch (error) {
    if (process.env['SHOW_LOGS'] !== undefined) console.error(logs.join(''));
    throw error;
  } finally {
    await stop();
    sockets?.[Symbol.dispose]();
    await forge.close();
    await database.drop();
    await rm(root, { recursive: true, force: true });
  }
}

interface Thread {
  readonly id: string;
  readonly isResolved: boolean;
  readonly comments: {
    readonly nodes: readonly { readonly body: string; readonly author: { readonly login: string } }[];
  };
}

export type World = ReturnType<typeof createWorld>;

interface Rejecting {
  readonly by?: Person;
  readonly title?: string;
  /** The issue form's fields by heading… */
  readonly form?: Readonly<Record<string, string>>;
  /** …or the whole body. */
  readonly body?: string;
  /** Labels that the form sets. */
  readonly labels?: readonly string[];
}

const formBody = (form: Readonly<Record<string, string>>): string =>
  Object.entries(form)
    .map(([heading, text]) => `### ${heading}\n\n${text}`)
    .join('\n\n');

function createWorld(
  forge: Forge,
  tokens: Record<Person, string>,
  logs: string[],
  app: () => App,
  web: () => App,
  restart: () => Promise<void>,
  setKey: (privateKey: string) => void,
  sent: () => Promise<readonly Sent[]>,
) {
  const at = `/repos/${REPO}`;
  const call = async (by: Person, method: string, path: string, body?: unknown) => {
    const answer = await forge.api(tokens[by], method, `${at}${path}`, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  /** Everything that was said on an issue or pull request by the app, oldest first, without markers. */
  const said = async (issue: number): Promise<readonly string[]> => {
    const comments = await call('alice', 'GET', `/issues/${issue}/comments?per_page=100`);
    return comments
      .filter((c: { user: { type: string } }) => c.user.type === 'Bot')
      .map((c: { body: string }) => c.body.replace(/\n*<!--[\s\S]*?-->\s*$/, '').trim());
  };
  const everythingSaid = async (): Promise<string> => {
    const issues: readonly { number: number }[] = await call('alice', 'GET', '/issues?state=all&labels=rejection');
    return (await Promise.all(issues.map(({ number }) => said(number)))).flat().join('\n---\n');
  };
  const settled = async () => {
    for (let quiet = 0; quiet < 2; ) {
      await forge.webhooks.settled();
      if (await app().idle()) quiet++;
      else quiet = 0;
      await new Promise((done) => setTimeout(done, 15));
    }
  };
  const act = async <T>(doing: Promise<T>): Promise<T> => {
    const result = await doing;
    await settled();
    return result;
  };
  const specComment = async (issue: number): Promise<{ id: number; body: string }> => {
    const comments = await call('alice', 'GET', `/issues/${issue}/comments?per_page=100`);
    const found = comments.findLast((c: { body: string }) => c.body.includes('```yaml corrigible-spec'));
    if (found === undefined) throw new Error(`no spec on #${issue}: ${(await said(issue)).join('\n---\n')}`);
    return found;
  };
  const ask = async (operationName: keyof typeof documents, variables: object) => {
    const asked = { query: documents[operationName], operationName, variables };
    return (await forge.api(tokens.alice, 'POST', '/graphql', asked)).body.data;
  };
  const threadsOf = async (pull: number): Promise<readonly Thread[]> => {
    const [owner, name] = REPO.split('/');
    const data = await ask('reviewThreads', { owner, name, number: pull, after: null });
    return data.repository.pullRequest.reviewThreads.nodes;
  };
  return {
    forge,
    logs,
    app,
    /** Where webhooks go. */
    web,
    restart,
    /** Sets the App's private key for the next start. */
    setKey,
    /** What the app sent so far, to whomever: requests, answers of its own, what it pushed, its log. */
    sent,
    /** Where any of these personal strings stands in that, in whatever form; none may. */
    leaks: async (personal: readonly string[]) => leaksIn(await sent(), personal),
    settled,
    act,
    said,
    specComment,
    call,
    /** Files a rejection through the issue form (or as free text with the label) and returns its number. */
    reject: async ({
      by = 'rita',
      title = 'The answer is wrong',
      form,
      body,
      labels = ['rejection'],
    }: Rejecting): Promise<number> => {
      const issue = { title, body: body ?? formBody(form ?? {}), labels };
      return (await act(forge.createIssueFromForm(tokens[by], REPO, issue))).body.number;
    },
    status: async (issue: number): Promise<string> =>
      (await said(issue)).find((text) => text.startsWith('**Corrigible**')) ?? '',
    /** Edits the spec block as a maintainer would. */
    editSpec: async (
      issue: number,
      edit: (spec: Record<string, unknown>) => void,
      by: Person = 'alice',
      wait = true,
    ): Promise<void> => {
      const { id, body } = await specComment(issue);
      const edited = body.replace(
        /(```yaml corrigible-spec\n)([\s\S]*?)(\n```)/,
        (_, open: string, block: string, close: string) => {
          const spec = parse(block);
          edit(spec);
          return open + stringify(spec).trimEnd() + close;
        },
      );
      const editing = call(by, 'PATCH', `/issues/comments/${id}`, { body: edited });
      await (wait ? act(editing) : editing);
    },
    label: (issue: number, label = 'fix-clear', by: Person = 'alice', wait = true) => {
      const labelling = call(by, 'POST', `/issues/${issue}/labels`, { labels: [label] });
      return wait ? act(labelling) : labelling;
    },
    unlabel: (issue: number, label = 'fix-clear', by: Person = 'alice') =>
      act(call(by, 'DELETE', `/issues/${issue}/labels/${label}`)),
    comment: (issue: number, body: string, by: Person = 'alice') =>
      act(call(by, 'POST', `/issues/${issue}/comments`, { body })),
    editIssue: (issue: number, change: Record<string, unknown>, by: Person = 'rita') =>
      act(call(by, 'PATCH', `/issues/${issue}`, change)),
    issue: (issue: number) => call('alice', 'GET', `/issues/${issue}`),
    pulls: () => call('alice', 'GET', '/pulls?state=all'),
    pull: (number: number) => call('alice', 'GET', `/pulls/${number}`),
    /** The one pull request of the story. */
    onlyPull: async () => {
      const pulls = await call('alice', 'GET', '/pulls?state=all');
      const heard = pulls.length === 1 ? '' : await everythingSaid();
      expect(pulls, heard).toHaveLength(1);
      return call('alice', 'GET', `/pulls/${pulls[0].number}`);
    },
    approve: (pull: number, by: Person = 'bob', head?: string) =>
      act(
        call(by, 'POST', `/pulls/${pull}/reviews`, {
          event: 'APPROVE',
          body: '',
          ...(head === undefined ? {} : { commit_id: head }),
        }),
      ),
    requestChanges: (pull: number, body: string, by: Person = 'bob') =>
      act(call(by, 'POST', `/pulls/${pull}/reviews`, { event: 'REQUEST_CHANGES', body })),
    /** A review with inline comments; `comments` are texts on the first line of the fix, or whole comments. */
    review: (
      pull: number,
      {
        by = 'bob',
        event = 'REQUEST_CHANGES',
        body = '',
        comments = [],
        wait = true,
      }: {
        by?: Person;
        event?: string;
        body?: string;
        comments?: readonly (string | { path: string; line: number; body: string })[];
        wait?: boolean;
      },
    ) => {
      const inline = comments.map((one) =>
        typeof one === 'string' ? { path: 'config/fetch.json', line: 1, body: one } : one,
      );
      const reviewing = call(by, 'POST', `/pulls/${pull}/reviews`, { event, body, comments: inline });
      return wait ? act(reviewing) : reviewing;
    },
    /** The threads of a pull request as its people see them. */
    threads: async (pull: number): Promise<readonly { resolved: boolean; said: readonly string[] }[]> =>
      (await threadsOf(pull)).map(({ isResolved, comments }) => ({
        resolved: isResolved,
        said: comments.nodes.map((one) => `${one.author.login}: ${one.body.replace(/\n*<!--[\s\S]*?-->\s*$/, '')}`),
      })),
    /** Settles a thread, as a person who may write does. */
    resolve: async (pull: number, index: number): Promise<void> => {
      await ask('resolveReviewThread', { threadId: (await threadsOf(pull))[index]?.id });
    },
    /** Conclusion by check name, of the app's checks on a commit. */
    checks: async (head: string): Promise<Record<string, string>> => {
      const { check_runs } = await call('alice', 'GET', `/commits/${head}/check-runs?per_page=100`);
      return Object.fromEntries(
        check_runs.map((run: { name: string; conclusion: string }) => [run.name, run.conclusion]),
      );
    },
    /** Puts a pull request into the merge queue as a person. */
    enqueue: async (pull: number, by: Person): Promise<void> => {
      const { node_id, head } = await call(by, 'GET', `/pulls/${pull}`);
      const variables = { pullRequestId: node_id, head: head.sha };
      const request = { query: documents.enqueuePullRequest, operationName: 'enqueuePullRequest', variables };
      const answer = await forge.api(tokens[by], 'POST', '/graphql', request);
      if (answer.body.errors !== undefined) throw new Error(JSON.stringify(answer.body.errors));
    },
    /** Commits one file on a branch as a person. */
    push: async (branch: string, path: string, content: string, by: Person = 'alice') => {
      const known = await forge.api(tokens[by], 'GET', `${at}/contents/${path}?ref=${encodeURIComponent(branch)}`);
      const sha = known.status === 200 ? { sha: known.body.sha } : {};
      return act(
        call(by, 'PUT', `/contents/${path}`, {
          message: `Change ${path}`,
          content: Buffer.from(content).toString('base64'),
          branch,
          ...sha,
        }),
      );
    },
    file: async (path: string, ref = 'main'): Promise<string> => {
      const { content } = await call('alice', 'GET', `/contents/${path}?ref=${encodeURIComponent(ref)}`);
      return Buffer.from(content, 'base64').toString('utf8');
    },
  };
}
