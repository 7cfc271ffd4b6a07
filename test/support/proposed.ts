import { clear } from './rejections.ts';
import { type World, yes } from './world.ts';

/** A rejection whose fix is proven and waits for its review. */
export async function proposed(
  world: World,
): Promise<{ readonly issue: number; readonly pull: number; readonly head: string; readonly branch: string }> {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  await world.label(issue);
  const pull = await world.onlyPull();
  return { issue, pull: pull.number, head: pull.head.sha, branch: pull.head.ref };
}

export const merged = async (world: World, pull: number): Promise<boolean> => (await world.pull(pull)).merged;
