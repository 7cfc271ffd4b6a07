import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Fact } from '../../src/domain/fact.ts';
import { REPO, stories } from './tell-story.ts';
import { inWorld } from './world.ts';

const run = promisify(execFile);

/** What GitHub answers about a rejection whose draft waits for a maintainer, by the end of the path. */
export interface Scripted {
  readonly issue: Record<string, unknown>;
  readonly events: readonly unknown[];
  /** Its comments, by id. */
  readonly comments: Readonly<Record<string, unknown>>;
}

/** A rejection that waits for a maintainer: its facts, as the app recorded them in a real story. */
export interface Waiting {
  readonly facts: readonly Fact[];
}

/**
 * Tells the example's first rejection up to its draft, and leaves in `folder` what a scripted GitHub needs to answer
 * about it for ever: `script.json`, and the repository as `base.git`, ready for git's plain protocol.
 */
export const makeWaiting = (folder: string): Promise<Waiting> =>
  inWorld(async ({ forge, app, scene, tokens, rest }) => {
    const { a } = stories;
    const body = { title: a.title, body: a.body };
    const { number } = await scene.call<{ number: number }>(a.reporter, 'POST', '/issues', body);
    await scene.label('alice', number, 'rejection');
    await scene.until('a spec', () => scene.spec('alice', number));
    await rest();
    const comments = await scene.call<readonly { id: number }[]>('alice', 'GET', `/issues/${number}/comments`);
    const script: Scripted = {
      issue: await scene.call('alice', 'GET', `/issues/${number}`),
      events: await scene.call('alice', 'GET', `/issues/${number}/events`),
      comments: Object.fromEntries(comments.map((comment) => [comment.id, comment])),
    };
    await writeFile(join(folder, 'script.json'), JSON.stringify(script));
    const base = join(folder, 'base.git');
    const header = `http.extraHeader=Authorization: Basic ${btoa(`alice:${tokens['alice']}`)}`;
    await run('git', ['-c', header, 'clone', '--quiet', '--bare', `${forge.url}/${REPO}.git`, base]);
    await run('git', ['-C', base, 'update-server-info']);
    const recorded = await app.store.ledger.read(`${REPO}#${number}`);
    return { facts: recorded.map(({ fact }) => fact) };
  });
