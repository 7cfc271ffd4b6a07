import { createSign } from 'node:crypto';
import type { Forge } from '../../../src/forge/forge.ts';
import { type People, REPO } from './people.ts';
import type { Story } from './story.ts';
import { until } from './until.ts';

const COMMENTS = /\/issues\/\d+\/comments$/;

const tooMany = (seconds: number) => ({
  status: 403,
  body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
  headers: { 'retry-after': String(seconds) },
});

/** GitHub's limits, met again and again; and the app counts what it creates, as it does on github.com. */
export const limits: Pick<Story, 'trouble' | 'engine'> = {
  trouble: (forge) => {
    // The second comment is the status. It is made, and the app is not told.
    forge.fault({ method: 'POST', path: COMMENTS, by: 'app', skip: 1 }, { ...tooMany(3), afterwards: true });
    forge.fault({ method: 'PATCH', path: /\/issues\/comments\/\d+$/, by: 'app', skip: 1 }, tooMany(1));
    forge.fault({ method: 'POST', path: /\/pulls$/, by: 'app' }, tooMany(1));
    forge.fault({ method: 'PUT', path: /\/merge$/, by: 'app' }, tooMany(1));
  },
  engine: {
    longDelayMs: 100,
    gate: { pauseMs: 500, longestPauseMs: 2000, perSecond: 50 },
    quota: { perMinute: 1000, perHour: 10_000 },
  },
};

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token such as the app itself is given. */
async function tokenOfApp(forge: Forge): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded({ iss: forge.app.id, iat: now - 10, exp: now + 60 })}`;
  const signature = createSign('RSA-SHA256').update(claims).sign(forge.app.privateKey, 'base64url');
  const jwt = `${claims}.${signature}`;
  const { body: installations } = await forge.api(jwt, 'GET', '/app/installations');
  const { body } = await forge.api(jwt, 'POST', `/app/installations/${installations[0].id}/access_tokens`);
  return body.token;
}

/** While the app may not look whether its status stands, the same call is carried out once more: it had been held up. */
export async function lateCall({ forge, status }: People, issue: number): Promise<void> {
  const body = await until('the status', async () => (await status(issue)) || null);
  await forge.api(await tokenOfApp(forge), 'POST', `/repos/${REPO}/issues/${issue}/comments`, { body });
}
