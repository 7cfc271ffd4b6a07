import { z } from 'zod';
import type { Comment, Forge } from '../../ports.ts';
import { fitComment, hidden } from './fit.ts';
import { askGraphql } from './graphql.ts';
import { statusOf } from './refused.ts';
import { actorOf, allPages, type GithubRepository, PER_PAGE } from './repository.ts';

type Read = Awaited<ReturnType<GithubRepository['octokit']['rest']['issues']['getComment']>>['data'];

const commentOf = (read: Read): Comment => ({
  id: read.id,
  ...actorOf(read.user),
  // What an App writes in somebody's name is no word of theirs.
  ...(read.performed_via_github_app != null && { byPerson: false }),
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

const edit = z.object({ node: z.object({ lastEditedAt: z.string().nullable() }) });

export const wasEdited =
  ({ octokit, at }: GithubRepository): Forge['wasEdited'] =>
  async (comment_id) => {
    try {
      const { data } = await octokit.rest.issues.getComment({ ...at, comment_id });
      const { node } = await askGraphql(octokit, 'commentEdit', { id: data.node_id }, edit);
      return node.lastEditedAt !== null;
    } catch (error) {
      if (statusOf(error) === 404) return true;
      throw error;
    }
  };

export const findComments =
  (on: GithubRepository): Forge['findComments'] =>
  async (issue_number, marker) =>
    (await comments(on)(issue_number))
      .filter(({ by, body }) => by === on.me.login && body.includes(hidden(marker)))
      .map(({ id }) => id)
      .sort((a, b) => a - b);

export const postComment =
  ({ writing, at }: GithubRepository): Forge['postComment'] =>
  async (permit, issue_number, marker, text) => {
    const body = fitComment(text, marker);
    return (await writing(permit).rest.issues.createComment({ ...at, issue_number, body })).data.id;
  };

export const editComment =
  ({ writing, at }: GithubRepository): Forge['editComment'] =>
  async (permit, comment_id, marker, body) => {
    try {
      await writing(permit).rest.issues.updateComment({ ...at, comment_id, body: fitComment(body, marker) });
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  };

export const deleteComment =
  ({ writing, at }: GithubRepository): Forge['deleteComment'] =>
  async (permit, comment_id) => {
    try {
      await writing(permit).rest.issues.deleteComment({ ...at, comment_id });
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  };
