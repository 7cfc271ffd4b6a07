import { randomBytes } from 'node:crypto';

/** A browser that is signed in. `login` changes when it acts as somebody else. */
export interface Session {
  readonly id: string;
  /** What each form of this session carries, so that no other page can send one in its name. */
  readonly csrf: string;
  login: string;
}

export interface Sessions {
  /** A token that signs one browser in, once. */
  createLoginToken(login: string): string;
  /** The session that a token opens; null when it was used before or never given. */
  signIn(token: string): Session | null;
  find(id: string): Session | null;
  /** Makes a session act as somebody else; false unless that person was given a token too. */
  actAs(session: Session, login: string): boolean;
  signOut(session: Session): void;
  /** Told whenever a token of this person was used, so that a fresh one can be given out. */
  onUsed(told: (login: string) => void): void;
  /** Whoever was given a token, in that order. */
  readonly actors: readonly string[];
}

/**
 * Who is signed in. It is kept in memory: a forge started again prints new addresses. One person may try every role
 * that was given out, so a session can change among them.
 */
export function makeSessions(): Sessions {
  const tokens = new Map<string, string>();
  const sessions = new Map<string, Session>();
  const actors: string[] = [];
  const listeners: ((login: string) => void)[] = [];
  const secret = () => randomBytes(24).toString('base64url');
  return {
    actors,
    createLoginToken(login) {
      const token = secret();
      tokens.set(token, login);
      if (!actors.includes(login)) actors.push(login);
      return token;
    },
    signIn(token) {
      const login = tokens.get(token);
      if (login === undefined) return null;
      tokens.delete(token);
      const session: Session = { id: secret(), csrf: secret(), login };
      sessions.set(session.id, session);
      for (const told of listeners) told(login);
      return session;
    },
    onUsed: (told) => void listeners.push(told),
    find: (id) => sessions.get(id) ?? null,
    actAs(session, login) {
      if (!actors.includes(login)) return false;
      session.login = login;
      return true;
    },
    signOut: (session) => void sessions.delete(session.id),
  };
}
