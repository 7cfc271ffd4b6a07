/** What a token may reach. Without `repository`, the whole installation; without `permissions`, all that was granted. */
export interface Scope {
  readonly installation: number;
  readonly repository?: string;
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>;
}

export interface Token {
  readonly token: string;
  /** From when it was given. */
  readonly lifetimeMs: number;
}

export interface Tokens {
  get(scope: Scope): Promise<string>;
  /** Forgets the scope's token when it still is this one: GitHub did not accept it. */
  drop(scope: Scope, token: string): void;
}

const MARGIN_MS = 5 * 60_000;

/** Keeps each scope's token until five minutes before its end. Who asks at the same time shares one call. */
export function tokenCache(mint: (scope: Scope) => Promise<Token>): Tokens {
  const kept = new Map<string, { readonly token: string; readonly until: number }>();
  const minting = new Map<string, Promise<string>>();
  const keyOf = (scope: Scope) => JSON.stringify([scope.installation, scope.repository, scope.permissions]);
  const fresh = async (key: string, scope: Scope): Promise<string> => {
    try {
      const { token, lifetimeMs } = await mint(scope);
      kept.set(key, { token, until: performance.now() + lifetimeMs - MARGIN_MS });
      return token;
    } finally {
      minting.delete(key);
    }
  };
  return {
    async get(scope) {
      const key = keyOf(scope);
      const known = kept.get(key);
      if (known !== undefined && known.until > performance.now()) return known.token;
      const underWay = minting.get(key) ?? fresh(key, scope);
      minting.set(key, underWay);
      return underWay;
    },
    drop(scope, token) {
      const key = keyOf(scope);
      if (kept.get(key)?.token === token) kept.delete(key);
    },
  };
}
