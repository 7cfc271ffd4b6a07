import { timingSafeEqual } from 'node:crypto';
import { getCookie, setCookie } from 'hono/cookie';
import type { Session } from '../sessions.ts';
import { type PageContext, Refusal, type Visit } from './visit.ts';

/** Cookies know no ports, and a machine may run several forges. */
const cookieName = (port: number) => `forge_session_${port}`;

export function readSession(context: PageContext): Session | null {
  const { forge } = context.env;
  const id = getCookie(context, cookieName(forge.port));
  return id ? forge.sessions.find(id) : null;
}

export function keepSession(context: PageContext, session: Session | null): void {
  const options = { httpOnly: true, sameSite: 'Strict', path: '/' } as const;
  setCookie(
    context,
    cookieName(context.env.forge.port),
    session?.id ?? '',
    session ? options : { ...options, maxAge: 0 },
  );
}

const mostBytes = 2_000_000;

/**
 * The fields of a form that the visitor sent from a page of their own session. Throws a 403 for any other: from
 * another origin, without a session, or without the session's token.
 */
export async function readForm(context: PageContext, visit: Visit): Promise<FormData> {
  const { headers } = context.req.raw;
  const origin = headers.get('origin');
  if (origin !== new URL(context.req.url).origin) {
    throw new Refusal(403, 'This form was sent from another site, so nothing was done.');
  }
  if (!visit.session) throw new Refusal(403, 'You are not signed in, so nothing was done.');
  if (!(Number(headers.get('content-length') ?? Number.NaN) <= mostBytes))
    throw new Refusal(413, 'That is too much text.');
  const values = await context.req.raw.formData().catch(() => {
    throw new Refusal(422, 'This is no form.');
  });
  if (!same(String(values.get('csrf') ?? ''), visit.session.csrf)) {
    throw new Refusal(
      403,
      'This form does not belong to your session, so nothing was done. Reload the page and try again.',
    );
  }
  return values;
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** A field's text as the browser sent it: with CRLF at the ends of lines, which is how GitHub keeps it too. */
export function field(values: FormData, name: string): string {
  const value = values.get(name);
  return typeof value === 'string' ? value : '';
}
