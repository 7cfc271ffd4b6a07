/**
 * An account of GitHub's. Its login may change, and then be somebody else's; its id stays. `id` is null where it was not
 * told, as in facts that are older than it.
 */
export interface Person {
  readonly login: string;
  readonly id: number | null;
}

/** An account as facts and the ports tell it. */
export interface By {
  readonly by: string;
  readonly byId?: number;
}

export const personOf = ({ by, byId }: { by: string; byId?: number | undefined }): Person => ({
  login: by,
  id: byId ?? null,
});

/** As a fact tells it. */
export const byOf = ({ login, id }: Person): { readonly by: string; readonly byId?: number } => ({
  by: login,
  ...(id !== null && { byId: id }),
});

/** Somebody of whom nothing is known. */
export const unknown: Person = { login: '', id: null };
export const isKnown = ({ login }: Person): boolean => login !== '';

/** The only way to compare accounts: by id where both are known, else by login, which GitHub compares without case. */
export const isSame = (a: Person, b: Person): boolean =>
  a.id !== null && b.id !== null ? a.id === b.id : a.login.toLowerCase() === b.login.toLowerCase();
