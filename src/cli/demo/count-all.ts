import { figures } from '../../domain/messages/cli-demo.ts';
import type { Pull, Scene } from './people-acting.ts';

interface Listed {
  readonly number: number;
  readonly pull_request?: unknown;
}

/** How much there is of each after the stories, by name, as the API tells it. */
export async function countAll(scene: Scene): Promise<readonly (readonly [string, number])[]> {
  const issues = await scene.call<readonly Listed[]>('alice', 'GET', '/issues?state=all&labels=rejection&per_page=100');
  const pulls = await scene.call<readonly Pull[]>('alice', 'GET', '/pulls?state=all&per_page=100');
  const said = await Promise.all([...issues, ...pulls].map(({ number }) => scene.said('alice', number)));
  const comments = said.flat();
  const checks = await Promise.all(pulls.map(({ head }) => scene.checks('alice', head.sha)));
  return [
    [figures.rejections, issues.filter((issue) => issue.pull_request === undefined).length],
    [figures.specs, comments.filter(({ body }) => body.includes('```yaml corrigible-spec')).length],
    [figures.pulls, pulls.length],
    [figures.checks, checks.flat().length],
    [figures.comments, comments.length],
  ];
}
