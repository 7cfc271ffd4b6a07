import { createHmac, randomUUID } from 'node:crypto';
import { FIRST_ID } from './preload.ts';

/** Tells the app that a person commented on an issue, as GitHub would. Throws unless it is accepted. */
export async function tellComment(appUrl: string, secret: string, rejection: string): Promise<void> {
  const [repo = '', issue = ''] = rejection.split('#');
  const person = { login: 'alice', id: 11, type: 'User' };
  const body = JSON.stringify({
    action: 'created',
    issue: { number: Number(issue), title: 'A rejection', labels: [{ name: 'rejection' }], user: person },
    comment: { id: 1, body: 'Any news?', user: person },
    repository: { id: idOf(repo), full_name: repo, updated_at: '2026-01-01T00:00:00Z' },
    sender: person,
    installation: { id: 1 },
  });
  const answer = await fetch(`${appUrl}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issue_comment',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
  });
  if (!answer.ok) throw new Error(`the webhook was answered with ${answer.status}: ${await answer.text()}`);
}

/** GitHub's id of the repository `acme/r<n>`. */
const idOf = (repo: string): number => FIRST_ID + Number(repo.slice('acme/r'.length));
