import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../support/chromium.ts';
import { expectSound, isThorough, LOOKS, openWindow } from '../support/dashboard-page.ts';
import { type LivedIn, startLivedIn } from '../support/lived-in.ts';
import { removeFolder, temporaryFolder } from '../support/real-daemon.ts';

const DESK = { theme: 'light', width: 1280 } as const;
/** Each part, and a heading of what it shows. */
const TABS = [
  ['Schedule', 'Why did nothing happen?'],
  ['Definition', 'Where it comes from'],
  ['Versions', 'What is different'],
  ['Statistics', 'Why they failed'],
] as const;
const data = temporaryFolder();
let browser: Browser | undefined;
let lived: LivedIn;

beforeAll(async () => {
  browser = await openChromium();
  lived = await startLivedIn(data);
  await edit({ when: 'every day at 03:00' });
  await edit({ description: 'Everything that matters.', timeout: '20m' });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await lived.daemon.kill('SIGKILL');
  removeFolder(data);
});

async function edit(changes: Readonly<Record<string, unknown>>): Promise<void> {
  const path = `${lived.daemon.origin}/api/v1/tasks/${lived.tasks.backup}`;
  const response = await fetch(path, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(changes),
  });
  expect(response.status).toBe(200);
}

const open = (page: Page, part = '') =>
  page.goto(`${lived.daemon.origin}/tasks/${lived.tasks.backup}${part}`);

describe('the screen of a task', () => {
  for (const look of LOOKS) {
    it(`is sound in ${look.theme} at ${look.width} px, in each of its parts`, async ({ skip }) => {
      if (browser === undefined) return skip();
      const window = await openWindow(browser, look);
      const { page } = window;
      await open(page);
      await page.getByRole('group', { name: 'Last 6 runs, 6 failed' }).waitFor();
      await expectSound(window);
      for (const [tab, heading] of isThorough(look) ? TABS : TABS.slice(-1)) {
        await page.getByRole('link', { name: tab, exact: true }).click();
        await page.getByRole('heading', { name: heading }).waitFor();
        await expectSound(window);
      }
      await window.context.close();
    });
  }

  it('lists the next ten times, and says why nothing happened at one that is past', async ({
    skip,
  }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await open(page, '/schedule');
    await expect.poll(() => page.getByRole('row').count()).toBe(10);
    await page.getByLabel('At (UTC)').fill('2020-02-03T03:00');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.waitForURL(/at=2020-02-03/);
    await page
      .getByText(/did not exist|was made|not yet|before/i)
      .first()
      .waitFor();
    await context.close();
  });

  it('tells the definition in words', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(`${lived.daemon.origin}/tasks/${lived.tasks.agent}/definition`);
    const budget = page.getByRole('region', { name: 'Budget' });
    await budget.getByText('$0.5 at most').waitFor();
    await page.getByText('the new one is skipped').waitFor();
    await page.getByText('make up for the latest missed one').waitFor();
    await context.close();
  });

  it('shows what differs between versions and who changed it, and restores one', async ({
    skip,
  }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await open(page, '/versions');
    const difference = page.getByRole('region', { name: 'What is different' });
    await difference.getByText('Everything that matters.').waitFor();
    await difference.getByText('20m').waitFor();
    await difference.getByLabel('From').selectOption('1');
    await difference.getByText('− Every day at 02:30', { exact: true }).waitFor();
    await difference.getByText('+ Every day at 03:00', { exact: true }).waitFor();
    await expect.poll(() => page.getByText('by owner').count()).toBe(3);
    await page.getByRole('button', { name: 'Restore version 1' }).click();
    await page.getByText('It says what version 1 said.').waitFor();
    await page.getByText('Version 4').first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Version 5').first().waitFor();
    await context.close();
  });

  it('tells how long its runs take, why they fail and what they cost', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await open(page, '/statistics');
    await page.getByText('half within').waitFor();
    await page.getByRole('region', { name: 'Why they failed' }).getByText('6 runs').waitFor();
    const dots = page.getByRole('group', { name: 'Duration of each run' }).getByRole('link');
    await expect.poll(() => dots.count()).toBe(6);
    await dots.first().focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/runs\/run_/);
    await context.close();
  });

  it('pauses with a reason, which stands beside the schedule', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await open(page, '/schedule');
    await page.getByRole('button', { name: 'What to do with Nightly backup' }).click();
    await page.getByRole('menuitem', { name: 'Pause…' }).click();
    await page.getByLabel('Reason (may be empty)').fill('the disk is full');
    await page.keyboard.press('Enter');
    await page.getByText('It is paused: the disk is full.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('"Nightly backup" goes on.').waitFor();
    await context.close();
  });
});

describe('the frame', () => {
  it('stops everything with a reason and lets it go on, from the palette', async ({ skip }) => {
    if (browser === undefined) return skip();
    const window = await openWindow(browser, DESK);
    const { page } = window;
    await page.goto(lived.daemon.origin);
    await page.getByRole('button', { name: 'Stop Long import' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('stop every');
    await page.keyboard.press('Enter');
    await page.getByText(/Cancels 1 run\./).waitFor();
    await page.getByLabel('Reason (may be empty)').fill('something is odd');
    await page.keyboard.press('Enter');
    await page.getByText(/by owner: something is odd/).waitFor();
    await page.getByText('Nothing runs right now.').waitFor();
    await expectSound(window);
    await page.getByRole('button', { name: 'Resume everything' }).click();
    await page.getByText('Everything goes on.').waitFor();
    await window.context.close();
  });

  it('tells its keys when asked', async ({ skip }) => {
    if (browser === undefined) return skip();
    const window = await openWindow(browser, DESK);
    const { page } = window;
    await page.goto(`${lived.daemon.origin}/tasks`);
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('run it now').waitFor();
    await expectSound(window);
    await window.context.close();
  });
});
