import type { Page } from 'playwright-core';
import { clear } from '../support/rejections.ts';

/** Where the forge is, and the one-time addresses that sign a browser in. */
export interface Visit {
  readonly url: string;
  readonly repository: string;
  /** Signs in as alice, who maintains. Bob and rita were given addresses too, so that she can act as them. */
  readonly signIn: string;
}

async function reject(page: Page, { url, repository }: Visit): Promise<void> {
  await page.goto(`${url}/${repository}/issues/new`);
  await page.getByRole('link', { name: 'Reject an answer' }).click();
  await page.getByLabel('Title').fill(clear.title);
  for (const [label, text] of Object.entries(clear.form)) {
    const field = page.getByLabel(label, { exact: false }).first();
    if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(text);
    else await field.fill(text);
  }
  await page.getByRole('button', { name: 'Open the issue' }).click();
}

const answers: Record<string, string> = {
  stable: 'yes',
  rule: 'rule',
  'customer-right': 'yes',
  'reporter-right': 'yes',
  'worth-it': 'yes',
};

/** Answers the five questions in the spec's text area, as a maintainer would by hand. */
async function answer(page: Page): Promise<void> {
  const spec = page.locator('article', { hasText: 'yaml corrigible-spec' });
  await spec.waitFor();
  await spec.getByText('Edit', { exact: true }).click();
  const area = spec.getByLabel('Comment of');
  const lines = (await area.inputValue()).split('\n').filter((line) => !/^ {2}[a-z-]+: ?(null|"")?$/.test(line));
  const at = lines.findIndex((line) => line.startsWith('answers:'));
  const given = Object.entries(answers).map(([question, value]) => `  ${question}: ${value}`);
  lines.splice(at === -1 ? lines.lastIndexOf('```') : at, at === -1 ? 0 : 1, 'answers:', ...given);
  await area.fill(lines.join('\n'));
  await spec.getByRole('button', { name: 'Save comment' }).click();
}

const actAs = async (page: Page, login: string) => {
  await page.getByRole('button', { name: `Act as ${login}` }).click();
  await page.getByText(`You are ${login}`).waitFor();
};

/** The whole loop by clicks: reject, answer, label, look, approve; ends when the page says that it is merged. */
export async function clickThrough(page: Page, visit: Visit): Promise<void> {
  await page.goto(visit.signIn);
  await actAs(page, 'rita');
  await reject(page, visit);
  await actAs(page, 'alice');
  await answer(page);
  await page.locator('.prose').getByText('Ready:').waitFor();
  await page.getByRole('button', { name: 'Set fix-clear' }).click();
  await page.locator('.prose').getByText('Proposed in').getByRole('link').first().click();
  await page.locator('li', { hasText: 'corrigible/gate' }).getByText('success').waitFor();
  await actAs(page, 'bob');
  await page.getByRole('button', { name: /^Approve [0-9a-f]{7}$/ }).click();
  await page.locator('#state').getByText('Merged').waitFor();
}
