import { expect, test } from 'vitest';
import { inForge, openFix } from '../forge/forge-world.ts';
import { inBrowser } from './in-browser.ts';

const form = `name: Reject an answer
labels: [rejection]
body:
  - { type: input, attributes: { label: Ticket }, validations: { required: true } }
  - { type: dropdown, attributes: { label: Step, options: [classify, plan] } }
  - { type: textarea, attributes: { label: What came out } }
`;

test('one person tries both roles by clicks alone, without any script', () =>
  inForge((world) =>
    inBrowser(
      async (page) => {
        const { forge, repo, tokens } = world;
        const content = Buffer.from(form).toString('base64');
        await world.put(tokens.ann, `${repo}/contents/.github/ISSUE_TEMPLATE/reject.yml`, {
          message: 'Add a form',
          content,
        });
        for (const name of ['rejection', 'fix-clear']) await world.post(tokens.ann, `${repo}/labels`, { name });
        const { number, head } = await openFix(world);

        forge.createLoginToken('bob');
        await page.goto(`${forge.url}/login?token=${forge.createLoginToken('ann')}`);
        await page.getByRole('link', { name: 'ann/demo' }).click();
        await page.getByRole('navigation', { name: 'Repository' }).getByRole('link', { name: 'Issues' }).click();
        await page.getByRole('link', { name: 'New issue' }).click();
        await page.getByRole('link', { name: 'Reject an answer' }).click();
        await page.getByLabel('Title').fill('It greets twice');
        await page.getByLabel('Ticket').fill('T-0001');
        await page.getByLabel('Step').selectOption('plan');
        await page.getByLabel('What came out').fill('Hello hello');
        await page.getByRole('button', { name: 'Open the issue' }).click();
        await page.getByRole('heading', { name: 'It greets twice' }).waitFor();

        await page.getByLabel('Write a comment').fill('A **bold** claim');
        await page.getByRole('button', { name: 'Comment' }).click();
        const comment = page.locator('article', { hasText: 'bold claim' });
        await comment.getByText('Edit', { exact: true }).click();
        await comment.getByLabel('Comment of ann').fill('A *better* claim');
        await comment.getByRole('button', { name: 'Save comment' }).click();
        await page.getByText('better claim').waitFor();
        await page.getByRole('button', { name: 'Set fix-clear' }).click();
        await page.getByRole('button', { name: 'Take off fix-clear' }).waitFor();
        const issue = (await world.get(null, `${repo}/issues/2`)).body;
        expect(issue.labels.map(({ name }: { name: string }) => name)).toEqual(['rejection', 'fix-clear']);
        expect(issue.body).toContain('### Step\n\nplan');

        await page.getByRole('button', { name: 'Act as bob' }).click();
        await page.getByText('You are bob').waitFor();
        await page.getByRole('link', { name: 'Pull requests' }).click();
        await page.getByRole('link', { name: 'Fix it' }).click();
        await page.getByRole('button', { name: `Approve ${head.slice(0, 7)}` }).click();
        await page.getByRole('complementary').getByText('approved').waitFor();
        const reviews = await world.get(null, `${repo}/pulls/${number}/reviews`);
        expect(reviews.body).toMatchObject([{ user: { login: 'bob' }, state: 'APPROVED', commit_id: head }]);
      },
      { javaScriptEnabled: false },
    ),
  ));

test('a page follows what happens, but never changes the commit under a review', () =>
  inForge((world) =>
    inBrowser(async (page) => {
      const { forge, repo, tokens } = world;
      const { number, head, checkout, token } = await openFix(world);
      await page.goto(`${forge.url}/login?token=${forge.createLoginToken('bob')}`);
      await page.goto(`${forge.url}/ann/demo/pull/${number}`);
      await page.getByLabel('Say something about it').fill('half a sentence');
      await world.post(token, `${repo}/check-runs`, { name: 'gate', head_sha: head, conclusion: 'success' });
      await world.post(tokens.tom, `${repo}/issues/${number}/comments`, {
        body: 'Look <script>alert(1)</script> here',
      });
      await page.locator('.prose').getByText('Look <script>').waitFor();
      await page.getByRole('link', { name: 'gate' }).waitFor();
      expect(await page.getByLabel('Say something about it').inputValue()).toBe('half a sentence');
      await checkout.push('fix', { 'more.txt': 'slipped in\n' });
      await page.getByText('Something newer is here.').waitFor();
      expect(await page.getByText('slipped in').count()).toBe(0);
      expect(await page.getByRole('button', { name: `Approve ${head.slice(0, 7)}` }).count()).toBe(1);
      await page.getByRole('link', { name: 'Reload' }).click();
      await page.getByText('slipped in').waitFor();
    }),
  ));
