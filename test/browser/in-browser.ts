import { existsSync } from 'node:fs';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

const args = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-gpu',
  // Chromium's own sandbox does not start as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** Runs a test in a real browser with a profile of its own, and fails it for any error in the page's scripts. */
export async function inBrowser(
  test: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  if (!existsSync(executablePath)) throw new Error('Chromium is missing. Run: apt-get install chromium');
  const browser = await chromium.launch({ executablePath, headless: true, args });
  const wrong: string[] = [];
  try {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('dialog', (dialog) => {
      wrong.push(`a dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    await test(page);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  } finally {
    await browser.close();
  }
}
