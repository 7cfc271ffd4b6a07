import { drawStories, type Stories } from '../../src/cli/demo/grammar.ts';
import type { Scene } from '../../src/cli/demo/people-acting.ts';
import { seedOf } from '../../src/cli/demo.ts';
import type { Seed } from '../../src/cli/forge.ts';

export const REPO = 'acme/support';

/** The example as it is, and its people. */
export const stories: Stories = drawStories(0);
export const seed: Seed = seedOf(stories);

/** Files the clear rejection and brings its spec to “Ready”. */
export async function makeReady(scene: Scene): Promise<number> {
  const { a, cast } = stories;
  const { number } = await scene.call<{ number: number }>(a.reporter, 'POST', '/issues', {
    title: a.title,
    body: a.body,
  });
  await scene.label('alice', number, 'rejection');
  const spec = await scene.until('a spec', () => scene.spec('alice', number));
  await scene.answer(cast.maintainer, spec);
  await scene.until('Ready', async () => (await scene.status('alice', number)).includes('**Ready:**'));
  return number;
}

/** From the label to the pull request: seconds. */
export async function labelToPullRequest(scene: Scene, issue: number): Promise<number> {
  const began = performance.now();
  await scene.call(stories.cast.maintainer, 'POST', `/issues/${issue}/labels`, { labels: ['fix-clear'] });
  await scene.until('a pull request', () => scene.pullOf('alice', issue));
  return (performance.now() - began) / 1000;
}

/** From the label to the merge: seconds. People look every 25 ms and act at once. */
export async function labelToMerged(scene: Scene, issue: number): Promise<number> {
  const { cast } = stories;
  const began = performance.now();
  await scene.label(cast.maintainer, issue, 'fix-clear');
  const pull = await scene.until('a pull request', () => scene.pullOf('alice', issue));
  await scene.until('the gate', async () =>
    (await scene.checks('alice', pull.head.sha)).some(({ name }) => name === 'corrigible/gate'),
  );
  await scene.approve(cast.approver, pull.number, pull.head.sha);
  await scene.until('the merge', async () => (await scene.pull('alice', pull.number)).merged);
  return (performance.now() - began) / 1000;
}
