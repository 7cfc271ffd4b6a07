import { expect, test } from 'vitest';
import { inWorld, REPO } from '../support/world.ts';
import { clickThrough } from './click-through.ts';
import { inBrowser } from './in-browser.ts';

test('somebody merges a fix with their own clicks: label, approve, merged', () =>
  inWorld({}, (world) =>
    inBrowser(async (page) => {
      const { forge } = world;
      for (const login of ['bob', 'rita']) forge.createLoginToken(login);
      const signIn = `${forge.url}/login?token=${forge.createLoginToken('alice')}`;
      await clickThrough(page, { url: forge.url, repository: REPO, signIn });
      const pull = await world.onlyPull();
      expect(pull).toMatchObject({ merged: true, merged_by: { type: 'Bot' } });
      const reviews = await world.call('alice', 'GET', `/pulls/${pull.number}/reviews`);
      expect(reviews).toMatchObject([{ user: { login: 'bob' }, state: 'APPROVED', commit_id: pull.head.sha }]);
      expect(await world.file('config/fetch.json')).toContain('"KB-107": 9');
      await world.settled();
      await page.goto(`${forge.url}/${REPO}/issues/1`);
      await page.locator('.prose').getByText('thank you: this is fixed and merged').waitFor();
    }),
  ));
