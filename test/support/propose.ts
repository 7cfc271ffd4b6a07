import type { Person, World } from './world.ts';

/** A branch of a person's with one changed file, and its pull request. Returns its number. */
export async function propose(world: World, path: string, content: string, by: Person = 'carol', branch = 'mine') {
  const { object } = await world.call(by, 'GET', '/git/ref/heads/main');
  await world.call(by, 'POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: object.sha });
  await world.push(branch, path, content, by);
  const opening = world.call(by, 'POST', '/pulls', { title: 'A change', head: branch, base: 'main', body: '' });
  const { number } = await world.act(opening);
  return number as number;
}
