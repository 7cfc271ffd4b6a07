import { parse, stringify } from 'yaml';
import type { Access } from '../forge.ts';

/** Longest wait for something that must happen. */
const PATIENCE_MS = 60_000;
const POLL_MS = 25;

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly type: string };
}
export interface Pull {
  readonly state: string;
  readonly number: number;
  readonly merged: boolean;
  readonly html_url: string;
  readonly head: { readonly sha: string; readonly ref: string };
}
interface Review {
  readonly state: string;
  readonly commit_id: string;
  readonly user: { readonly login: string };
}
interface Issue {
  readonly state: string;
  readonly html_url: string;
  readonly labels: readonly { readonly name: string }[];
}
export interface CheckRun {
  readonly name: string;
  readonly conclusion: string | null;
  readonly html_url: string;
  readonly output: { readonly title: string | null };
}

/** Something did not come out as the story has it: the demo ends with a code other than 0. */
export class StoryFailed extends Error {
  override readonly name = 'StoryFailed';
}

/** Everything that people of the story do and see, over HTTP alone: each line of the story is read back from here. */
export class Scene {
  readonly #access: Access;
  readonly #repo: string;

  constructor(access: Access, repo: string) {
    this.#access = access;
    this.#repo = repo;
  }

  async call<T>(by: string, method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#access.url}/repos/${this.#repo}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#access.tokens[by] ?? ''}`, accept: 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new StoryFailed(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Waits until `look` sees something. Throws `StoryFailed` with what was waited for. */
  async until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const seen = await look();
      if (seen !== null && seen !== undefined && seen !== false) return seen;
      if (performance.now() > end) throw new StoryFailed(`waited in vain for: ${what}`);
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }

  issue(by: string, number: number): Promise<Issue> {
    return this.call(by, 'GET', `/issues/${number}`);
  }

  /** What the app said on an issue, oldest first. */
  async said(by: string, number: number): Promise<readonly Comment[]> {
    const comments = await this.call<readonly Comment[]>(by, 'GET', `/issues/${number}/comments?per_page=100`);
    return comments.filter((comment) => comment.user.type === 'Bot');
  }

  async status(by: string, number: number): Promise<string> {
    return (await this.said(by, number)).find((comment) => comment.body.startsWith('**Corrigible**'))?.body ?? '';
  }

  /** The newest comment with a spec, once there is one. */
  async spec(by: string, number: number): Promise<Comment | undefined> {
    return (await this.said(by, number)).findLast((comment) => comment.body.includes('```yaml corrigible-spec'));
  }

  /** Edits the spec comment as a maintainer would: fills in the five answers. */
  async answer(by: string, comment: Comment): Promise<void> {
    const answers = {
      stable: 'yes',
      rule: 'rule',
      'customer-right': 'yes',
      'reporter-right': 'yes',
      'worth-it': 'yes',
    };
    const block = /(```yaml corrigible-spec\n)([\s\S]*?)(\n```)/;
    const body = comment.body.replace(block, (_, open: string, text: string, close: string) => {
      const spec = { ...(parse(text) as Record<string, unknown>), answers };
      return `${open}${stringify(spec).trimEnd()}${close}`;
    });
    await this.call(by, 'PATCH', `/issues/comments/${comment.id}`, { body });
  }

  /** Sets a label and reads back that it is there. */
  async label(by: string, number: number, label: string): Promise<void> {
    await this.call(by, 'POST', `/issues/${number}/labels`, { labels: [label] });
    const { labels } = await this.issue('alice', number);
    if (!labels.some(({ name }) => name === label)) throw new StoryFailed(`#${number} has no label ${label}`);
  }

  pull(by: string, number: number): Promise<Pull> {
    return this.call(by, 'GET', `/pulls/${number}`);
  }

  /** The pull request of a rejection, found by its branch. */
  async pullOf(by: string, issue: number): Promise<Pull | undefined> {
    const pulls = await this.call<readonly Pull[]>(by, 'GET', '/pulls?state=all&per_page=100');
    return pulls.find((pull) => pull.head.ref.startsWith(`corrigible/${issue}-`));
  }

  async checks(by: string, head: string): Promise<readonly CheckRun[]> {
    const { check_runs } = await this.call<{ check_runs: readonly CheckRun[] }>(
      by,
      'GET',
      `/commits/${head}/check-runs?per_page=100`,
    );
    return check_runs;
  }

  /** Approves what was seen, and reads back that the review is of this commit. */
  async approve(by: string, number: number, head: string): Promise<void> {
    await this.call(by, 'POST', `/pulls/${number}/reviews`, { event: 'APPROVE', body: '', commit_id: head });
    const reviews = await this.call<readonly Review[]>('alice', 'GET', `/pulls/${number}/reviews`);
    const theirs = reviews.some((r) => r.user.login === by && r.state === 'APPROVED' && r.commit_id === head);
    if (!theirs) throw new StoryFailed(`#${number} has no approval of ${head} by ${by}`);
  }

  /** The admin has the branch wait for this commit status. */
  async require(by: string, branch: string, status: string): Promise<void> {
    await this.call(by, 'PUT', `/branches/${branch}/protection`, {
      required_status_checks: { strict: false, contexts: [status] },
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
    });
  }

  async requireNothing(by: string, branch: string): Promise<void> {
    await this.call(by, 'DELETE', `/branches/${branch}/protection`);
  }

  async setStatus(by: string, head: string, context: string): Promise<void> {
    await this.call(by, 'POST', `/statuses/${head}`, { state: 'success', context });
  }

  async push(by: string, branch: string, change: { path: string; content: string; message: string }): Promise<void> {
    const at = `/contents/${change.path}`;
    const known = await this.call<{ sha: string }>(by, 'GET', `${at}?ref=${encodeURIComponent(branch)}`).catch(
      () => null,
    );
    const content = Buffer.from(change.content).toString('base64');
    await this.call(by, 'PUT', at, {
      message: change.message,
      content,
      branch,
      ...(known === null ? {} : { sha: known.sha }),
    });
  }
}
