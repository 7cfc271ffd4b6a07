import type { Comment, Forge } from '../../ports.ts';
import { fitComment, hidden } from './fit.ts';
import { statusOf } from './refused.ts';
import { actorOf, allPages, type GithubRepository, PER_PAGE } from './repository.ts';

type Read = Awaited<ReturnType<GithubRepository['octokit']['rest']['issues']['getComment']>>['data'];

const commentOf = (read: Read): Comment => ({
  id: read.id,
  ...actorOf(read.user),
  body: read.body ?? '',
  createdAt: read.created_at,
  updatedAt: read.updated_at,
});

export const comments =
  ({ octokit, at }: GithubRepository): Forge['comments'] =>
  async (issue_number) => {
    const read = (page: number) => octokit.rest.issues.listComments({ ...at, issue_number, per_page: PER_PAGE, page });
    return (await allPages(read)).map(commentOf);
  };

export const comment =
  ({ octokit, at }: GithubRepository): Forge['comment'] =>
  async (comment_id) => {
    try {
      return commentOf((await octokit.rest.issues.getComment({ ...at, comment_id })).data);
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  };

/** Of two comments with one marker the older counts. */
export const postComment =
  (on: GithubRepository): Forge['postComment'] =>
  async (issue_number, marker, text, look) => {
    const posted = look ? await comments(on)(issue_number) : [];
    const known = posted.find((one) => one.by === on.me.login && one.body.includes(hidden(marker)));
    if (known !== undefined) return known.id;
    const body = fitComment(text, marker);
    return (await on.octokit.rest.issues.createComment({ ...on.at, issue_number, body })).data.id;
  };

export const editComment =
  ({ octokit, at }: GithubRepository): Forge['editComment'] =>
  async (comment_id, marker, body) => {
    try {
      await octokit.rest.issues.updateComment({ ...at, comment_id, body: fitComment(body, marker) });
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  };
