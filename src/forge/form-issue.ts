import type { RepositoryCall } from './operation.ts';
import { createIssue } from './routes/issues.ts';
import { requireRepository } from './seed.ts';
import { actorOfToken } from './tokens.ts';
import { gitDirectory, type Person, sameName, type World } from './world.ts';

export interface FormIssue {
  readonly title: string;
  readonly body: string;
  readonly labels?: readonly string[];
}

/**
 * Opens an issue as one of the repository's issue forms does: the form's labels are set in the author's name, whatever
 * the author's role, as far as the repository has them. Returns its number.
 */
export async function createIssueFromForm(
  world: World,
  token: string,
  fullName: string,
  form: FormIssue,
): Promise<number> {
  const repository = requireRepository(world, fullName);
  const person = actorOfToken(world, token) as Person;
  const call: RepositoryCall = {
    world,
    actor: person,
    person,
    repository,
    directory: gitDirectory(world, repository),
    parameters: {},
    query: new URLSearchParams(),
    body: { title: form.title, body: form.body },
    token,
    media: 'json',
    number: () => Number.NaN,
  };
  const known = (form.labels ?? []).filter((name) => repository.labels.some((label) => sameName(label.name, name)));
  return (await createIssue(call, known, [])).number;
}
