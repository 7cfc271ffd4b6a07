import type { Parts } from './assemble.ts';
import { removeInstallation, suspendInstallation } from './installation-changes.ts';
import { deleteIssue, transferIssue } from './issue-departures.ts';
import { renameUser } from './rename-user.ts';
import { archiveRepository, deleteRepository, moveRepository } from './repository-changes.ts';
import { requireRepository } from './seed.ts';
import type { Installation } from './state.ts';
import { type AppIdentity, findIssue, findPull, fullName, sameName } from './world.ts';

/** Repositories are named as they are called now. Each throws when there is no such thing. */
export interface Acts {
  rename(repo: string, name: string): Promise<void>;
  /** To another owner, at once; the app keeps reaching it only where it is installed there. */
  transfer(repo: string, owner: string): Promise<void>;
  /** Gives an account another login; its tokens keep working. */
  renameUser(from: string, to: string): void;
  archive(repo: string, archived: boolean): void;
  deleteRepository(repo: string): Promise<void>;
  deleteIssue(repo: string, issue: number): Promise<void>;
  /** Returns the issue's number in the other repository. */
  transferIssue(repo: string, issue: number, to: string): Promise<number>;
  suspend(account: string, suspended: boolean): void;
  uninstall(account: string): void;
  /** A team of the owner's that may write to the repository. */
  addTeam(repo: string, slug: string, members: readonly string[]): void;
  /** Makes a draft of a pull request, or ready what was one. Its webhooks are not in the slice, and not sent. */
  setDraft(repo: string, pull: number, draft: boolean): void;
  /** The app with its new key; what the old one signs is refused. */
  rotateKey(): AppIdentity;
}

export function makeActs({ world, webhooks, rotateKey }: Parts): Acts {
  const repository = (name: string) => requireRepository(world, name);
  const installation = (account: string): Installation => {
    const found = world.state.installations.find((one) => sameName(one.account, account));
    if (found === undefined) throw new Error(`the app is not installed on ${account}`);
    return found;
  };
  const move = (name: string, to: { owner?: string; name?: string }) => {
    const found = repository(name);
    return moveRepository(world, webhooks, found, to, found.owner);
  };
  return {
    rename: (name, to) => move(name, { name: to }),
    transfer: (name, owner) => move(name, { owner }),
    renameUser: (from, to) => renameUser(world, from, to),
    archive(name, archived) {
      const found = repository(name);
      archiveRepository(world, found, archived, found.owner);
    },
    async deleteRepository(name) {
      const found = repository(name);
      await deleteRepository(world, found, found.owner);
    },
    async deleteIssue(name, number) {
      const found = repository(name);
      await deleteIssue(world, found, findIssue(found, number), found.owner);
    },
    async transferIssue(name, number, to) {
      const [from, target] = [repository(name), repository(to)];
      if (!sameName(from.owner, target.owner))
        throw new Error(`GitHub moves no issue from ${fullName(from)} to another owner`);
      return (await transferIssue(world, from, findIssue(from, number), target, from.owner)).number;
    },
    addTeam(name, slug, members) {
      const found = repository(name);
      found.teams = { ...found.teams, [slug]: [...members] };
      world.changed();
    },
    setDraft(name, number, draft) {
      findPull(repository(name), number).draft = draft;
      world.changed();
    },
    suspend: (account, suspended) => suspendInstallation(world, webhooks, installation(account), suspended, account),
    uninstall: (account) => removeInstallation(world, webhooks, installation(account), account),
    rotateKey,
  };
}
